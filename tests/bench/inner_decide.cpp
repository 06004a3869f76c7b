#include <ctime>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "cold_pages.hpp"
#include "figures.hpp"
#include "harness.hpp"
#include "inner_host.hpp"
#include "inner_load.hpp"
#include "log/inspect.hpp"
#include "runtime/decider_replay.hpp"
#include "server.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kInputs = 1'000'000;
constexpr std::uint64_t kSingle = 250;  // of each side in a round, with window 1
constexpr int kRounds = 16;

double thread_cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// Publishes what `next` tells and waits until all of it is durable; where the last of it lies.
template <typename Next>
Offset put_on_log(RealBroker& broker, std::uint64_t count, Next next) {
  bus::ClientOptions options;
  options.name = "bench_edge";
  options.role = bus::Role::kEdge;
  options.window_events = 16'384;
  options.window_bytes = 32U << 20;
  const auto client = broker.client(options);
  Offset last;
  std::uint64_t acked = 0;
  std::uint64_t sent = 0;
  while (acked < count) {
    while (sent < count && sent - acked < options.window_events) {
      const Said said = next(sent);
      const bus::NewEvent event{said.subject, said.id, {}, {}, 1, as_bytes(said.payload)};
      const auto queued = client->publish(event, {}, [&](const Result<bus::Acked>& result) {
        LAMPLIGHT_CHECK(result.ok(), "the input is acknowledged");
        last = result->offset;
        ++acked;
      });
      LAMPLIGHT_CHECK(queued.ok(), "the window has room");
      ++sent;
    }
    client->poll(-1);
  }
  return last;
}

std::unique_ptr<InnerHost> host_on(RealBroker& broker, const InnerHostOptions& options) {
  return std::make_unique<InnerHost>(
      broker.env(), broker.client(inner_client()),
      [&broker] { return Result<std::unique_ptr<bus::Client>>(broker.client(inner_clock())); },
      options);
}

// Decides what waits on the log up to `last`.
void decide(const Run& run, RealBroker& broker, const std::string& folder, Offset last) {
  InnerHostOptions options;
  options.snapshot_folder = folder + "/deciding";
  const auto inner = host_on(broker, options);
  inner->turn_until([&] { return inner->host().live(); });
  const Offset first = inner->host().cut();
  const double cpu = thread_cpu_seconds();
  const double all_cpu = own_cpu_seconds();
  const double from = seconds_now();
  inner->turn_until([&] { return inner->host().acknowledged_cut() >= last; });
  const double took = seconds_now() - from;
  const auto inputs = static_cast<double>(last.value - first.value);
  const double mine = (thread_cpu_seconds() - cpu) * 1e6 / inputs;
  const double all = (own_cpu_seconds() - all_cpu) * 1e6 / inputs;
  const auto outputs = static_cast<double>(inner->host().frame_offset().value - last.value);
  if (run.wanted("inner.decide")) {
    run.print({"inner.decide",
               inputs / took,
               "inputs/s",
               {},
               "",
               std::to_string(kInputs) + " inputs of a district's day on the log, " +
                   std::to_string(outputs / static_cast<double>(kInputs)) +
                   " outputs each, window 4096, every frame acknowledged after fdatasync; the "
                   "deciding thread's processor time an input " +
                   std::to_string(mine) + " us, with broker and ZeroMQ " + std::to_string(all) +
                   " us"});
  }
  inner->leave();
}

// ---- window 1 ------------------------------------------------------------------------------------

