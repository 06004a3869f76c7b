#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inner/decider.hpp"
#include "model/code_lists.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::inner {

/// Areas that have a label of their own: the first of the code list, in the order of the file.
inline constexpr std::size_t kMaxAreaLabels = 30;
/// Series of the figures at most: states × severities × areas, the buckets of the steps, and the rest. See README; a test holds them to it.
inline constexpr std::size_t kSeriesBudget = 1'700;

using AreaLabels = std::set<std::string, std::less<>>;

/// The figures of one cut, ready to be scraped; ages as of `now`. An area that the lists did not hold at start is `other`.
/// Counters and histograms count since the log began, so a restart or a replay changes none of them.
[[nodiscard]] std::vector<prometheus::MetricFamily> figure_families(const InnerDecider& decider,
                                                                    TimeUs now,
                                                                    const AreaLabels& areas);

/// A scrape sees the figures of one offset, never a mix; none before `show` and after `hide`. Threads: any; the mutex guards
/// the pointer only.
class Metrics final : public prometheus::Collectable {
 public:
  /// `offset`: where the frame lies that reaches the figures' cut. A replay as of there gives them again.
  void show(std::vector<prometheus::MetricFamily> families, Offset offset);
  void hide() { swap(nullptr); }
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  using Shown = std::shared_ptr<const std::vector<prometheus::MetricFamily>>;
  void swap(Shown fresh);

  mutable std::mutex mutex_;
  Shown shown_;
};

}  // namespace lamplight::inner
