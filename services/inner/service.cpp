#include "inner/service.hpp"

#include <atomic>
#include <optional>
#include <thread>

#include "bus/control.hpp"
#include "inner/core.hpp"
#include "model/code_lists.hpp"

namespace lamplight::inner {

namespace {

constexpr std::int64_t kRoundUs = 50'000;
constexpr std::int64_t kDrainUs = 10'000'000;

class Inner final : public runtime::Service {
 public:
  explicit Inner(const runtime::Root& root)
      : root_(root),
        service_metrics_(root.registry, std::string(kService)),
        metrics_(std::make_shared<Metrics>()) {
    root_.registry.add(std::weak_ptr<prometheus::Collectable>(metrics_));
    root_.health.set_ready(std::string(kService), "starting");
  }
  ~Inner() override { static_cast<void>(drain()); }

  Result<void> start() override {
    if (auto prepared = prepare(); !prepared) return prepared;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> drain() override {
    if (thread_.joinable()) {
      stopping_.store(true);
      thread_.join();
    }
    return drained_;
  }

 private:
  Result<void> prepare() {
    const runtime::Config& config = root_.config;
    const std::string& reference = config.text("inner.reference_folder");
    auto lists =
        reference.empty() ? CodeLists::builtin() : CodeLists::load(root_.env.disk, reference);
    if (!lists) return lists.error().with("inner.reference_folder");

    auto client = connect(std::string(kService), bus::Role::kDecider);
    if (!client) return client.error().with("inner's connection to the bus");
    auto host = runtime::host_decider(
        root_.env, **client,
        [this] { return connect(bus::clock_name(kService), bus::Role::kEdge); },
        [] { return std::make_unique<InnerDecider>(); }, host_options(config), service_metrics_);
    if (!host) return host.error();
    Core::Options options;
    options.areas = lists->first(CodeList::kArea, kMaxAreaLabels);
    core_ = std::make_unique<Core>(
        root_.env, std::move(*client), std::move(*host), *metrics_, std::move(options),
        runtime::tell_process(root_, std::string(kService), service_metrics_));
    return {};
  }

  static runtime::DeciderHostOptions host_options(const runtime::Config& config) {
    runtime::DeciderHostOptions options;
    options.service = kService;
    options.subjects = InnerDecider::inputs();
    options.publishes = InnerDecider::outputs();
    options.snapshot_folder = config.text("data.folder") + "/snapshots/inner";
    options.keep_free_bytes = static_cast<std::uint64_t>(config.integer("log.reserve_mib")) << 20;
    options.snapshot_every_us = config.integer("snapshots.every_ms") * 1000;
    options.window = static_cast<std::size_t>(config.integer("inner.window"));
    return options;
  }

  Result<std::unique_ptr<bus::Client>> connect(std::string name, bus::Role role) {
    bus::ClientOptions options;
    options.name = std::move(name);
    options.role = role;
    return bus::connect(root_.bus, root_.env, root_.bus_endpoint, options);
  }

  void run() {
    while (!stopping_.load()) core_->round(kRoundUs);
    const std::int64_t until = root_.env.clock.monotonic_us() + kDrainUs;
    bool left = false;
    while (!left && root_.env.clock.monotonic_us() < until) left = core_->drain(kRoundUs);
    if (!left) {
      drained_ = Error(Code::kTimeout,
                       "inner: the bus did not take back its epoch in 10 s; the next instance "
                       "starts once the bus has missed this one");
    }
    core_.reset();  // the clients' sockets close on the thread that owned them
  }

  const runtime::Root root_;
  runtime::ServiceMetrics service_metrics_;
  std::shared_ptr<Metrics> metrics_;
  std::unique_ptr<Core> core_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Result<void> drained_;
};

}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare({"inner.window", std::int64_t{4'096},
                  "Inputs decided ahead of the acknowledgement of their frames, at most", 1,
                  65'536});
  schema.declare({"inner.reference_folder", std::string(),
                  "Folder with codes/area.toml that says which areas the gauges name; empty: "
                  "built-in"});
}

std::unique_ptr<runtime::Service> make_inner(const runtime::Root& root) {
  return std::make_unique<Inner>(root);
}

}  // namespace lamplight::inner
