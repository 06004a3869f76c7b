#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "model/code_lists.hpp"
#include "runtime/metrics.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// The codes that have a label of their own: the first ones of the code lists, in the order of the file. Known before the
/// first alert comes, so nothing that a sender writes becomes a label.
inline constexpr std::size_t kMaxClassLabels = 12;
inline constexpr std::size_t kMaxAreaLabels = 30;
/// Series of the figures at most: see README. A test holds them to it.
inline constexpr std::size_t kSeriesBudget = 450;

/// What a code is called in the gauges: by its own name where the lists held it at start, else `other`. Without lists all
/// is `other`. Threads: any.
class FigureLabels {
 public:
  FigureLabels() = default;
  explicit FigureLabels(const CodeLists& lists);
  /// A blank code reads as "(blank)". The view lives as long as `code`.
  [[nodiscard]] std::string_view of_class(std::string_view code) const;
  [[nodiscard]] std::string_view of_area(std::string_view code) const;

 private:
  std::set<std::string, std::less<>> classes_;
  std::set<std::string, std::less<>> areas_;
};

/// The business figures of one cut, ready to be scraped.
[[nodiscard]] std::vector<prometheus::MetricFamily> figure_families(const TallyFold& fold,
                                                                    Offset cut,
                                                                    const FigureLabels& labels,
                                                                    const std::string& campaign);

/// Shows whole sets of figures, those of the fold and those of campaigns: of each a scrape sees one offset, never a mix. Threads: any; the mutex guards the
/// pointer only, and no other lock is taken under it.
class FigureGauges final : public prometheus::Collectable {
 public:
  void show(std::vector<prometheus::MetricFamily> families);
  void show_campaigns(std::vector<prometheus::MetricFamily> families);
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<prometheus::MetricFamily>> shown_;
  std::shared_ptr<const std::vector<prometheus::MetricFamily>> campaigns_;
};

/// How the service itself does. Threads: any.
class Metrics {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void show_figures(const TallyFold& fold, Offset cut, const FigureLabels& labels,
                    const std::string& campaign);
  void show_campaigns(std::vector<prometheus::MetricFamily> families);
  void record_report(double seconds);
  /// Why none was made: invalid, not_ready, overloaded.
  void record_refused(std::string_view reason);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::tally
