#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "runtime/metrics.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// Labels are told apart up to these numbers, in the order of their first counted alert (so that a series never changes
/// its meaning); what comes later is `other`.
inline constexpr std::size_t kMaxClassLabels = 12;
inline constexpr std::size_t kMaxAreaLabels = 30;
/// Series of the figures at most: see README. A test holds them to it.
inline constexpr std::size_t kSeriesBudget = 450;

/// The business figures of one cut, ready to be scraped.
[[nodiscard]] std::vector<prometheus::MetricFamily> figure_families(const TallyFold& fold,
                                                                    Offset cut,
                                                                    const std::string& campaign);

/// Shows one whole set of figures: a scrape sees those of one offset, never a mix. Threads: any; the mutex guards the
/// pointer only, and no other lock is taken under it.
class FigureGauges final : public prometheus::Collectable {
 public:
  void show(std::vector<prometheus::MetricFamily> families);
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<prometheus::MetricFamily>> shown_;
};

/// How the service itself does. Threads: any.
class Metrics {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void show_figures(const TallyFold& fold, Offset cut, const std::string& campaign);
  void record_report(double seconds);
  /// Why none was made: invalid, not_ready, overloaded.
  void record_refused(std::string_view reason);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::tally
