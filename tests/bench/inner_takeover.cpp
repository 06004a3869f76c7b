#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "base/check.hpp"
#include "base/production_env.hpp"
#include "bus/context.hpp"
#include "figures.hpp"
#include "inner_host.hpp"
#include "inner_load.hpp"
#include "server.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kCases = 50'000;  // that both know when the first dies
constexpr std::int64_t kPaceUs = 2'000;   // of the alerts that come meanwhile
constexpr int kTimes = 3;

// A broker's process, and alerts of disputes that reach it whatever becomes of who decides.
class Road {
 public:
  Road(const Run& run, const std::string& folder) : run_(run), data_(folder + "/data") {
    std::filesystem::create_directories(data_);
    broker_ = start("broker");
    broker_->wait_until_ready();
  }
  [[nodiscard]] std::unique_ptr<Server> start(const std::string& service) const {
    auto server =
        Server::start({run_.lamplight, "run", service, "--data", data_, "--metrics.port=0"},
                      data_ + "/../" + service + ".log", "health");
    LAMPLIGHT_CHECK(server, "the service starts");
    return server;
  }
  [[nodiscard]] std::unique_ptr<bus::Client> connect(bus::ClientOptions options) {
    return bus::connect(context_, env_.env(), "ipc://" + data_ + "/run/bus.sock",
                        std::move(options))
        .value();
  }
  [[nodiscard]] Env env() { return env_.env(); }

 private:
  const Run& run_;
  std::string data_;
  ProductionEnv env_;
  bus::Context context_;
  std::unique_ptr<Server> broker_;
};

class Alerts {
 public:
  explicit Alerts(Road& road) {
    bus::ClientOptions options;
    options.name = "bench_edge";
    options.role = bus::Role::kEdge;
    client_ = road.connect(options);
    while (!client_->state().connected) client_->poll(10'000);
  }
  /// As fast as they are taken.
  void pour(std::uint64_t count) {
    for (const std::uint64_t until = told_ + count; told_ < until;) {
      while (told_ < until && tell()) {
      }
      client_->poll(10'000);
    }
    while (client_->unacknowledged() > 0) client_->poll(10'000);
  }
  void pace_until(const std::atomic<bool>& stop) {
    while (!stop) {
      LAMPLIGHT_CHECK(tell(), "the window has room");
      const double until = seconds_now() + kPaceUs / 1e6;
      for (double now = seconds_now(); now < until; now = seconds_now())
        client_->poll(static_cast<std::int64_t>((until - now) * 1e6) + 1);
    }
  }

 private:
  bool tell() {
    const Said said = dispute_alert(told_);
    const bus::NewEvent event{said.subject, said.id, {}, {}, 1, as_bytes(said.payload)};
    const auto queued = client_->publish(event, {}, [](const Result<bus::Acked>& result) {
      LAMPLIGHT_CHECK(result.ok(), "the alert is acknowledged");
    });
    if (queued) ++told_;
    return queued.ok();
  }

  std::unique_ptr<bus::Client> client_;
  std::uint64_t told_ = 0;
};

struct Takeover {
  double silence = 0;   ///< from kill -9 to the turn in which `started` was accepted
  double decision = 0;  ///< from the beginning of that turn to an acknowledged decision
};

Takeover take_over(Road& road, Alerts& alerts, const std::string& snapshots) {
  auto first = road.start("inner");
  first->wait_until_ready();
  InnerHostOptions options;
  options.snapshot_folder = snapshots;
  options.snapshots = true;
  InnerHost standby(
      road.env(), road.connect(inner_client()),
      [&road] { return Result<std::unique_ptr<bus::Client>>(road.connect(inner_clock())); },
      options);
  std::atomic<bool> stop{false};
  std::thread edge([&] { alerts.pace_until(stop); });
  const double settled = seconds_now() + 1;
  standby.turn_until([&] {
    return seconds_now() > settled && standby.host().state() == runtime::DeciderState::kFollower &&
           !standby.host().why_not_live().empty();  // another decides, and this one has caught up
  });

  first.reset();  // kill -9
  Takeover took;
  const double killed = seconds_now();
  double turn = killed;
  while (!standby.host().live()) {
    turn = seconds_now();
    standby.turn();
  }
  const Offset before = standby.host().frame_offset();
  took.silence = turn - killed;
  standby.turn_until([&] { return standby.host().frame_offset() > before; });
  took.decision = seconds_now() - turn;
  stop = true;
  edge.join();
  standby.leave();
  return took;
}

}  // namespace

void run_inner_takeover(const Run& run) {
  if (!run.wanted("inner.takeover")) return;
  const std::string folder = run.folder + "/takeover";
  std::filesystem::create_directories(folder);
  {
    Road road(run, folder);
    Alerts alerts(road);
    alerts.pour(kCases);
    std::vector<double> silences;
    std::vector<double> decisions;
    for (int i = 0; i < kTimes; ++i) {
      const Takeover took = take_over(road, alerts, folder + "/standby" + std::to_string(i));
      silences.push_back(took.silence);
      decisions.push_back(took.decision);
    }
    const double middle = percentile(decisions, 50);
    run.print({"inner.takeover",
               middle,
               "s",
               {},
               "",
               "from the turn that accepts 'started' to the first acknowledged decision of a "
               "standby, " +
                   std::to_string(kCases) + " cases and 500 alerts/s, median of " +
                   std::to_string(kTimes) + " (worst " + std::to_string(decisions.back()) +
                   " s); before it, from kill -9 of the other process, silence of " +
                   std::to_string(percentile(silences, 50)) + " s (worst " +
                   std::to_string(silences.back()) + " s)"});
  }
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
