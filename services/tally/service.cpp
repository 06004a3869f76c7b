#include "tally/service.hpp"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <thread>

#include "base/logging.hpp"
#include "http/server.hpp"
#include "identity/first_start.hpp"
#include "model/code_lists.hpp"
#include "tally/core.hpp"
#include "tally/handlers/campaign.hpp"

namespace lamplight::tally {
namespace {

constexpr std::int64_t kRoundUs = 100'000;

class Tally final : public runtime::Service {
 public:
  explicit Tally(const runtime::Root& root)
      : root_(root), service_metrics_(root.registry, "tally"), metrics_(root.registry) {
    root_.health.set_ready("tally", "starting");
  }
  ~Tally() override { static_cast<void>(drain()); }

  Result<void> start() override {
    if (auto prepared = prepare(); !prepared) return prepared;
    if (auto listening = listen(); !listening) return listening;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> drain() override {
    if (server_) server_->stop(root_.config.integer("tally.drain_timeout_ms"));
    if (thread_.joinable()) {
      stopping_.store(true);
      thread_.join();
    }
    server_.reset();  // its handlers hold the core
    desk_.reset();
    return drained_;
  }

  std::vector<std::string> addresses() const override {
    if (!server_) return {};
    const std::string& address = root_.config.text("http.address");
    const bool v6 = address.find(':') != std::string::npos;
    return {fmt::format("tally   http://{}{}{}:{}/v1/report", v6 ? "[" : "", address, v6 ? "]" : "",
                        server_->port())};
  }

 private:
  Result<void> prepare() {
    const runtime::Config& config = root_.config;
    const std::string& reference = config.text("tally.reference_folder");
    auto lists =
        reference.empty() ? CodeLists::builtin() : CodeLists::load(root_.env.disk, reference);
    if (!lists) return lists.error().with("tally.reference_folder");
    lists_.emplace(std::move(*lists));

    bus::ClientOptions options;
    options.name = "tally";
    options.role = bus::Role::kFollower;
    auto client = bus::connect(root_.bus, root_.env, root_.bus_endpoint, options);
    if (!client) return client.error().with("tally's connection to the bus");
    desk_ = std::make_unique<ReportDesk>(*lists_, root_.env.clock, metrics_);
    Core::Options core;
    core.snapshot_folder = config.text("data.folder") + "/snapshots/tally";
    core.keep_free_bytes = static_cast<std::uint64_t>(config.integer("log.reserve_mib")) << 20;
    core.snapshot_every_us = config.integer("snapshots.every_ms") * 1000;
    core.campaign = config.text("tally.campaign");
    core.labels = FigureLabels(*lists_);
    core_ =
        std::make_unique<Core>(root_.env, std::move(*client), service_metrics_, metrics_, *desk_,
                               core, runtime::tell_process(root_, "tally", service_metrics_));
    return {};
  }

  Result<void> listen() {
    http::ServerOptions options;
    options.address = root_.config.text("http.address");
    if (auto may =
            identity::may_listen(root_.env.disk, root_.config.text("data.folder"), options.address);
        !may)
      return may;
    options.port = static_cast<std::uint16_t>(root_.config.integer("tally.port"));
    options.id_seed = root_.env.random.next_u64();
    options.clock = &root_.env.clock;
    options.limits.body_bytes = kMaxSpecBytes;
    server_ = http::make_server(options);
    const auto handler = std::make_shared<ReportHandler>(
        root_.env.clock, metrics_, [this](AskedReport asked) { core_->ask(std::move(asked)); });
    for (const char* method : {"GET", "POST"}) {
      server_->route(method, "/v1/report",
                     [handler](const http::Request& request, http::ResponderPtr responder) {
                       handler->handle(request, std::move(responder));
                     });
    }
    const auto campaigns = std::make_shared<CampaignHandler>(
        root_.env.clock, metrics_, [this](AskedReport asked) { core_->ask(std::move(asked)); });
    for (const CampaignHandler::Route& route : CampaignHandler::routes()) {
      server_->route(
          "GET", route.pattern,
          [campaigns, &route](const http::Request& request, http::ResponderPtr responder) {
            campaigns->handle(route, request, std::move(responder));
          });
    }
    return server_->start();
  }

  void run() {
    while (!stopping_.load()) core_->round(kRoundUs);
    service_metrics_.set_state("draining");
    drained_ = core_->snapshot();
    core_.reset();  // the client's socket closes on the thread that owned it
  }

  const runtime::Root root_;
  runtime::ServiceMetrics service_metrics_;
  Metrics metrics_;
  std::optional<CodeLists> lists_;
  std::unique_ptr<ReportDesk> desk_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Result<void> drained_;
};

}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare(
      {"tally.port", std::int64_t{8082}, "Port of tally; 0: the system picks one", 0, 65'535});
  schema.declare(
      {"tally.campaign", std::string("default"), "Name of the campaign in the gauges' label"});
  schema.declare(
      {"tally.reference_folder", std::string(),
       "Folder with codes/*.toml that replace the built-in labels, and say which codes the "
       "gauges name; empty: built-in"});
  schema.declare({"tally.drain_timeout_ms", std::int64_t{10'000},
                  "Time to finish reports under way", 0, 600'000});
}

std::unique_ptr<runtime::Service> make_tally(const runtime::Root& root) {
  return std::make_unique<Tally>(root);
}

}  // namespace lamplight::tally
