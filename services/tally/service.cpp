#include "tally/service.hpp"

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "base/logging.hpp"
#include "bus/client.hpp"
#include "runtime/fold_host.hpp"
#include "tally/handlers/report.hpp"
#include "tally/metrics.hpp"
#include "tally/report_desk.hpp"

namespace lamplight::tally {

namespace {

constexpr std::int64_t kRoundUs = 100'000;

class Tally final : public runtime::Service {
 public:
  explicit Tally(const runtime::Root& root)
      : root_(root),
        service_metrics_(root.registry, "tally"),
        metrics_(root.registry),
        desk_(root.env.clock) {
    root_.health.set_ready("tally", "starting");
  }
  ~Tally() override { static_cast<void>(drain()); }

  Result<void> start() override {
    const runtime::Config& config = root_.config;
    const std::string& reference = config.text("intake.reference_folder");
    auto codes =
        reference.empty() ? CodeLists::builtin() : CodeLists::load(root_.env.disk, reference);
    if (!codes) return codes.error().with("intake.reference_folder");
    codes_.emplace(std::move(*codes));
    bus::ClientOptions client;
    client.name = "tally";
    auto connected = bus::connect(root_.bus, root_.env, root_.bus_endpoint, client);
    if (!connected) return connected.error().with("tally's connection to the bus");
    client_ = std::move(*connected);
    if (auto listening = listen(); !listening) return listening;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> drain() override {
    if (thread_.joinable()) {
      stopping_.store(true);
      thread_.join();
    }
    if (server_) server_->stop(5'000);
    server_.reset();  // its handlers hold the desk
    return drained_;
  }

  std::vector<std::string> addresses() const override {
    if (!server_) return {};
    return {fmt::format("tally   http://{}:{}/v1/report", root_.config.text("http.address"),
                        server_->port())};
  }

 private:
  Result<void> listen() {
    http::ServerOptions options;
    options.address = root_.config.text("http.address");
    options.port = static_cast<std::uint16_t>(root_.config.integer("tally.port"));
    options.id_seed = root_.env.random.next_u64();
    options.limits.body_bytes = kMaxSpecBytes;
    server_ = http::make_server(options, &metrics_);
    const ReportHandler handler(desk_, *codes_, root_.env.clock, metrics_);
    server_->route("GET", "/v1/report", handler);
    server_->route("POST", "/v1/report", handler);
    return server_->start();
  }

  void run() {
    runtime::FoldHostOptions options;
    options.service = "tally";
    options.subjects = {std::string(kAlertReceived)};
    options.snapshot_folder = root_.config.text("data.folder") + "/snapshots/tally";
    host_ = runtime::host_fold(
        root_.env, *client_, [] { return std::make_unique<TallyFold>(); }, options,
        service_metrics_);
    while (!stopping_.load()) {
      client_->poll(kRoundUs);
      host_->tick();
      tell();
    }
    service_metrics_.set_state("draining");
    root_.health.set_ready("tally", "draining");
    drained_ = host_->snapshot();
    host_.reset();
    client_.reset();  // its socket closes on the thread that owned it
  }

  // Readiness, the newest view for reports, and now and then the gauges.
  void tell() {
    const bool live = host_->live();
    if (live != ready_) {
      ready_ = live;
      root_.health.set_ready(
          "tally", live ? "" : fmt::format("replaying, at offset {}", host_->cut().value));
      service_metrics_.set_ready(live);
    }
    if (!live || host_->cut() == published_) return;
    const auto& fold = runtime::fold_as<TallyFold>(*host_);
    const Cut cut{host_->cut(), host_->cut_time(), host_->cut_hash()};
    desk_.publish({fold.view(), cut});
    published_ = cut.offset;
    show(fold, cut);
  }

  void show(const TallyFold& fold, const Cut& cut) {
    metrics_.show(make_gauges(fold, cut, root_.config.text("tally.campaign")));
  }

  const runtime::Root root_;
  runtime::ServiceMetrics service_metrics_;
  Metrics metrics_;
  ReportDesk desk_;
  std::optional<CodeLists> codes_;
  std::unique_ptr<bus::Client> client_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<runtime::FoldHost> host_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  bool ready_ = false;
  std::optional<Offset> published_;
  Result<void> drained_;
};

}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare({"tally.port", std::int64_t{8082},
                  "Port of tally's reports; 0: the system picks one", 0, 65'535});
  schema.declare({"tally.campaign", std::string("all"),
                  "Name of the campaign in the label of lamplight_campaign_figure"});
}

std::unique_ptr<runtime::Service> make_tally(const runtime::Root& root) {
  return std::make_unique<Tally>(root);
}

}  // namespace lamplight::tally