void decide_singly(const Run& run, const std::string& folder) {
  RealBroker broker(folder);
  InnerHostOptions options;
  options.snapshot_folder = folder + "/singly";
  options.window = 1;
  const auto inner = host_on(broker, options);
  inner->turn_until([&] { return inner->host().live(); });
  std::vector<double> ours;
  std::vector<double> bus;
  std::uint64_t number = 0;
  for (int round = 0; round < kRounds; ++round) {
    bus.push_back(publish(broker, 1, kSingle).per_second);
    // The inputs arrive while nobody decides: the host's turns are all that is measured.
    const Offset last =
        put_on_log(broker, kSingle, [&](std::uint64_t) { return dispute_alert(number++); });
    LAMPLIGHT_CHECK(inner->decider().book().cases().size() == number - kSingle,
                    "nothing is decided before it is measured");
    const double from = seconds_now();
    inner->turn_until([&] { return inner->host().acknowledged_cut() >= last; });
    ours.push_back(static_cast<double>(kSingle) / (seconds_now() - from));
  }
  const double rate = percentile(ours, 50);
  run.print({"inner.decide.w1", rate, "inputs/s", rate / percentile(bus, 50), "bus.publish.w1",
             std::to_string(kRounds) + " times " + std::to_string(kSingle) +
                 " alerts of disputes, a frame and a sync each, in turn with as many single "
                 "publishes; medians"});
  inner->leave();
}

// ---- replay --------------------------------------------------------------------------------------

void replay_folder(const Run& run, const std::string& log, Offset events) {
  ProductionEnv production;
  forget_pages(log);
  const double from = seconds_now();
  const double cpu = thread_cpu_seconds();
  const auto open = [&] { return log::read_folder(production.env().disk, log, Offset{1}); };
  inner::InnerDecider decider;
  runtime::ReplayOptions options;
  options.service = inner::kService;
  options.subjects = inner::InnerDecider::inputs();
  const auto cut = runtime::replay_decider(open, decider, options);
  LAMPLIGHT_CHECK(cut.ok(), "the log replays");
  const double took = seconds_now() - from;
  run.print(
      {"inner.replay.folder",
       static_cast<double>(events.value) / took,
       "events/s",
       {},
       "",
       std::to_string(events.value) +
           " events, inputs and own outputs, merged from segments "
           "by one thread, page cache emptied before; processor time an event " +
           std::to_string((thread_cpu_seconds() - cpu) * 1e6 / static_cast<double>(events.value)) +
           " us; cases " + std::to_string(decider.book().cases().size())});
}

void replay_as_service(const Run& run, const std::string& folder, Offset events, Offset through) {
  forget_pages(folder + "/log");
  RealBroker broker(folder);
  InnerHostOptions options;
  options.snapshot_folder = folder + "/following";
  options.follow_only = true;
  const double from = seconds_now();
  const double cpu = thread_cpu_seconds();
  const auto inner = host_on(broker, options);
  inner->turn_until([&] { return inner->host().cut() >= through; });
  const double took = seconds_now() - from;
  run.print(
      {"inner.replay",
       static_cast<double>(events.value) / took,
       "events/s",
       {},
       "",
       std::to_string(events.value) +
           " events, inputs and own outputs, over the bus to a "
           "service without a snapshot, page cache emptied before; the service's processor time "
           "an event " +
           std::to_string((thread_cpu_seconds() - cpu) * 1e6 / static_cast<double>(events.value)) +
           " us"});
}

}  // namespace

void run_inner_decide(const Run& run) {
  const bool wide = run.wanted("inner.decide");
  const bool replays = run.wanted("inner.replay") || run.wanted("inner.replay.folder");
  const std::string folder = run.folder + "/inner";
  std::filesystem::create_directories(folder);
  if (run.wanted("inner.decide.w1")) decide_singly(run, folder);
  std::filesystem::remove_all(folder);
  if (!wide && !replays) return;

  std::filesystem::create_directories(folder);
  Offset events;
  {
    RealBroker broker(folder);
    DistrictDay day;
    const Offset last = put_on_log(broker, kInputs, [&day](std::uint64_t) { return day.next(); });
    LAMPLIGHT_CHECK(last == Offset{kInputs}, "the log holds the inputs and nothing else yet");
    decide(run, broker, folder, last);
    bus::ClientOptions asks;
    asks.name = "bench_asks";
    events = broker.client(asks)->state().head;
  }
  if (run.wanted("inner.replay")) replay_as_service(run, folder, events, Offset{kInputs});
  if (run.wanted("inner.replay.folder")) replay_folder(run, folder + "/log", events);
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
