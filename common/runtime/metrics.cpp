#include "runtime/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <map>
#include <mutex>

#include "base/check.hpp"
#include "process_collector.hpp"
#include "runtime/version.hpp"

namespace lamplight::runtime {

const std::vector<double>& fast_bounds() {
  static const std::vector<double> bounds{50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3,
                                          10e-3, 20e-3,  50e-3,  0.1,    0.2,  0.5,  1.0};
  return bounds;
}

const std::vector<double>& slow_bounds() {
  static const std::vector<double> bounds{1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1,  0.2,
                                          0.5,  1.0,  2.0,  5.0,   10.0,  20.0,  30.0, 60.0};
  return bounds;
}

const std::vector<double>& human_bounds() {
  static const std::vector<double> bounds{60,     120,    180,    300,         600,   900,
                                          1800,   3600,   7200,   14400,       28800, 86400,
                                          172800, 259200, 604800, 30.0 * 86400};
  return bounds;
}

// ---- Registry ----------------------------------------------------------------------------------

struct Registry::Impl {
  prometheus::Registry native;
  ProcessCollector process;
  mutable std::mutex mutex;  // guards `added`
  std::vector<std::weak_ptr<prometheus::Collectable>> added;
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {
  prometheus::BuildGauge()
      .Name("lamplight_build_info")
      .Help("1; version and commit stand in the labels.")
      .Register(impl_->native)
      .Add({{"version", std::string(version())}, {"commit", std::string(commit())}})
      .Set(1);
}

Registry::~Registry() = default;

prometheus::Registry& Registry::native() { return impl_->native; }

void Registry::add(std::weak_ptr<prometheus::Collectable> source) {
  const std::lock_guard lock(impl_->mutex);
  impl_->added.push_back(std::move(source));
}

std::string Registry::expose() const {
  auto families = impl_->native.Collect();
  const auto take = [&families](std::vector<prometheus::MetricFamily> more) {
    families.insert(families.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  };
  take(impl_->process.Collect());
  const std::lock_guard lock(impl_->mutex);
  for (const auto& source : impl_->added) {
    if (const auto held = source.lock()) take(held->Collect());
  }
  return prometheus::TextSerializer().Serialize(families);
}

// ---- ServiceMetrics ----------------------------------------------------------------------------

namespace {

constexpr std::array<std::string_view, 6> kStates{"connecting", "replaying", "follower",
                                                  "live",       "halted",    "draining"};
constexpr std::size_t kMaxGroups = 30;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

prometheus::Gauge& gauge(Registry& registry, const std::string& service, const char* name,
                         const char* help) {
  return prometheus::BuildGauge()
      .Name(name)
      .Help(help)
      .Register(registry.native())
      .Add({{"service", service}});
}

}  // namespace

struct ServiceMetrics::Impl {
  Impl(Registry& registry, std::string name)
      : service(std::move(name)),
        ready(gauge(registry, service, "lamplight_ready", "1 while the service answers.")),
        offset(gauge(registry, service, "lamplight_fold_offset",
                     "Offset up to which the fold's figures count the log.")),
        lag_events(gauge(registry, service, "lamplight_fold_lag_events",
                         "Events on the log that the fold has not seen; NaN when unknown.")),
        lag_seconds(gauge(registry, service, "lamplight_fold_lag_seconds",
                          "Bus time since the fold's last event while it lags; NaN when unknown.")),
        heartbeat_age(gauge(registry, service, "lamplight_bus_heartbeat_age_seconds",
                            "Seconds since the bus was last heard; NaN before the first time.")),
        snapshot_age(gauge(registry, service, "lamplight_snapshot_age_seconds",
                           "Seconds since the last snapshot was written; NaN before it.")),
        snapshot_bytes(gauge(registry, service, "lamplight_snapshot_bytes",
                             "Size of the last snapshot written.")),
        replay_seconds(gauge(registry, service, "lamplight_replay_duration_seconds",
                             "How long the last restore and replay took.")),
        snapshot_seconds(prometheus::BuildHistogram()
                             .Name("lamplight_snapshot_duration_seconds")
                             .Help("Time to save and sync a snapshot.")
                             .Register(registry.native())
                             .Add({{"service", service}}, slow_bounds())),
        halted(gauge(registry, service, "lamplight_service_halted_offset",
                     "Offset at which the service halted; NaN while it has not.")),
        events(prometheus::BuildCounter()
                   .Name("lamplight_fold_events_total")
                   .Help("Events evolved since the process started, replay included.")
                   .Register(registry.native())) {
    for (const std::string_view state : kStates) {
      states[state] = &prometheus::BuildGauge()
                           .Name("lamplight_service_state")
                           .Help("1 for the state the service is in.")
                           .Register(registry.native())
                           .Add({{"service", service}, {"state", std::string(state)}});
    }
    for (auto* unknown : {&lag_events, &lag_seconds, &heartbeat_age, &snapshot_age, &halted}) {
      unknown->Set(kUnknown);
    }
  }

  std::string service;
  prometheus::Gauge& ready;
  prometheus::Gauge& offset;
  prometheus::Gauge& lag_events;
  prometheus::Gauge& lag_seconds;
  prometheus::Gauge& heartbeat_age;
  prometheus::Gauge& snapshot_age;
  prometheus::Gauge& snapshot_bytes;
  prometheus::Gauge& replay_seconds;
  prometheus::Histogram& snapshot_seconds;
  prometheus::Gauge& halted;
  prometheus::Family<prometheus::Counter>& events;
  std::map<std::string_view, prometheus::Gauge*> states;
  std::mutex mutex;  // guards `groups` only
  std::map<std::string, prometheus::Counter*, std::less<>> groups;
};

ServiceMetrics::ServiceMetrics(Registry& registry, std::string service)
    : impl_(std::make_unique<Impl>(registry, std::move(service))) {}
ServiceMetrics::~ServiceMetrics() = default;

void ServiceMetrics::set_ready(bool ready) { impl_->ready.Set(ready ? 1 : 0); }

void ServiceMetrics::set_state(std::string_view state) {
  LAMPLIGHT_CHECK(impl_->states.contains(state), "a service state that is not in the list");
  for (const auto& known : impl_->states) known.second->Set(known.first == state ? 1 : 0);
}

void ServiceMetrics::set_halted(Offset at) { impl_->halted.Set(static_cast<double>(at.value)); }

void ServiceMetrics::set_fold(Offset cut, double lag_events, double lag_seconds) {
  impl_->offset.Set(static_cast<double>(cut.value));
  impl_->lag_events.Set(lag_events);
  impl_->lag_seconds.Set(lag_seconds);
}

void ServiceMetrics::set_heartbeat_age(double seconds) { impl_->heartbeat_age.Set(seconds); }
void ServiceMetrics::set_snapshot_age(double seconds) { impl_->snapshot_age.Set(seconds); }

void ServiceMetrics::record_events(std::string_view subject_group, std::uint64_t n) {
  const std::lock_guard lock(impl_->mutex);
  auto group = impl_->groups.find(subject_group);
  if (group == impl_->groups.end()) {
    const std::string name(impl_->groups.size() < kMaxGroups ? subject_group : "other");
    group = impl_->groups.find(name);
    if (group == impl_->groups.end()) {
      auto& counter = impl_->events.Add({{"service", impl_->service}, {"subject_group", name}});
      group = impl_->groups.emplace(name, &counter).first;
    }
  }
  group->second->Increment(static_cast<double>(n));
}

void ServiceMetrics::record_snapshot(double seconds, std::uint64_t bytes) {
  impl_->snapshot_seconds.Observe(seconds);
  impl_->snapshot_bytes.Set(static_cast<double>(bytes));
}

void ServiceMetrics::record_replay(double seconds) { impl_->replay_seconds.Set(seconds); }

}  // namespace lamplight::runtime
