#include "runtime/process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>

#include "base/logging.hpp"
#include "base/production_env.hpp"
#include "http/ops.hpp"
#include "http/server.hpp"
#include "runtime/signals.hpp"

namespace lamplight::runtime {

void declare_process_config(ConfigSchema& schema) {
  schema.declare({.name = "data.folder",
                  .fallback = std::string("./lamplight-data"),
                  .help = "Where log, snapshots and sockets are; also --data and LAMPLIGHT_DATA"});
  schema.declare({.name = "bus.endpoint",
                  .fallback = std::string(),
                  .help = "Where services and commands of other processes reach the bus; empty: "
                          "ipc://, run/bus.sock of the data folder"});
  schema.declare({.name = "http.address",
                  .fallback = std::string("127.0.0.1"),
                  .help = "Address that the HTTP services listen on"});
  schema.declare({.name = "logging.level",
                  .fallback = std::string("info"),
                  .help = "debug, info, warning or error"});
  schema.declare({.name = "snapshots.every_ms",
                  .fallback = std::int64_t{60'000},
                  .help = "A service with new events writes a snapshot so often; also every "
                          "500,000 events",
                  .minimum = 100,
                  .maximum = 86'400'000});
  schema.declare({.name = "metrics.address",
                  .fallback = std::string("127.0.0.1"),
                  .help = "Address of /metrics, /healthz and /readyz"});
  schema.declare({.name = "metrics.port",
                  .fallback = std::int64_t{9400},
                  .help = "Its port in `up` and `run broker`; `run intake` takes the next, `run "
                          "tally` the one after; 0: the system picks",
                  .minimum = 0,
                  .maximum = 65'000});
}

std::string bus_endpoint(const Config& config) {
  const std::string& told = config.text("bus.endpoint");
  return told.empty() ? "ipc://" + config.text("data.folder") + "/run/bus.sock" : told;
}

namespace {

/// Who is not well, and why: "tally: replaying 3 of 9, intake: connecting".
std::string reasons(const Health::View& view) {
  std::string out;
  for (const auto& [name, state] : view.services) {
    if (state != "ok") out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", name, state);
  }
  return out;
}

/// Connections are limited by configuration, not by a shell's default for open files.
void raise_open_files_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

std::pair<bool, std::string> verdict(const Health::View& view) { return {view.ok, reasons(view)}; }

}  // namespace

void print_error(const Error& error) {
  std::fprintf(stderr, "lamplight: %s\n", error.message().c_str());
}

struct Process::Impl {
  explicit Impl(const Config& given) : config(given), signals([this] { stop(); }) {
    logging::init(config.text("logging.level"));
    raise_open_files_limit();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    changed.notify_all();
  }

  void fail(const std::string& name, const Error& why) {
    logging::error("service failed service={} why=\"{}\"", name, why.message());
    health.set_failed(name, why.message());
    {
      const std::lock_guard lock(mutex);
      if (!failure) failure = why.with(name);
    }
    changed.notify_all();
  }

  std::optional<Error> failed() {
    const std::lock_guard lock(mutex);
    return failure;
  }

  /// True once there is a reason to stop.
  bool wait(std::int64_t timeout_ms) {
    std::unique_lock lock(mutex);
    const auto ended = [this] { return stopping || failure.has_value(); };
    if (timeout_ms < 0) {
      changed.wait(lock, ended);
      return true;
    }
    return changed.wait_for(lock, std::chrono::milliseconds(timeout_ms), ended);
  }

  struct Running {
    std::string name;
    std::unique_ptr<Service> service;
  };

  const Config config;
  std::mutex mutex;  // guards stopping and failure
  std::condition_variable changed;
  bool stopping = false;
  bool told = false;  // the failure has been returned to the caller
  std::optional<Error> failure;

  StopSignals signals;  // before anything that has threads
  ProductionEnv production;
  Registry registry;
  Health health;
  bus::Context bus;
  std::deque<Root> roots;  // stay where they are
  std::unique_ptr<http::Server> ops;
  std::vector<Running> services;
};

Process::Process(const Config& config) : impl_(std::make_unique<Impl>(config)) {}

Process::~Process() {
  if (!impl_->services.empty() || impl_->ops) (void)finish();
}

Env Process::env() { return impl_->production.env(); }
const Config& Process::config() const { return impl_->config; }

const Root& Process::root(const std::string& name, const std::string& bus_endpoint) {
  Impl* impl = impl_.get();
  return impl->roots.emplace_back(Root{impl->production.env(), impl->bus, impl->config,
                                       impl->registry, impl->health, bus_endpoint,
                                       [impl, name](const Error& why) { impl->fail(name, why); }});
}

Result<void> Process::listen(std::uint16_t port_offset) {
  const auto port = static_cast<std::uint16_t>(impl_->config.integer("metrics.port"));
  http::ServerOptions options;
  options.address = impl_->config.text("metrics.address");
  options.port = port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(port + port_offset);
  options.clock = &impl_->production.env().clock;
  auto server = http::make_server(options);
  Impl* impl = impl_.get();
  http::add_ops_routes(
      *server, [impl] { return impl->registry.expose(); },
      [impl] { return verdict(impl->health.live()); },
      [impl] { return verdict(impl->health.ready()); });
  if (auto started = server->start(); !started) {
    // What a second start on the same machine meets first, before it comes to the log's lock.
    return Error(started.error().code(),
                 fmt::format("metrics listener: {}; if another Lamplight runs here, perhaps on the "
                             "same data folder {}, stop it first, or give this one a metrics.port "
                             "of its own",
                             started.error().message(), impl_->config.text("data.folder")));
  }
  impl_->ops = std::move(server);
  return {};
}

std::string Process::ops_url() const {
  if (!impl_->ops) return {};
  const std::string& address = impl_->config.text("metrics.address");
  const bool v6 = address.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", address, v6 ? "]" : "", impl_->ops->port());
}

Result<void> Process::start(const std::string& name, std::unique_ptr<Service> service) {
  if (auto started = service->start(); !started) return started.error().with(name);
  impl_->services.push_back({name, std::move(service)});
  return {};
}

const Service* Process::service(const std::string& name) const {
  for (const Impl::Running& running : impl_->services) {
    if (running.name == name) return running.service.get();
  }
  return nullptr;
}

Result<void> Process::wait_ready(std::int64_t timeout_ms) {
  constexpr std::int64_t kLookMs = 20;  // health has no call back; so often it is looked at
  for (std::int64_t waited = 0;; waited += kLookMs) {
    const Health::View view = impl_->health.ready();
    if (auto failed = impl_->failed()) {
      impl_->told = true;
      return *failed;
    }
    if (view.ok) return {};
    if (timeout_ms >= 0 && waited >= timeout_ms) {
      return Error(Code::kTimeout,
                   fmt::format("not ready after {} s: {}", timeout_ms / 1000, reasons(view)));
    }
    if (impl_->wait(kLookMs) && !impl_->failed()) {
      return Error(Code::kUnavailable, "stopped before everything was ready");
    }
  }
}

bool Process::wait(std::int64_t timeout_ms) { return impl_->wait(timeout_ms); }
void Process::stop() { impl_->stop(); }

int Process::finish() {
  int code = 0;
  if (const auto failed = impl_->failed()) {
    if (!impl_->told) print_error(*failed);
    code = 1;
  }
  while (!impl_->services.empty()) {
    Impl::Running& last = impl_->services.back();
    logging::info("draining service={}", last.name);
    if (auto drained = last.service->drain(); !drained) {
      print_error(drained.error().with("draining " + last.name));
      code = 1;
    }
    last.service.reset();
    impl_->services.pop_back();
  }
  if (impl_->ops) impl_->ops->stop(1000);
  impl_->ops.reset();
  return code;
}

}  // namespace lamplight::runtime
