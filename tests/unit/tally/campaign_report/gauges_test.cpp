#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support.hpp"
#include "tally/campaign_gauges.hpp"

namespace lamplight::tally::test {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

double value_of(const Families& families, const std::string& name, const std::string& labels) {
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      std::string text;
      for (const auto& label : metric.label) text += label.name + "=" + label.value + " ";
      if (family.name == name && text == labels) return metric.gauge.value;
    }
  }
  return -1;
}

std::size_t series(const Families& families) {
  std::size_t n = 0;
  for (const auto& family : families) n += family.metric.size();
  return n;
}

TEST(CampaignGauges, AreTheFiguresOfTheReport) {
  Campaign campaign;
  campaign.definition.measures[0].by = {{"category"}};
  campaign.amounts.set("suspects", "", 226, 164);
  campaign.amounts.set("suspects", "theft", 226, 164);

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  const std::string total = "campaign=summer measure=suspects category=total ";
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure", total), 226);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure_previous", total), 164);
  EXPECT_DOUBLE_EQ(value_of(shown, "lamplight_campaign_yoy_ratio", total), 62.0 / 164);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=suspects category=theft "),
            226);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figures_offset", ""), 9);
}

TEST(CampaignGauges, NameNoCodeThatASenderMadeUp) {
  Campaign campaign;
  campaign.definition.measures[0].count = CountBy::kRows;
  campaign.definition.measures[0].by = {{"category"}};
  campaign.amounts.set("suspects", "Zhang San", 2);
  campaign.amounts.set("suspects", "Li Wei", 3);

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=suspects category=other "),
            5);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=suspects category=Li Wei "),
            -1);
}

TEST(CampaignGauges, AddNoRowsOfKeysThatMayBeInSeveralCategories) {
  for (const CountBy count : {CountBy::kDistinct, CountBy::kLatest}) {
    Campaign campaign;
    campaign.definition.measures[0].count = count;
    campaign.definition.measures[0].by = {{"category"}};
    campaign.amounts.set("suspects", "made-up-1", 2, 1);
    campaign.amounts.set("suspects", "made-up-2", 3, 1);
    const std::string other = "campaign=summer measure=suspects category=other ";

    const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

    EXPECT_EQ(value_of(shown, "lamplight_campaign_figure", other), -1);
    EXPECT_EQ(value_of(shown, "lamplight_campaign_figure_previous", other), -1);
    EXPECT_EQ(value_of(shown, "lamplight_campaign_yoy_ratio", other), -1);
  }
}

TEST(CampaignGauges, ShowOtherWhereItIsOneRow) {
  Campaign campaign;
  campaign.definition.measures[0].by = {{"category"}};
  campaign.amounts.set("suspects", "made-up", 2);

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=suspects category=other "),
            2);
}

TEST(CampaignGauges, ShowWhatIsMissingOfAnOperationAndWhenItClosed) {
  Campaign campaign;
  ClearanceView view;
  view.clearance = "op16";
  view.closed_at = Stamp{TimeUs{1'000'000'000}, 480};
  view.missing.resize(2);
  view.totals.push_back({"police", "", "", 2600, Bound::kExact});

  const Families shown = campaign_families({}, {view}, campaign.lists, {9});

  EXPECT_EQ(value_of(shown, "lamplight_clearance_reports_missing", "operation=op16 "), 2);
  EXPECT_EQ(value_of(shown, "lamplight_clearance_closed_timestamp_seconds", "operation=op16 "),
            1000);
  EXPECT_EQ(value_of(shown, "lamplight_clearance_figure", "operation=op16 measure=police kind= "),
            2600);
}

TEST(CampaignGauges, StayWithinTheSeriesBudgetAndSayWhatTheyLeaveOut) {
  Campaign campaign;
  const MeasureSpec first = campaign.definition.measures[0];
  for (int i = 0; i < 2000; ++i) {
    campaign.definition.measures.push_back(first);
    campaign.definition.measures.back().name = "m" + std::to_string(i);
  }

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  EXPECT_LE(series(shown), kCampaignSeriesBudget);
  EXPECT_GT(value_of(shown, "lamplight_campaign_series_left_out", ""), 0);
}

}  // namespace
}  // namespace lamplight::tally::test
