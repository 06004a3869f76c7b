#include "service.hpp"

#include <fmt/core.h>

#include <atomic>
#include <optional>
#include <thread>

#include "base/logging.hpp"
#include "core.hpp"
#include "handlers/get_status.hpp"
#include "handlers/post_records.hpp"
#include "handlers/routes.hpp"
#include "http/server.hpp"
#include "identity/first_start.hpp"
#include "item_reader.hpp"
#include "metrics.hpp"
#include "model/code_lists.hpp"
#include "secret.hpp"

namespace lamplight::intake {

namespace {
constexpr std::int64_t kRoundUs = 100'000;

class Intake final : public runtime::Service {
 public:
  explicit Intake(const runtime::Root& root)
      : root_(root), service_metrics_(root.registry, "intake"), metrics_(root.registry) {
    root_.health.set_ready("intake", "starting");
  }
  ~Intake() override { static_cast<void>(drain()); }

  Result<void> start() override {
    // Before prepare, which makes a key of its own.
    const runtime::Config& config = root_.config;
    if (Result<void> may = identity::may_listen(root_.env.disk, config.text("data.folder"),
                                                config.text("http.address"));
        !may)
      return may;
    if (Result<void> ready = prepare(); !ready) return ready;
    if (Result<void> listening = listen(); !listening) return listening;
    thread_ = std::thread([this] { run(); });
    logging::info("intake listening address={} port={} partner={}",
                  root_.config.text("http.address"), server_->port(),
                  root_.config.text("intake.partner"));
    return {};
  }

  Result<void> drain() override {
    if (!thread_.joinable()) {
      server_.reset();
      return {};
    }
    core_->close();
    server_->stop(drain_timeout_us() / 1000);
    stopping_.store(true);
    thread_.join();
    server_.reset();  // its handlers hold the core
    return drained_;
  }

  std::vector<std::string> addresses() const override {
    if (!server_) return {};
    return {fmt::format("intake  http://{}:{}/v1/alerts", root_.config.text("http.address"),
                        server_->port())};
  }

 private:
  std::int64_t drain_timeout_us() const {
    return root_.config.integer("intake.drain_timeout_ms") * 1000;
  }

  Result<void> prepare() {
    const runtime::Config& config = root_.config;
    const std::string& reference = config.text("intake.reference_folder");
    Result<CodeLists> codes =
        reference.empty() ? CodeLists::builtin() : CodeLists::load(root_.env.disk, reference);
    if (!codes) return codes.error().with("intake.reference_folder");
    codes_.emplace(std::move(*codes));
    Result<Secret> secret = Secret::load(root_.env, config.text("data.folder") + "/secrets");
    if (!secret) return secret.error().with("intake's secret");
    secret_.emplace(*secret);

    bus::ClientOptions options;
    options.name = "intake";
    options.role = bus::Role::kEdge;
    options.seed = true;
    auto client = bus::connect(root_.bus, root_.env, root_.bus_endpoint, options);
    if (!client) return client.error().with("intake's connection to the bus");
    core_ = std::make_unique<Core>(root_.env, std::move(*client), *secret_, service_metrics_,
                                   metrics_, core_options(), told());
    return {};
  }

  Core::Options core_options() const {
    Core::Options options;
    options.snapshot_folder = root_.config.text("data.folder") + "/snapshots/intake";
    options.max_open_items = static_cast<std::size_t>(root_.config.integer("intake.open_alerts"));
    options.keep_free_bytes = static_cast<std::uint64_t>(root_.config.integer("log.reserve_mib"))
                              << 20;
    options.snapshot_every_us = root_.config.integer("snapshots.every_ms") * 1000;
    options.publisher.lists = &*codes_;
    options.publisher.max_open_codes =
        static_cast<std::size_t>(root_.config.integer("intake.open_codes"));
    options.publisher.answer_timeout_us = root_.config.integer("intake.answer_timeout_ms") * 1000;
    return options;
  }

  Core::Told told() {
    Core::Told out{runtime::tell_process(root_, "intake", service_metrics_), {}};
    out.ready_changed = [tell = std::move(out.ready_changed)](const std::string& why_not) {
      tell(why_not);
      logging::info("intake {}", why_not.empty() ? "ready" : "not ready why=\"" + why_not + '"');
    };
    out.figures = [this](const IntakeState& state) { metrics_.show(state, *codes_); };
    return out;
  }

