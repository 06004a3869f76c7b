#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inner/case_book.hpp"
#include "model/code_lists.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::inner {

/// Areas that have a label of their own: the first of the code list, in the order of the file.
inline constexpr std::size_t kMaxAreaLabels = 30;
/// Series of the figures at most: states × severities × areas and the rest. See README; a test holds them to it.
inline constexpr std::size_t kSeriesBudget = 1'600;

using AreaLabels = std::set<std::string, std::less<>>;

/// The figures of one cut, ready to be scraped. An area that the lists did not hold at start is `other`.
[[nodiscard]] std::vector<prometheus::MetricFamily> figure_families(const CaseBook& book,
                                                                    Offset offset,
                                                                    const AreaLabels& areas);

/// A scrape sees the figures of one offset, never a mix. Threads: any; the mutex guards the pointer only.
class Metrics final : public prometheus::Collectable {
 public:
  void show(std::vector<prometheus::MetricFamily> families);
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<prometheus::MetricFamily>> shown_;
};

}  // namespace lamplight::inner
