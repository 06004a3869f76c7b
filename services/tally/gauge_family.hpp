#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

/// Gauges made whole from figures, outside a registry.
namespace lamplight::tally {

using GaugeLabels = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] inline prometheus::MetricFamily gauge_family(const char* name, const char* help) {
  prometheus::MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = prometheus::MetricType::Gauge;
  return made;
}

inline void add_gauge(prometheus::MetricFamily& to, const GaugeLabels& labels, double value) {
  prometheus::ClientMetric metric;
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

}  // namespace lamplight::tally