  Result<void> listen() {
    const runtime::Config& config = root_.config;
    http::ServerOptions options;
    options.address = config.text("http.address");
    options.port = static_cast<std::uint16_t>(config.integer("intake.port"));
    options.threads = static_cast<unsigned>(config.integer("intake.http_threads"));
    options.id_seed = root_.env.random.next_u64();
    options.clock = &root_.env.clock;
    options.limits.header_timeout_ms = config.integer("intake.header_timeout_ms");
    options.limits.body_timeout_ms = config.integer("intake.body_timeout_ms");
    options.limits.connections = static_cast<std::uint32_t>(config.integer("intake.connections"));
    options.limits.connections_per_address =
        static_cast<std::uint32_t>(config.integer("intake.connections_per_address"));
    // The publisher answers first, with what to do next.
    options.limits.answer_timeout_ms = config.integer("intake.answer_timeout_ms") + 10'000;
    server_ = http::make_server(options, &metrics_);
    constexpr std::int64_t kHourUs = 3600LL * 1'000'000;
    readers_.emplace(*codes_, *secret_,
                     Horizon{&root_.env.clock, config.integer("intake.future_hours") * kHourUs});

    const std::string& partner = config.text("intake.partner");
    PostOptions posts;
    posts.partner = partner;
    posts.bulk_requests = static_cast<std::size_t>(config.integer("intake.bulk_requests"));
    posts.refused = [this](std::string_view reason) { metrics_.refused(reason); };
    add_routes(*server_, *core_, std::make_shared<PostRecords>(*core_, *readers_, *secret_, posts),
               partner);
    server_->route("GET", "/v1/status", GetStatus(*core_));
    return server_->start();
  }

  void run() {
    while (!stopping_.load()) core_->round(kRoundUs);
    const std::int64_t deadline = root_.env.clock.monotonic_us() + drain_timeout_us();
    while (!core_->idle() && root_.env.clock.monotonic_us() < deadline) core_->round(kRoundUs);
    if (!core_->idle())
      logging::warning(
          "intake leaves unacknowledged records behind: their senders were not answered");
    drained_ = core_->snapshot();
    core_.reset();  // the client's socket closes on the thread that owned it
  }

  const runtime::Root root_;
  runtime::ServiceMetrics service_metrics_;
  Metrics metrics_;
  std::optional<CodeLists> codes_;
  std::optional<Secret> secret_;
  std::optional<ItemReaders> readers_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Result<void> drained_;
};
}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare(
      {"intake.port", std::int64_t{8080}, "Port of intake; 0: the system picks one", 0, 65'535});
  schema.declare({"intake.partner", std::string("local"),
                  "Name of the partner that posts here, until keys tell"});
  schema.declare({"intake.reference_folder", std::string(),
                  "Folder with codes/*.toml and deny-list.toml that replace the built-in ones; "
                  "empty: built-in"});
  schema.declare(
      {"intake.http_threads", std::int64_t{1}, "Threads that read and check requests", 1, 64});
  schema.declare({"intake.connections", std::int64_t{12'000},
                  "Connections at once; beyond it a newcomer takes the place of the one idle for "
                  "longest",
                  1, 1'000'000});
  schema.declare({"intake.connections_per_address", std::int64_t{12'000},
                  "Connections at once from one address; a proxy in front is one", 1, 1'000'000});
  schema.declare({"intake.header_timeout_ms", std::int64_t{5'000},
                  "Time for a request's head, from its first byte", 100, 600'000});
  schema.declare({"intake.body_timeout_ms", std::int64_t{30'000},
                  "Time without a byte of a body; and granted to a body beyond what 1 KiB/s takes",
                  100, 600'000});
  schema.declare({"intake.future_hours", std::int64_t{24},
                  "How far ahead of the clock here the times of what has happened may lie", 1, 24});
  schema.declare(
      {"intake.open_alerts", std::int64_t{32'768},
       "Alerts and reports without an answer yet, beyond which requests are answered 503", 1,
       1'000'000});
  schema.declare({"intake.open_codes", std::int64_t{2000},
                  "Codes outside a code list that one log may hold of it", 0, 1'000'000});
  schema.declare({"intake.bulk_requests", std::int64_t{64},
                  "Arrays and NDJSON bodies taken at once", 1, 4096});
  schema.declare({"intake.answer_timeout_ms", std::int64_t{25'000},
                  "What the log has not confirmed by then is answered 503", 100, 600'000});
  schema.declare({"intake.drain_timeout_ms", std::int64_t{20'000},
                  "Time to finish what was accepted", 0, 600'000});
}

std::unique_ptr<runtime::Service> make_intake(const runtime::Root& root) {
  return std::make_unique<Intake>(root);
}

}  // namespace lamplight::intake
