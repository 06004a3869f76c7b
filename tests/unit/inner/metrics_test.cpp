// What the gauges show of the cases, at one cut.
#include "inner/metrics.hpp"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

const prometheus::ClientMetric* find(
    const Families& families, std::string_view name,
    const std::vector<std::pair<std::string, std::string>>& labels) {
  for (const auto& family : families) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      const bool same = std::all_of(labels.begin(), labels.end(), [&](const auto& wanted) {
        return std::any_of(metric.label.begin(), metric.label.end(), [&](const auto& label) {
          return label.name == wanted.first && label.value == wanted.second;
        });
      });
      if (same) return &metric;
    }
  }
  return nullptr;
}

double value(const Families& families, std::string_view name,
             const std::vector<std::pair<std::string, std::string>>& labels) {
  const auto* metric = find(families, name, labels);
  return metric != nullptr ? metric->gauge.value : -1;
}

/// How many of a step took at most so long; -1 where no bucket is.
std::int64_t took_at_most(const Families& families, const std::string& step, double seconds) {
  const auto* metric = find(families, "lamplight_inner_step_duration_seconds", {{"step", step}});
  if (metric == nullptr) return -1;
  for (const auto& bucket : metric->histogram.bucket) {
    if (bucket.upper_bound == seconds) return static_cast<std::int64_t>(bucket.cumulative_count);
  }
  return -1;
}

Families figures(Bench& bench, const AreaLabels& areas = {"wuma"}) {
  return figure_families(bench.decider(), bench.now(), areas);
}

std::size_t series(const Families& families) {
  std::size_t out = 0;
  for (const auto& family : families) {
    for (const auto& metric : family.metric)
      out +=
          family.type == prometheus::MetricType::Histogram ? metric.histogram.bucket.size() + 2 : 1;
  }
  return out;
}

TEST(InnerMetrics, TellCasesOverdueAndRelapses) {
  Bench bench;
  bench.settled_dispute("aa11");
  bench.settled_dispute("bb22");
  bench.take(bench.dispute("aa11"));  // opened again: high, 60 minutes
  bench.pass_minutes(61);

  const auto families = figures(bench);
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
  EXPECT_EQ(value(families, "lamplight_inner_figures_timestamp_seconds", {}),
            static_cast<double>(bench.now().value) / 1e6);
}

TEST(InnerMetrics, NoCaseAtAllIsNoughtAndNotSilence) {
  Bench bench;
  const auto families = figures(bench);
  EXPECT_EQ(value(families, "lamplight_inner_cases",
                  {{"state", "dispatch"}, {"area", "other"}, {"severity", "low"}}),
            0);
  EXPECT_EQ(value(families, "lamplight_inner_overdue", {{"step", "rework"}, {"area", "other"}}), 0);
  EXPECT_EQ(took_at_most(families, "feedback", 60), 0);
  EXPECT_EQ(value(families, "lamplight_inner_open_cases", {{"age", "under_1d"}}), 0);
  EXPECT_EQ(find(families, "lamplight_inner_oldest_open_timestamp_seconds", {}), nullptr);
}

TEST(InnerMetrics, TellHowLongEachStepTook) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.pass_minutes(3);
  bench.settle(id);
  bench.pass_minutes(10);
  bench.assess(id);
  bench.pass_minutes(7);
  bench.dispatch(id, "officer-b");
  bench.pass_minutes(20);
  bench.dispatch(id, "officer-c");  // anew: the 20 minutes are those of a step that ended
  bench.pass_minutes(40);
  bench.feed_back(id, "officer-c");

  const auto families = figures(bench);
  EXPECT_EQ(took_at_most(families, "settlement", 120), 0);
  EXPECT_EQ(took_at_most(families, "settlement", 180), 1) << "a bound belongs to its bucket";
  EXPECT_EQ(took_at_most(families, "assessment", 300), 0);
  EXPECT_EQ(took_at_most(families, "assessment", 600), 1);
  EXPECT_EQ(took_at_most(families, "dispatch", 600), 1);
  EXPECT_EQ(took_at_most(families, "feedback", 1800), 1);
  EXPECT_EQ(took_at_most(families, "feedback", 3600), 2);
  const auto* feedback =
      find(families, "lamplight_inner_step_duration_seconds", {{"step", "feedback"}});
  ASSERT_NE(feedback, nullptr);
  EXPECT_EQ(feedback->histogram.sample_count, 2U);
  EXPECT_EQ(feedback->histogram.sample_sum, 3600);
  EXPECT_EQ(took_at_most(families, "verification", 30 * 86'400), 0) << "it goes on";
}

TEST(InnerMetrics, TellSinceWhenCasesAreOpen) {
  Bench bench;  // 09:00
  bench.take(bench.dispute("aa11"));
  const Id16 settled = bench.settled_dispute("bb22");
  bench.pass_until("2026-03-05T10:30:00+08:00");
  bench.take(bench.dispute("bb22"));  // opened again: its age begins anew

  const auto age = [&](const char* name) {
    return value(figures(bench), "lamplight_inner_open_cases", {{"age", name}});
  };
  EXPECT_EQ(bench.state(settled), CaseState::kSettlement);
  EXPECT_EQ(age("under_1d"), 1);
  EXPECT_EQ(age("under_7d"), 1);
  EXPECT_EQ(value(figures(bench), "lamplight_inner_oldest_open_timestamp_seconds", {}),
            static_cast<double>(instant("2026-03-02T09:00:00+08:00").value) / 1e6);
  bench.pass_until("2026-03-06T09:59:59+08:00");
  EXPECT_EQ(age("under_1d"), 1);
  bench.pass_until("2026-03-06T10:00:00+08:00");
  EXPECT_EQ(age("under_1d"), 0) << "by the beginning of its hour";
  EXPECT_EQ(age("under_7d"), 2);
  bench.pass_until("2036-03-06T10:00:00+08:00");
  EXPECT_EQ(age("older"), 2);
}

TEST(InnerMetrics, TellWhatWasRefused) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.verify(id);
  bench.verify(id);
  bench.settle(bench.settled_dispute("aa11"));
  bench.settle(id_of(4'711));

  const auto count = [&](const char* reason) {
    const auto families = figures(bench);
    const auto* metric = find(families, "lamplight_requests_refused_total",
                              {{"service", "inner"}, {"reason", reason}});
    return metric != nullptr ? metric->counter.value : -1;
  };
  EXPECT_EQ(count("illegal_move"), 3);
  EXPECT_EQ(count("no_case"), 1);
  EXPECT_EQ(count("version"), 0);
}

TEST(InnerMetrics, ARestoredSnapshotGivesTheSame) {
  Bench bench;
  bench.settled_dispute("aa11");
  bench.pass_minutes(90);
  bench.take(bench.dispute("aa11"));
  const Id16 id = bench.take(bench.dispute("bb22"));
  bench.verify(id);
  bench.pass_minutes(200);
  bench.settle(id);
  const auto text = [](const Families& families) {
    return prometheus::TextSerializer().Serialize(families);
  };
  const std::string before = text(figures(bench));
  const std::string saved = bench.snapshot();

  InnerDecider other;
  runtime::SnapshotReader in(as_bytes(saved));
  other.load(in);

  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(text(figure_families(other, bench.now(), {"wuma"})), before);
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
  const auto families = figures(bench, labels);
  EXPECT_EQ(value(families, "lamplight_inner_cases", {{"state", "settled"}, {"area", "other"}}),
            170);
  EXPECT_LE(series(families), kSeriesBudget);
}

}  // namespace
}  // namespace lamplight::inner::test
