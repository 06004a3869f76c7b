#include "metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

namespace lamplight::intake {

namespace {
using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

CounterFamily& counter(runtime::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native());
}

prometheus::Histogram::BucketBoundaries bounds(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}
using RouteKey = std::tuple<std::string, std::string, unsigned>;
/// Finds without making strings.
struct RouteLess {
  using is_transparent = void;
  using View = std::tuple<std::string_view, std::string_view, unsigned>;
  static View view(const RouteKey& key) {
    return {std::get<0>(key), std::get<1>(key), std::get<2>(key)};
  }
  static const View& view(const View& key) { return key; }
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return view(a) < view(b);
  }
};

/// A family with one label of few values. Threads: any; the mutex guards the map only.
class Labelled {
 public:
  Labelled(CounterFamily& family, const char* label) : family_(family), label_(label) {}
  void increment(std::string_view value) {
    const std::lock_guard lock(mutex_);
    auto known = counters_.find(value);
    if (known == counters_.end()) {
      std::string name(value);
      prometheus::Counter& fresh = family_.Add({{label_, name}});
      known = counters_.emplace(std::move(name), &fresh).first;
    }
    known->second->Increment();
  }

 private:
  CounterFamily& family_;
  const char* label_;
  std::mutex mutex_;
  std::map<std::string, prometheus::Counter*, std::less<>> counters_;
};
}  // namespace

struct Metrics::Impl {
  explicit Impl(runtime::Registry& registry)
      : requests(counter(registry, "lamplight_http_requests_total", "Requests answered")),
        durations(prometheus::BuildHistogram()
                      .Name("lamplight_http_request_duration_seconds")
                      .Help("From a request's head to the end of its answer")
                      .Register(registry.native())),
        in_flight(prometheus::BuildGauge()
                      .Name("lamplight_http_in_flight")
                      .Help("Requests under way")
                      .Register(registry.native())
                      .Add({})),
        refusals(counter(registry, "lamplight_http_refused_total",
                         "Requests refused before they were looked at"),
                 "reason"),
        alerts(prometheus::BuildGauge()
                   .Name("lamplight_intake_alerts")
                   .Help("Alerts on the log, as of the fold's offset")
                   .Register(registry.native())),
        reports(prometheus::BuildGauge()
                    .Name("lamplight_intake_reports")
                    .Help("Reports on the log by kind, as of the fold's offset")
                    .Register(registry.native())),
        accepted(counter(registry, "lamplight_intake_accepted_total",
                         "Alerts and reports accepted as new"),
                 "partner"),
        duplicates(counter(registry, "lamplight_intake_duplicates_total",
                           "Repeats answered with what was there"),
                   "kind"),
        exercise(counter(registry, "lamplight_intake_exercise_total",
                         "Alerts and reports of an exercise accepted as new")
                     .Add({})) {}

  struct Route {
    prometheus::Counter* count;
    prometheus::Histogram* duration;
  };

  Route& route(std::string_view name, std::string_view method, unsigned status) {
    const std::lock_guard lock(mutex);
    const auto known = routes.find(RouteLess::View(name, method, status));
    if (known != routes.end()) return known->second;
    const std::string route_name(name);
    const std::string method_name(method);
    // Bulk posts last as long as their bodies.
    const auto& kind = method == "POST" ? runtime::slow_bounds() : runtime::fast_bounds();
    const Route fresh{
        &requests.Add(
            {{"route", route_name}, {"method", method_name}, {"code", std::to_string(status)}}),
        &durations.Add({{"route", route_name}, {"method", method_name}}, bounds(kind))};
    return routes.emplace(RouteKey(route_name, method_name, status), fresh).first->second;
  }

  CounterFamily& requests;
  HistogramFamily& durations;
  prometheus::Gauge& in_flight;
  Labelled refusals;
  GaugeFamily& alerts;
  GaugeFamily& reports;
  Labelled accepted;
  Labelled duplicates;
  prometheus::Counter& exercise;

  std::mutex mutex;  // guards `routes`; no other lock of ours is taken under it
  std::map<RouteKey, Route, RouteLess> routes;
};

Metrics::Metrics(runtime::Registry& registry) : impl_(std::make_unique<Impl>(registry)) {}
Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, std::string_view method, unsigned status,
                      double seconds) {
  const Impl::Route& numbers = impl_->route(route, method, status);
  numbers.count->Increment();
  numbers.duration->Observe(seconds);
}

void Metrics::refused(std::string_view reason) { impl_->refusals.increment(reason); }

void Metrics::in_flight(std::int64_t delta) {
  impl_->in_flight.Increment(static_cast<double>(delta));
}

void Metrics::accepted(const std::string& partner, AlertStatus status) {
  impl_->accepted.increment(partner);
  if (status == AlertStatus::kExercise) impl_->exercise.Increment();
}

void Metrics::duplicate(std::string_view kind) { impl_->duplicates.increment(kind); }

void Metrics::show(const IntakeState& state, const CodeLists& lists) {
  for (const auto& [class_code, by_status] : counts_by_label(state.counts(), lists)) {
    for (std::size_t i = 0; i < by_status.size(); ++i) {
      if (by_status[i] == 0) continue;
      const std::string status(to_string(static_cast<AlertStatus>(i)));
      impl_->alerts.Add({{"class", class_code}, {"status", status}})
          .Set(static_cast<double>(by_status[i]));
    }
  }
  for (const KindInfo& kind : kinds()) {
    if (kind.kind == Kind::kAlert) continue;  // shown by class
    const StatusCounts& by_status = state.kind_counts()[static_cast<std::size_t>(kind.kind)];
    for (std::size_t i = 0; i < by_status.size(); ++i) {
      if (by_status[i] == 0) continue;
      const std::string status(to_string(static_cast<AlertStatus>(i)));
      impl_->reports.Add({{"kind", std::string(kind.name)}, {"status", status}})
          .Set(static_cast<double>(by_status[i]));
    }
  }
}

ClassCounts counts_by_label(const ClassCounts& counts, const CodeLists& lists) {
  const auto listed = lists.first(CodeList::kClass, kMaxClassLabels);
  ClassCounts out;
  for (const auto& [code, counted] : counts) {
    const bool named = code.empty() || listed.contains(code);
    StatusCounts& sums = out[named ? code : "other"];
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counted[i];
  }
  return out;
}

}  // namespace lamplight::intake
