#include "metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace lamplight::broker {

namespace {

constexpr std::size_t kMaxGroups = 30;  // subject groups told apart; the rest are "other"
constexpr std::size_t kMaxConsumers = 64;
constexpr double kMicro = 1e-6;

using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;

CounterFamily& counters(runtime::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native());
}
GaugeFamily& gauges(runtime::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry.native());
}
prometheus::Histogram& histogram(runtime::Registry& registry, const char* name, const char* help,
                                 const std::vector<double>& bounds) {
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(registry.native())
      .Add({}, bounds);
}

/// The series of one label, by its value; a bounded number of values, then "other".
template <typename Metric>
class Labelled {
 public:
  Labelled(prometheus::Family<Metric>& family, const char* label, std::size_t limit)
      : family_(family), label_(label), limit_(limit) {}

  Metric& at(std::string_view value) {
    auto known = series_.find(value);
    if (known != series_.end()) return *known->second;
    const std::string name(series_.size() < limit_ ? value : std::string_view("other"));
    known = series_.find(name);
    if (known == series_.end()) known = series_.emplace(name, &family_.Add({{label_, name}})).first;
    return *known->second;
  }
  void remove(std::string_view value) {
    const auto known = series_.find(value);
    if (known == series_.end()) return;
    family_.Remove(known->second);
    series_.erase(known);
  }

 private:
  prometheus::Family<Metric>& family_;
  const char* label_;
  std::size_t limit_;
  std::map<std::string, Metric*, std::less<>> series_;
};

