#include "console/service.hpp"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/logging.hpp"
#include "console/core.hpp"
#include "console/metrics.hpp"
#include "console/password_desk.hpp"
#include "console/routes.hpp"
#include "http/server.hpp"
#include "identity/directory.hpp"
#include "identity/first_start.hpp"
#include "model/code_lists.hpp"

namespace lamplight::console {

namespace {

constexpr std::int64_t kRoundUs = 100'000;
constexpr std::size_t kBodyBytes = 64U << 10;

class Console final : public runtime::Service {
 public:
  Console(const runtime::Root& root, ReadDesks read_desks)
      : root_(root),
        read_desks_(std::move(read_desks)),
        service_metrics_(root.registry, "console"),
        metrics_(root.registry) {
    root_.health.set_ready("console", "starting");
  }
  ~Console() override { static_cast<void>(drain()); }

  Result<void> start() override {
    if (auto may = may_listen(); !may) return may;
    if (auto prepared = prepare(); !prepared) return prepared;
    if (auto listening = listen(); !listening) return listening;
    thread_ = std::thread([this] { run(); });
    logging::info("console listening address={} port={}", root_.config.text("http.address"),
                  server_->port());
    return {};
  }

  Result<void> drain() override {
    if (thread_.joinable()) {
      core_->close();
      server_->stop(root_.config.integer("console.drain_timeout_ms"));
      stopping_.store(true);
      thread_.join();
    }
    server_.reset();  // its handlers hold the core
    return drained_;
  }

  std::vector<std::string> addresses() const override {
    if (!server_) return {};
    const std::string& address = root_.config.text("http.address");
    const bool v6 = address.find(':') != std::string::npos;
    return {fmt::format("console http://{}{}{}:{}/lists/mine", v6 ? "[" : "", address,
                        v6 ? "]" : "", server_->port())};
  }

 private:
  /// Passwords travel here, and there is no TLS yet: beyond loopback only when the operator says so.
  Result<void> may_listen() {
    const std::string& address = root_.config.text("http.address");
    if (auto may = identity::may_listen(root_.env.disk, root_.config.text("data.folder"), address);
        !may)
      return may;
    if (identity::is_loopback(address)) return {};
    if (!root_.config.flag("console.insecure_http")) {
      return Error(Code::kForbidden,
                   "console: http.address = " + address +
                       " would take passwords without TLS from other machines; where something in "
                       "front brings TLS, or nobody else reaches that address, say "
                       "console.insecure_http = true");
    }
    logging::warning("console takes passwords without TLS address={} (console.insecure_http)",
                     address);
    return {};
  }

  Result<void> prepare() {
    const runtime::Config& config = root_.config;
    auto lists = CodeLists::builtin();
    if (!lists) return lists.error();
    lists_.emplace(std::move(*lists));
    const std::string file = identity::Directory::path_in(config.text("data.folder"));
    if (const auto known = identity::Directory::load(root_.env.disk, file); !known)
      return known.error();
    passwords_.emplace(root_.env.disk, file);

    bus::ClientOptions options;
    options.name = "console";
    options.role = bus::Role::kEdge;
    auto client = bus::connect(root_.bus, root_.env, root_.bus_endpoint, options);
    if (!client) return client.error().with("console's connection to the bus");
    core_ = std::make_unique<Core>(root_.env, std::move(*client), service_metrics_, metrics_,
                                   *passwords_, *lists_, core_options(),
                                   runtime::tell_process(root_, "console", service_metrics_));
    return {};
  }

  Core::Options core_options() const {
    const runtime::Config& config = root_.config;
    Core::Options options;
    options.snapshot_folder = config.text("data.folder") + "/snapshots/console";
    options.snapshot_every_us = config.integer("snapshots.every_ms") * 1000;
    options.keep_free_bytes = static_cast<std::uint64_t>(config.integer("log.reserve_mib")) << 20;
    options.sessions.lifetime_us = config.integer("console.session_minutes") * 60'000'000;
    options.commands.answer_timeout_us = config.integer("console.answer_timeout_ms") * 1000;
    options.feeds.most = static_cast<std::size_t>(config.integer("console.feeds"));
    options.read_desks = read_desks_;
    options.proxy = config.text("console.proxy");
    return options;
  }

  Result<void> listen() {
    http::ServerOptions options;
    options.address = root_.config.text("http.address");
    options.port = static_cast<std::uint16_t>(root_.config.integer("console.port"));
    options.id_seed = root_.env.random.next_u64();
    options.clock = &root_.env.clock;
    options.limits.body_bytes = kBodyBytes;
    options.limits.connections =
        static_cast<std::uint32_t>(root_.config.integer("console.connections"));
    options.limits.connections_per_address =
        static_cast<std::uint32_t>(root_.config.integer("console.connections_per_address"));
    // The desk answers first, with where to look.
    options.limits.answer_timeout_ms = root_.config.integer("console.answer_timeout_ms") + 10'000;
    server_ = http::make_server(options, &metrics_);
    add_routes(*server_, *core_);
    return server_->start();
  }

  void run() {
    while (!stopping_.load()) core_->round(kRoundUs);
    service_metrics_.set_state("draining");
    drained_ = core_->snapshot();
    passwords_.reset();  // what it verifies ends up in the core
    core_.reset();       // the client's socket closes on the thread that owned it
  }

  const runtime::Root root_;
  const ReadDesks read_desks_;
  runtime::ServiceMetrics service_metrics_;
  Metrics metrics_;
  std::optional<CodeLists> lists_;
  std::unique_ptr<Core> core_;
  std::optional<PasswordDesk> passwords_;  // goes before the core, which its work is handed to
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Result<void> drained_;
};

}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare(
      {"console.port", std::int64_t{8081}, "Port of console; 0: the system picks one", 0, 65'535});
  schema.declare({"console.insecure_http", false,
                  "Take passwords without TLS also where http.address is not loopback"});
  schema.declare(
      {"console.proxy", std::string(),
       "Address of the proxy in front, whose X-Forwarded-For tells who signs in; empty: none"});
  schema.declare({"console.connections", std::int64_t{1'024},
                  "Connections at once; beyond it the longest idle makes room", 1, 12'000});
  schema.declare({"console.connections_per_address", std::int64_t{256},
                  "Of one address; a proxy in front is one", 1, 12'000});
  schema.declare({"console.session_minutes", std::int64_t{60},
                  "How long a token of an officer is good", 1, 1'440});
  schema.declare({"console.answer_timeout_ms", std::int64_t{5'000},
                  "A command without an answer by then is answered 202, with where to look", 100,
                  60'000});
  schema.declare(
      {"console.feeds", std::int64_t{256}, "Feeds of changes that are open at once", 0, 10'000});
  schema.declare({"console.drain_timeout_ms", std::int64_t{10'000},
                  "Time to finish requests under way", 0, 600'000});
}

std::unique_ptr<runtime::Service> make_console(const runtime::Root& root, ReadDesks read_desks) {
  return std::make_unique<Console>(root, std::move(read_desks));
}

}  // namespace lamplight::console
