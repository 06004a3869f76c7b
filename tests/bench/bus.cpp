#include <array>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "base/uuid.hpp"
#include "figures.hpp"
#include "harness.hpp"

namespace lamplight::bench {

namespace {

bus::ClientOptions edge(std::string name, std::uint32_t window) {
  bus::ClientOptions options;
  options.name = std::move(name);
  options.role = bus::Role::kEdge;
  options.window_events = window;
  options.window_bytes = std::size_t{window} * 1024 + (1U << 20);
  return options;
}

}  // namespace

Published publish(RealBroker& broker, std::uint32_t window, std::uint64_t total) {
  const auto client = broker.client(edge("bench_w" + std::to_string(window), window));
  const Env env = broker.env();
  UuidSource ids(env.clock, env.random);
  const std::string payload = '\xC4' + std::string(1, '\xFE') + std::string(kPayloadBytes - 2, 'x');
  Published out;
  std::uint64_t sent = 0;
  std::uint64_t acked = 0;
  const double from = seconds_now();
  while (acked < total) {
    while (sent < total && sent - acked < window) {
      const double at = window == 1 ? seconds_now() : 0;
      const bus::NewEvent event{"bench.published", ids.next(), {}, {}, 1, as_bytes(payload)};
      const auto queued = client->publish(event, {}, [&, at](const Result<bus::Acked>& result) {
        LAMPLIGHT_CHECK(result.ok(), "the publish is acknowledged");
        ++acked;
        if (window == 1) out.ack_us.push_back((seconds_now() - at) * 1e6);
      });
      LAMPLIGHT_CHECK(queued.ok(), "the window has room");
      ++sent;
    }
    client->poll(-1);
  }
  out.per_second = static_cast<double>(total) / (seconds_now() - from);
  return out;
}

namespace {

// Acks, syncs and round trips in turn, so that all three meet the same disk.
std::uint64_t measure_ack(const Run& run, RealBroker& broker) {
  constexpr int kRounds = 20;
  constexpr int kAcks = 200;
  std::vector<double> acks;
  std::vector<double> syncs;
  std::vector<double> trips;
  const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (int round = 0; round < kRounds; ++round) {
    add(syncs, fdatasync_samples(run.folder, kAcks));
    add(acks, publish(broker, 1, kAcks).ack_us);
    add(trips, rtt_samples(run.folder, 500));
  }
  const double base = percentile(syncs, 50) + percentile(trips, 50);
  const std::string settings =
      "4000 single events, 256 bytes, ipc; p50 of fdatasync and round trip taken in turn with them";
  for (const int p : {50, 99}) {
    const double us = percentile(acks, p);
    run.print({"bus.ack.w1.p" + std::to_string(p), us, "us", us / base,
               "machine.fdatasync + machine.zmq_rtt", settings});
  }
  return std::uint64_t{kRounds} * kAcks;
}

std::string publish_name(std::uint32_t window) { return "bus.publish.w" + std::to_string(window); }

double replay(RealBroker& broker, std::uint64_t total) {
  bus::ClientOptions reader;
  reader.name = "bench_reader";
  const auto client = broker.client(reader);
  std::uint64_t seen = 0;
  const double from = seconds_now();
  client->subscribe({},
                    [&seen](const bus::Delivery& delivery) { seen += delivery.events->size(); });
  while (seen < total) client->poll(-1);
  return static_cast<double>(seen) / (seconds_now() - from);
}

}  // namespace

void run_bus(const Run& run) {
  constexpr std::array<std::pair<std::uint32_t, std::uint64_t>, 5> kWindows{
      {{1, 2'000}, {64, 100'000}, {1024, 500'000}, {4096, 1'000'000}, {16384, 1'000'000}}};
  bool any =
      run.wanted("bus.ack.w1.p50") || run.wanted("bus.ack.w1.p99") || run.wanted("bus.replay");
  for (const auto& window : kWindows) any = any || run.wanted(publish_name(window.first));
  if (!any) return;

  const Machine& m = machine(run);
  const std::string folder = run.folder + "/bus";
  std::filesystem::create_directories(folder);
  {
    RealBroker broker(folder);
    std::uint64_t total = 0;
    for (const auto& [window, messages] : kWindows) {
      const std::string name = publish_name(window);
      const bool ack =
          window == 1 && (run.wanted("bus.ack.w1.p50") || run.wanted("bus.ack.w1.p99"));
      if (!run.wanted(name) && !ack && !run.wanted("bus.replay")) continue;
      Published result = publish(broker, window, messages);
      total += messages;
      const std::string settings =
          std::to_string(messages) + " events, 256 bytes, ipc, every ack after fdatasync";
      if (run.wanted(name)) {
        run.print({name, result.per_second, "messages/s", result.per_second / m.zmq_push_per_s,
                   "machine.zmq_push", settings});
      }
      if (ack) total += measure_ack(run, broker);
    }
    if (run.wanted("bus.replay")) {
      const double rate = replay(broker, total);
      run.print({"bus.replay", rate, "events/s", rate / m.zmq_push_per_s, "machine.zmq_push",
                 std::to_string(total) + " events from the log to one consumer, ipc, page cache"});
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
