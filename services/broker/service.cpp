#include <chrono>
#include <utility>

#include "base/logging.hpp"
#include "broker_service.hpp"
#include "endpoints.hpp"

namespace lamplight::broker {

namespace {
constexpr char kName[] = "broker";
}

BrokerService::BrokerService(const runtime::Root& root, Settings settings)
    : root_(root),
      settings_(std::move(settings)),
      metrics_(root.registry, [this](const std::string& why_not) { tell_ready(why_not); }) {
  root_.health.set_ready(kName, "not started");
}

BrokerService::~BrokerService() { (void)drain(); }

Result<void> BrokerService::start() {
  // A start after a crash copies the active segment while the next one may lie prepared: what it needs has to be free.
  if (settings_.log.reserve_bytes / 2 < settings_.log.segment_bytes) {
    return Error(Code::kInvalid, "log.reserve_mib is " +
                                     std::to_string(settings_.log.reserve_bytes >> 20) +
                                     ", at least twice log.segment_mib are needed: set it to " +
                                     std::to_string(2 * (settings_.log.segment_bytes >> 20)) +
                                     " or more, or choose smaller segments");
  }
  const auto& endpoints = settings_.bus.endpoints;
  if (auto fit = prepare_endpoints(root_.env.disk, root_.config.text("data.folder"), endpoints,
                                   settings_.insecure_tcp);
      !fit)
    return fit;
  auto log = log::open(root_.env, settings_.log);
  if (!log) return log.error().with("log");
  tell_recovery(**log);
  auto broker =
      bus::make_broker(root_.bus, root_.env, std::move(log).value(), settings_.bus, metrics_);
  if (!broker) return broker.error();
  broker_ = std::move(broker).value();
  metrics_.set_ready(true);
  root_.health.set_ready(kName, "");
  thread_ = std::thread([this] { run(); });
  return {};
}

void BrokerService::run() {
  outcome_ = broker_->run();
  if (outcome_) return;
  root_.health.set_failed(kName, outcome_.error().message());
  {
    // Who scrapes us has to see it: a process that is gone only looks as if it were being started again.
    std::unique_lock lock(mutex_);
    drain_asked_.wait_for(lock, std::chrono::milliseconds(settings_.failed_linger_ms),
                          [this] { return draining_; });
  }
  root_.fail(outcome_.error());
}

void BrokerService::tell_ready(const std::string& why_not) {
  if (why_not.empty() != told_ready_.empty()) {
    if (why_not.empty()) logging::info("event=log_has_room");
    else logging::warning("event=log_has_no_room why=\"{}\"", why_not);
  }
  if (why_not == told_ready_) return;
  told_ready_ = why_not;
  root_.health.set_ready(kName, why_not);
}

void BrokerService::tell_recovery(const log::Log& log) {
  const log::Recovery& found = log.recovery();
  metrics_.recovered(found);
  logging::info("event=log_opened folder={} id={} seeded={} head={} segments={} clean_stop={}",
                settings_.log.folder, to_uuid(log.header().id), log.header().seeded,
                log.head().value, found.segments, found.clean_stop);
  if (found.torn_bytes > 0) {
    logging::warning("event=torn_tail_cut bytes={} batches={} kept_in={}", found.torn_bytes,
                     found.torn_batches, found.torn_kept_in);
  }
  if (settings_.log.create_seeded && !log.header().seeded) {
    logging::warning(
        "event=log_not_seeded folder={} note=\"it was there before and takes its time from the "
        "clock\"",
        settings_.log.folder);
  }
}

Result<void> BrokerService::drain() {
  if (!thread_.joinable()) return outcome_;
  root_.health.set_ready(kName, "stopping");
  broker_->stop();
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  drain_asked_.notify_all();
  thread_.join();
  metrics_.set_ready(false);
  broker_.reset();
  return outcome_;
}

std::vector<std::string> BrokerService::addresses() const {
  std::vector<std::string> lines;
  for (const auto& endpoint : settings_.bus.endpoints) {
    if (!endpoint.starts_with("inproc://")) lines.push_back("bus     " + endpoint);
  }
  return lines;
}

}  // namespace lamplight::broker