std::vector<double> batch_bounds() {
  return {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000, 50'000};
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(runtime::Registry& r)
      : ready(gauges(r, "lamplight_ready", "1 while the service answers.")
                  .Add({{"service", "broker"}})),
        append_bytes(
            counters(r, "lamplight_log_append_bytes_total", "Bytes of frames synced to the log.")
                .Add({})),
        sync_seconds(histogram(r, "lamplight_log_sync_duration_seconds",
                               "From the begin of a group commit until its sync has returned.",
                               runtime::fast_bounds())),
        batch_events(histogram(r, "lamplight_log_batch_events",
                               "Events that one sync made durable.", batch_bounds())),
        segments(gauges(r, "lamplight_log_segments", "Segments of the log.").Add({})),
        log_bytes(gauges(r, "lamplight_log_bytes",
                         "Bytes of the log's segments, what is written beforehand too.")
                      .Add({})),
        free_bytes(gauges(r, "lamplight_log_free_bytes", "Bytes free on the log's disk.").Add({})),
        failed(gauges(r, "lamplight_log_failed",
                      "1 after a failed write or sync: nothing more is accepted.")
                   .Add({})),
        torn_bytes(counters(r, "lamplight_log_recovered_torn_bytes_total",
                            "Bytes of a torn tail cut off at this start.")
                       .Add({})),
        clock_held(gauges(r, "lamplight_bus_clock_held",
                          "1 while a step of the wall clock over 5 s is not followed.")
                       .Add({})),
        head(gauges(r, "lamplight_bus_head_offset", "Last offset that is synced.").Add({})),
        bus_time(gauges(r, "lamplight_bus_time_seconds", "Bus time, seconds since 1970.").Add({})),
        connections(
            gauges(r, "lamplight_bus_connections", "Clients that have said HELLO.").Add({})),
        duplicates(counters(r, "lamplight_bus_duplicates_total",
                            "Events of frames that came again and were acknowledged again.")
                       .Add({})),
        ack_seconds(histogram(r, "lamplight_bus_ack_duration_seconds",
                              "From a frame's arrival to its durable acknowledgement.",
                              runtime::fast_bounds())),
        published(counters(r, "lamplight_bus_published_total", "Events accepted onto the log."),
                  "subject_group", kMaxGroups),
        refused(counters(r, "lamplight_bus_refused_total", "Frames and messages refused."),
                "reason", kMaxGroups),
        auth_failures(
            counters(r, "lamplight_bus_auth_failures_total", "Refused for want of rights."),
            "reason", kMaxGroups),
        delivered(counters(r, "lamplight_bus_delivered_total", "Events delivered."), "consumer",
                  kMaxConsumers),
        lag(gauges(r, "lamplight_bus_consumer_lag_events",
                   "Synced events that the consumer was not sent yet."),
            "consumer", kMaxConsumers),
        credit(gauges(r, "lamplight_bus_consumer_credit_bytes",
                      "Bytes that the consumer may be sent."),
               "consumer", kMaxConsumers) {
    failed.Set(0);
    clock_held.Set(0);
    ready.Set(0);
    // Present from the start, so that a rate over them is 0 and not absent.
    (void)refused.at("duplicate");
    (void)auth_failures.at("forbidden");
  }

  prometheus::Gauge& ready;
  prometheus::Counter& append_bytes;
  prometheus::Histogram& sync_seconds;
  prometheus::Histogram& batch_events;
  prometheus::Gauge& segments;
  prometheus::Gauge& log_bytes;
  prometheus::Gauge& free_bytes;
  prometheus::Gauge& failed;
  prometheus::Counter& torn_bytes;
  prometheus::Gauge& clock_held;
  prometheus::Gauge& head;
  prometheus::Gauge& bus_time;
  prometheus::Gauge& connections;
  prometheus::Counter& duplicates;
  prometheus::Histogram& ack_seconds;
  Labelled<prometheus::Counter> published;
  Labelled<prometheus::Counter> refused;
  Labelled<prometheus::Counter> auth_failures;
  Labelled<prometheus::Counter> delivered;
  Labelled<prometheus::Gauge> lag;
  Labelled<prometheus::Gauge> credit;
};

Metrics::Metrics(runtime::Registry& registry, std::function<void(const std::string&)> tell_ready)
    : tell_ready_(std::move(tell_ready)), impl_(std::make_unique<Impl>(registry)) {}
Metrics::~Metrics() = default;

void Metrics::set_ready(bool ready) { impl_->ready.Set(ready ? 1 : 0); }
void Metrics::recovered(const log::Recovery& recovery) {
  impl_->torn_bytes.Increment(static_cast<double>(recovery.torn_bytes));
}
void Metrics::published(std::string_view subject_group, std::uint64_t events, std::uint64_t) {
  impl_->published.at(subject_group).Increment(static_cast<double>(events));
}
void Metrics::duplicate(std::uint64_t events) {
  impl_->duplicates.Increment(static_cast<double>(events));
}
void Metrics::refused(std::string_view reason) {
  impl_->refused.at(reason).Increment();
  if (reason == to_string(Code::kForbidden)) impl_->auth_failures.at(reason).Increment();
}
void Metrics::acked(std::int64_t duration_us) {
  impl_->ack_seconds.Observe(static_cast<double>(duration_us) * kMicro);
}
void Metrics::synced(std::uint64_t events, std::uint64_t bytes, std::int64_t duration_us) {
  impl_->append_bytes.Increment(static_cast<double>(bytes));
  impl_->batch_events.Observe(static_cast<double>(events));
  impl_->sync_seconds.Observe(static_cast<double>(duration_us) * kMicro);
}
void Metrics::delivered(std::string_view consumer, std::uint64_t events) {
  impl_->delivered.at(consumer).Increment(static_cast<double>(events));
}
void Metrics::consumer(std::string_view name, std::uint64_t lag_events,
                       std::uint64_t credit_bytes) {
  impl_->lag.at(name).Set(static_cast<double>(lag_events));
  impl_->credit.at(name).Set(static_cast<double>(credit_bytes));
}
void Metrics::consumer_gone(std::string_view name) {
  impl_->lag.remove(name);
  impl_->credit.remove(name);
}
void Metrics::connections(std::uint64_t open) { impl_->connections.Set(static_cast<double>(open)); }
void Metrics::heads(Offset head, TimeUs bus_time, std::uint64_t log_bytes, std::uint64_t segments,
                    std::uint64_t free_bytes) {
  impl_->head.Set(static_cast<double>(head.value));
  impl_->bus_time.Set(static_cast<double>(bus_time.value) * kMicro);
  impl_->log_bytes.Set(static_cast<double>(log_bytes));
  impl_->segments.Set(static_cast<double>(segments));
  impl_->free_bytes.Set(static_cast<double>(free_bytes));
}
void Metrics::clock_held(bool held) { impl_->clock_held.Set(held ? 1 : 0); }
void Metrics::room(const std::string& why_not) {
  set_ready(why_not.empty());
  tell_ready_(why_not);
}
void Metrics::failed(const Error&) {
  impl_->failed.Set(1);
  set_ready(false);
}

}  // namespace lamplight::broker
