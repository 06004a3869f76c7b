// What the gauges show of the cases, at one cut.
#include "inner/metrics.hpp"

#include <gmock/gmock.h>

#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

double value(const std::vector<prometheus::MetricFamily>& families, std::string_view name,
             const std::vector<std::pair<std::string, std::string>>& labels) {
  for (const auto& family : families) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      const bool same = std::all_of(labels.begin(), labels.end(), [&](const auto& wanted) {
        return std::any_of(metric.label.begin(), metric.label.end(), [&](const auto& label) {
          return label.name == wanted.first && label.value == wanted.second;
        });
      });
      if (same) return metric.gauge.value;
    }
  }
  return -1;
}

std::size_t series(const std::vector<prometheus::MetricFamily>& families) {
  std::size_t out = 0;
  for (const auto& family : families) out += family.metric.size();
  return out;
}

TEST(InnerMetrics, TellCasesOverdueAndRelapses) {
  Bench bench;
  bench.settled_dispute("aa11");
  bench.settled_dispute("bb22");
  bench.take(bench.dispute("aa11"));  // opened again: high, 60 minutes
  bench.pass_minutes(61);

  const auto families = figure_families(bench.decider().book(), Offset{17}, {"wuma"});
  EXPECT_EQ(value(families, "lamplight_inner_cases",
                  {{"state", "settled"}, {"area", "wuma"}, {"severity", "medium"}}),
            1);
  EXPECT_EQ(value(families, "lamplight_inner_cases",
                  {{"state", "settlement"}, {"area", "wuma"}, {"severity", "high"}}),
            1);
  EXPECT_EQ(value(families, "lamplight_inner_cases",
                  {{"state", "verification"}, {"area", "wuma"}, {"severity", "low"}}),
            0)
      << "an open state has its series before the first case";
  EXPECT_EQ(value(families, "lamplight_inner_overdue", {{"step", "settlement"}, {"area", "wuma"}}),
            1);
  EXPECT_EQ(value(families, "lamplight_inner_relapse_ratio", {{"area", "wuma"}}), 0.5);
  EXPECT_EQ(value(families, "lamplight_inner_figures_offset", {}), 17);
}

TEST(InnerMetrics, KeepTheirBudgetWhateverAreasComeIn) {
  Bench bench;
  AreaLabels labels;
  for (std::size_t i = 0; i < kMaxAreaLabels; ++i) labels.insert("area-" + std::to_string(i));
  for (int i = 0; i < 200; ++i) {
    const std::string area = "area-" + std::to_string(i);
    AlertReceived alert = bench.dispute();
    alert.area = area;
    const Id16 id = bench.take(alert);
    bench.settle(id);
    bench.assess(id);
    bench.dispatch(id);
    bench.feed_back(id);
    bench.verify(id);
  }
  const auto families = figure_families(bench.decider().book(), Offset{1}, labels);
  EXPECT_EQ(value(families, "lamplight_inner_cases", {{"state", "settled"}, {"area", "other"}}),
            170);
  EXPECT_LE(series(families), kSeriesBudget);
}

}  // namespace
}  // namespace lamplight::inner::test
