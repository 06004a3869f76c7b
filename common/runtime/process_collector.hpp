#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

namespace lamplight::runtime {

/// The process_* metrics that every Prometheus client library has, read from /proc at each scrape.
class ProcessCollector final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace lamplight::runtime
