#include "peers.hpp"

#include <fmt/core.h>

#include <filesystem>

#include "base/check.hpp"
#include "figures.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint32_t kWindow = 4096;
constexpr int kRounds = 3;
constexpr double kRoundSeconds = 1.2;
constexpr double kStoreSeconds = 2.0;

const std::string kOurs = "ours: ack after fdatasync, ipc";
const std::string kJetStreams =
    "JetStream 2.9 file storage: ack before any sync (every 2 minutes), TCP loopback";

using Act = std::function<Sample(Bus&)>;
using Measure = std::function<double(const Sample&)>;
double per_second(const Sample& sample) { return sample.per_second(); }
double cpu_us(const Sample& sample) { return sample.cpu_us(); }

// What both did in turn, so that both meet the same machine.
struct Duel {
  std::vector<Sample> ours;
  std::vector<Sample> theirs;
  std::string absent;
};

double median(const std::vector<Sample>& samples, const Measure& measure) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(measure(sample));
  return percentile(values, 50);
}

void print(const Run& run, const std::string& name, const std::string& unit, const Duel& duel,
           const Measure& measure, const std::string& peer, const std::string& settings) {
  Figure figure{name, median(duel.ours, measure), unit, {}, "", settings};
  if (duel.absent.empty()) {
    figure.ratio = figure.value / median(duel.theirs, measure);
    figure.ratio_to = peer;
  } else {
    figure.settings += "; no ratio: " + duel.absent;
  }
  run.print(figure);
}

Duel fight(Bus& ours, const MaybeBus& peer, const Act& act) {
  Duel duel;
  duel.absent = peer.absent;
  for (int round = 0; round < kRounds; ++round) {
    duel.ours.push_back(act(ours));
    if (peer.bus) duel.theirs.push_back(act(*peer.bus));
  }
  return duel;
}

std::string in_turn(const std::string& what, double seconds) {
  return fmt::format("{}, {} bytes, in turn {} x {} s, median; ", what, kPayloadBytes, kRounds,
                     seconds);
}

// Everything measured beside JetStream shares one server of each.
void run_nats(const Run& run, Bus& ours, const std::string& folder) {
  const bool publish = run.wanted("bus.vs_nats") || run.wanted("bus.cpu");
  if (!publish && !run.wanted("bus.e2e") && !run.wanted("bus.fanout4")) return;
  const MaybeBus nats = start_nats(folder + "/nats");
  const std::string both = kOurs + "; " + kJetStreams;
  const std::string window = fmt::format("window {}", kWindow);
  if (publish) {
    const Duel duel =
        fight(ours, nats, [](Bus& bus) { return bus.publish(kWindow, kRoundSeconds); });
    const std::string settings = in_turn("publish, " + window, kRoundSeconds) + both;
    if (run.wanted("bus.vs_nats"))
      print(run, "bus.vs_nats", "messages/s", duel, per_second, "JetStream", settings);
    if (run.wanted("bus.cpu"))
      print(run, "bus.cpu", "us", duel, cpu_us, "JetStream",
            "CPU a durable message, client and server; " + settings);
  }
  for (const int consumers : {1, 4}) {
    const std::string name = consumers == 1 ? "bus.e2e" : "bus.fanout4";
    if (!run.wanted(name)) continue;
    const Duel duel = fight(ours, nats, [consumers](Bus& bus) {
      return bus.stream(kWindow, consumers, kRoundSeconds);
    });
    print(
        run, name, "events/s", duel, per_second, "JetStream",
        in_turn(fmt::format("publish -> {} consumer(s) that each have all, {}", consumers, window),
                kRoundSeconds) +
            both + ", ordered push consumers");
  }
}

void run_redis(const Run& run, Bus& ours, const std::string& folder) {
  for (const std::string fsync : {"always", "everysec"}) {
    const std::string name = "bus.vs_redis_" + fsync;
    if (!run.wanted(name)) continue;
    const MaybeBus redis = start_redis(folder + "/redis_" + fsync, fsync);
    const Duel duel =
        fight(ours, redis, [](Bus& bus) { return bus.publish(kWindow, kRoundSeconds); });
    print(run, name, "messages/s", duel, per_second, "redis XADD appendfsync " + fsync,
          in_turn(fmt::format("publish, window {}", kWindow), kRoundSeconds) + kOurs +
              "; redis 7, pipelined, unix socket: " +
              (fsync == "always" ? "ack after fdatasync" : "ack before the sync of each second"));
  }
}

using Store = StoreResult (*)(const std::string& folder, double seconds);

void run_store(const Run& run, const std::string& folder, const std::string& name,
               const std::string& peer, Store fill_peer) {
  if (!run.wanted(name)) return;
  Duel duel;
  for (int round = 0; round < kRounds; ++round) {
    duel.ours.push_back(*fill_log(folder + "/log", kStoreSeconds).sample);
    const StoreResult theirs = fill_peer(folder + "/peer", kStoreSeconds);
    duel.absent = theirs.absent;
    if (theirs.sample) duel.theirs.push_back(*theirs.sample);
    std::filesystem::remove_all(folder + "/log");
    std::filesystem::remove_all(folder + "/peer");
  }
  std::string cpu = fmt::format("; CPU a record: {:.2f} us", median(duel.ours, cpu_us));
  if (duel.absent.empty()) cpu += fmt::format(", theirs {:.2f} us", median(duel.theirs, cpu_us));
  print(run, name, "records/s", duel, per_second, peer,
        in_turn(fmt::format("batches of {}, one thread", kStoreBatch), kStoreSeconds) +
            "both: each batch synced before the next begins" + cpu);
}

}  // namespace

void run_peers(const Run& run) {
  const std::string folder = run.folder + "/peers";
  bool any_bus = false;
  for (const char* name : {"bus.vs_nats", "bus.cpu", "bus.e2e", "bus.fanout4",
                           "bus.vs_redis_always", "bus.vs_redis_everysec"}) {
    any_bus = any_bus || run.wanted(name);
  }
  std::filesystem::create_directories(folder);
  if (any_bus) {
    const MaybeBus ours = start_lamplight(run.lamplight, folder + "/lamplight");
    run_nats(run, *ours.bus, folder);
    run_redis(run, *ours.bus, folder);
  }
  run_store(run, folder, "log.vs_rocksdb", "RocksDB, WAL synced", fill_rocksdb);
  run_store(run, folder, "log.vs_lmdb", "LMDB, transaction synced", fill_lmdb);
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
