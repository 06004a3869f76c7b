#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "support.hpp"
#include "tally/campaign_gauges.hpp"
#include "tally/sums.hpp"

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
  EXPECT_EQ(value_of(shown, "lamplight_campaign_definition_version", "campaign=summer "), 1);
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

TEST(CampaignGauges, AddUpNoFurtherThanSumsAreTold) {
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  Campaign campaign;
  campaign.definition.measures[0].count = CountBy::kRows;
  campaign.definition.measures[0].by = {{"category"}};
  campaign.amounts.set("suspects", "made-up-1", kGreatest, kGreatest);
  campaign.amounts.set("suspects", "made-up-2", kGreatest, kGreatest);
  const std::string other = "campaign=summer measure=suspects category=other ";

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  const auto greatest = static_cast<double>(kGreatestSum);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure", other), greatest);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure_previous", other), greatest);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_yoy_ratio", other), 0);
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

TEST(CampaignGauges, ShowSinceWhenAHazardIsOpen) {
  Campaign campaign;
  ClearanceView view;
  view.clearance = "op16";
  view.hazards.resize(3);
  for (std::size_t i = 0; i < view.hazards.size(); ++i) {
    view.hazards[i].open = i < 2;
    view.hazards[i].overdue = i == 1;
    view.hazards[i].found_at = Stamp{TimeUs{static_cast<std::int64_t>(3 - i) * 1'000'000}, 480};
  }

  const Families shown = campaign_families({}, {view}, campaign.lists, {9});

  const auto figure = [&](const char* measure) {
    return value_of(shown, "lamplight_clearance_figure",
                    std::string("operation=op16 measure=") + measure + " kind= ");
  };
  EXPECT_EQ(figure("hazards_open"), 2);
  EXPECT_EQ(figure("hazards_overdue"), 1);
  EXPECT_EQ(value_of(shown, "lamplight_clearance_oldest_open_hazard_timestamp_seconds",
                     "operation=op16 "),
            2)
      << "the one that was found at 1 is dealt with";
}

TEST(CampaignGauges, ShowTheLastOperationsByUnitAndHourAndNameNoUnitThatNoOrderNames) {
  Campaign campaign;
  std::vector<ClearanceView> views(3);
  for (std::size_t i = 0; i < views.size(); ++i) {
    ClearanceView& view = views[i];
    view.clearance = "op" + std::to_string(i);
    view.units = {"wuma"};
    view.lines.push_back({"wuma", "", 1, true, {{"police", "", "", 20, Bound::kExact}}});
    view.lines.push_back({"made up", "", 1, false, {{"police", "", "", 7, Bound::kExact}}});
    view.hours.push_back({5, {{"police", "", "", 27, Bound::kExact}}});
  }

  const Families shown = campaign_families({}, views, campaign.lists, {9});

  const std::string unit = "lamplight_clearance_unit_figure";
  EXPECT_EQ(value_of(shown, unit, "operation=op2 unit=wuma measure=police "), 20);
  EXPECT_EQ(value_of(shown, unit, "operation=op2 unit=other measure=police "), 7);
  EXPECT_EQ(value_of(shown, unit, "operation=op2 unit=made up measure=police "), -1);
  EXPECT_EQ(value_of(shown, unit, "operation=op0 unit=wuma measure=police "), -1)
      << "the last two alone";
  EXPECT_EQ(
      value_of(shown, "lamplight_clearance_hour_figure", "operation=op2 hour=05 measure=police "),
      27);
}

TEST(CampaignGauges, ShowStagesOfACohort) {
  Campaign campaign;
  campaign.cohorts.push_back(
      {"prosecution", 9, 0, false, {{"indicted", 7}}, {{"sent_back", 1}}, {}});

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  const auto reached = [&](const char* stage) {
    return value_of(shown, "lamplight_campaign_cohort_reached",
                    std::string("campaign=summer cohort=prosecution stage=") + stage + " ");
  };
  EXPECT_EQ(reached("entered kind=entry"), 9);
  EXPECT_EQ(reached("indicted kind=stage"), 7);
  EXPECT_EQ(reached("sent_back kind=exit"), 1);
}

TEST(CampaignGauges, ShowWhatWasPublishedBesideWhatIsKnown) {
  Campaign campaign;
  campaign.figure("all", "all", "all").measure = "suspects";
  campaign.figure("yuan", "yuan", "yuan").unit = "fen";
  campaign.figure("quiet", "quiet", "quiet").measure = "suspects";
  campaign.amounts.set("suspects", "", 702);
  campaign.declare("all", "published", 700, Bound::kAtLeast);
  campaign.declare("yuan", "published", 12'345);

  const Families shown = campaign_families({campaign.report()}, {}, campaign.lists, {9});

  const std::string published = "lamplight_campaign_published";
  EXPECT_EQ(value_of(shown, published, "campaign=summer figure=all bound=at_least "), 700);
  EXPECT_EQ(value_of(shown, published + "_known", "campaign=summer figure=all "), 702);
  EXPECT_DOUBLE_EQ(value_of(shown, published, "campaign=summer figure=yuan bound=exact "), 123.45)
      << "money in yuan, as reports print it";
  EXPECT_EQ(value_of(shown, published + "_known", "campaign=summer figure=yuan "), -1)
      << "not stated, which is no 0";
  EXPECT_EQ(value_of(shown, published + "_known", "campaign=summer figure=quiet "), -1);
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
