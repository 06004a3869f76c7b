#include "tally/metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <mutex>

namespace lamplight::tally {

namespace {

// The families of one cut, as prometheus-cpp collects them. The mutex guards the pointer only.
class Figures final : public prometheus::Collectable {
 public:
  void swap_in(std::vector<prometheus::MetricFamily> families) {
    auto fresh = std::make_shared<const std::vector<prometheus::MetricFamily>>(std::move(families));
    const std::lock_guard lock(mutex_);
    families_ = std::move(fresh);
  }
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    std::shared_ptr<const std::vector<prometheus::MetricFamily>> held;
    {
      const std::lock_guard lock(mutex_);
      held = families_;
    }
    return held ? *held : std::vector<prometheus::MetricFamily>{};
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<prometheus::MetricFamily>> families_;
};

prometheus::MetricFamily to_prometheus(const GaugeFamily& family) {
  prometheus::MetricFamily out;
  out.name = family.name;
  out.help = family.help;
  out.type = prometheus::MetricType::Gauge;
  for (const GaugeSample& sample : family.samples) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    metric.gauge.value = sample.value;
    out.metric.push_back(std::move(metric));
  }
  return out;
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(runtime::Registry& registry)
      : figures(std::make_shared<Figures>()),
        requests(prometheus::BuildCounter()
                     .Name("lamplight_tally_requests_total")
                     .Help("Requests for reports, by status")
                     .Register(registry.native())),
        reports(prometheus::BuildHistogram()
                    .Name("lamplight_tally_report_duration_seconds")
                    .Help("Making one report, without waiting for its offset")
                    .Register(registry.native())
                    .Add({}, prometheus::Histogram::BucketBoundaries(
                                 runtime::slow_bounds().begin(), runtime::slow_bounds().end()))) {
    registry.add(figures);
  }
  std::shared_ptr<Figures> figures;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Histogram& reports;
};

Metrics::Metrics(runtime::Registry& registry) : impl_(std::make_unique<Impl>(registry)) {}
Metrics::~Metrics() = default;

void Metrics::show(std::vector<GaugeFamily> gauges) {
  std::vector<prometheus::MetricFamily> families;
  for (const GaugeFamily& family : gauges) families.push_back(to_prometheus(family));
  impl_->figures->swap_in(std::move(families));
}

void Metrics::record_report(double seconds) { impl_->reports.Observe(seconds); }

void Metrics::request(std::string_view, std::string_view, unsigned status, double) {
  impl_->requests.Add({{"code", std::to_string(status)}}).Increment();
}
void Metrics::refused(std::string_view reason) {
  impl_->requests.Add({{"code", std::string(reason)}}).Increment();
}
void Metrics::in_flight(std::int64_t) {}

}  // namespace lamplight::tally
