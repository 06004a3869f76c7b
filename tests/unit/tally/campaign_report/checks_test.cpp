#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"
#include "tally/campaign_report/feasible.hpp"

/// The numbers that were printed of the summer of 2022, and what does not add up in them.
namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;

TEST(PrintedFigures, HaveARemainderThatNoCategoryLists) {
  Campaign campaign;
  campaign.printed("total", 702);
  const std::vector<std::pair<std::string, std::int64_t>> parts{
      {"telecom", 40}, {"theft", 226}, {"elder", 45}, {"drugs", 19},
      {"gang", 27},    {"vice", 105},  {"food", 40}};
  CheckSpec& check = campaign.check("parts");
  check.one["total"] = "total";
  for (const auto& [id, n] : parts) {
    campaign.printed(id, n);
    check.many["parts"].push_back(id);
  }

  const CheckResult found = campaign.on_printed("parts");

  EXPECT_EQ(found.expected, 702);
  EXPECT_EQ(found.actual, 502);
  EXPECT_EQ(found.difference(), -200);
  EXPECT_EQ(found.verdict, Verdict::kDiffers);
  EXPECT_THAT(found.sentence.en, HasSubstr("not listed: 200"));
  EXPECT_THAT(found.sentence.zh, HasSubstr("未列明 200"));
}

TEST(PrintedFigures, CannotRiseBy51PerCentTo40) {
  Campaign campaign;
  campaign.printed("telecom", 40);
  campaign.printed("rise", 51, Show::kChange);
  campaign.check("feasible").one = {{"count", "telecom"}, {"change", "rise"}};

  const CheckResult found = campaign.on_printed("feasible");

  EXPECT_EQ(found.verdict, Verdict::kDiffers);
  EXPECT_THAT(found.sentence.en, HasSubstr("40/26 = +53.8 %"));
  EXPECT_THAT(found.sentence.en, HasSubstr("40/27 = +48.1 %"));
}

TEST(PrintedFigures, CanRiseBy38PerCentTo226) {
  Campaign campaign;
  campaign.printed("theft", 226);
  campaign.printed("rise", 38, Show::kChange);
  campaign.check("feasible").one = {{"count", "theft"}, {"change", "rise"}};

  const CheckResult found = campaign.on_printed("feasible");

  EXPECT_EQ(found.verdict, Verdict::kAgrees);
  EXPECT_THAT(found.sentence.en, HasSubstr("164"));
}

TEST(PrintedFigures, BearOneLabelWithTwoValues) {
  Campaign campaign;
  campaign.printed("transferred", 72);
  campaign.printed("dealt_with", 27);
  CheckSpec& check = campaign.check("same_label");
  check.label = {"恶势力犯罪集团成员", "Members of gangs"};
  check.many["figures"] = {"transferred", "dealt_with"};

  const CheckResult found = campaign.on_printed("same_label");

  EXPECT_EQ(found.expected, 72);
  EXPECT_EQ(found.actual, 27);
  EXPECT_EQ(found.verdict, Verdict::kDiffers);
  EXPECT_THAT(found.sentence.en, HasSubstr("No side is taken"));
}

TEST(PrintedFigures, AreFlowsWhereALaterStageIsGreater) {
  Campaign campaign;
  campaign.printed("transferred", 72);
  campaign.printed("indicted", 81);
  campaign.printed("judged", 83);
  campaign.check("flow").many["figures"] = {"transferred", "indicted", "judged"};

  const CheckResult found = campaign.on_printed("flow");

  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_EQ(found.expected, 72);
  EXPECT_EQ(found.actual, 81);
  EXPECT_THAT(found.sentence.en, HasSubstr("not a funnel"));
}

TEST(PrintedFigures, MixALeafWithARollUp) {
  Campaign campaign;
  campaign.printed("vice_drugs", -22, Show::kChange);
  campaign.printed("vice", 105);
  campaign.printed("drugs", 19);
  CheckSpec& check = campaign.check("rollup");
  check.one["group"] = "vice_drugs";
  check.many["leaves"] = {"vice", "drugs"};

  const CheckResult found = campaign.on_printed("rollup");

  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_EQ(found.actual, 124);
  EXPECT_THAT(found.sentence.en, HasSubstr("must not be compared"));
}

TEST(PrintedFigures, AreOfDifferentDays) {
  Campaign campaign;
  campaign.printed("elder", 45);
  campaign.definition.figures.back().until = day("2022-08-25");
  campaign.printed("elder_again", 45);
  campaign.check("as_of").many["figures"] = {"elder", "elder_again"};

  const CheckResult found = campaign.on_printed("as_of");

  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_THAT(found.sentence.en, HasSubstr("2022-08-25"));
  EXPECT_THAT(found.sentence.en, HasSubstr("2022-08-29"));
}

TEST(PrintedFigures, SayTheirScope) {
  Campaign campaign;
  campaign.printed("gang_cases", 6);
  campaign.printed("cases", 8);
  campaign.figure("victims", "受害人", "Victims");
  campaign.declare("victims", "published", 200, Bound::kAtLeast);
  campaign.check("scope").one = {
      {"figure", "victims"}, {"of", "gang_cases"}, {"instead_of", "cases"}};
  campaign.check("at_most").one = {{"part", "gang_cases"}, {"whole", "cases"}};

  EXPECT_THAT(campaign.on_printed("scope").sentence.en, HasSubstr("gang_cases only, not of cases"));
  EXPECT_EQ(campaign.on_printed("at_most").verdict, Verdict::kAgrees);
}

TEST(PrintedFigures, HaveNoTotalOfFugitivesAndNoSumOfOutcomes) {
  Campaign campaign;
  campaign.printed("earlier", 41);
  campaign.printed("new", 345);
  campaign.check("no_total").many["figures"] = {"earlier", "new"};
  campaign.printed("caught", 3);
  campaign.printed("coercive", 4);
  campaign.printed("detained", 3);
  campaign.check("overlap").many["figures"] = {"caught", "coercive", "detained"};
  CheckSpec& inside = campaign.check("included");
  inside.one = {{"inner", "caught"}, {"outer", "new"}, {"choice", "unknown"}};

  EXPECT_EQ(campaign.on_printed("no_total").actual, 386);
  EXPECT_EQ(campaign.on_printed("no_total").verdict, Verdict::kNote);
  EXPECT_EQ(campaign.on_printed("overlap").actual, 10);
  EXPECT_THAT(campaign.on_printed("included").sentence.en, HasSubstr("not said"));
}

TEST(PrintedFigures, LeaveKindsUnpublishedWhichIsNot0) {
  Campaign campaign;
  campaign.printed("op16.site", 366);
  campaign.printed("op16.person", 1211);
  CheckSpec& check = campaign.check("unstated");
  check.many["codes"] = {"person", "vehicle", "item", "site", "trade"};
  check.many["figures"] = {"op16.site", "op16.person"};

  const CheckResult found = campaign.on_printed("unstated");

  EXPECT_EQ(found.expected, 5);
  EXPECT_EQ(found.actual, 2);
  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_THAT(found.sentence.en, HasSubstr("vehicle"));
}

TEST(PrintedFigures, NameEightAndListSeven) {
  Campaign campaign;
  campaign.printed("eight", 8);
  CheckSpec& check = campaign.check("nominal");
  check.one["figure"] = "eight";
  check.many["listed"] = {"a", "b", "c", "d", "e", "f", "g"};

  EXPECT_EQ(campaign.on_printed("nominal").actual, 7);
  EXPECT_THAT(campaign.on_printed("nominal").sentence.en, HasSubstr("is a name; 7 are listed"));
}

TEST(PrintedFigures, FallAndRiseSideBySide) {
  Campaign campaign;
  campaign.printed("alerts", -17, Show::kChange);
  campaign.printed("suspects", 38, Show::kChange);
  campaign.check("opposite").many["figures"] = {"alerts", "suspects"};

  EXPECT_THAT(campaign.on_printed("opposite").sentence.en, HasSubstr("opposite directions"));
}

TEST(EqualFigures, DifferWhereOneDoes) {
  Campaign campaign;
  campaign.printed("a", 45);
  campaign.printed("b", 45);
  campaign.check("equal").many["figures"] = {"a", "b"};
  EXPECT_EQ(campaign.on_printed("equal").verdict, Verdict::kAgrees);

  campaign.declared.back().n = 46;
  EXPECT_EQ(campaign.on_printed("equal").verdict, Verdict::kDiffers);
  EXPECT_EQ(campaign.on_printed("equal").difference(), 1);
}

TEST(Checks, SayWhatCannotBeCheckedInsteadOfTaking0) {
  Campaign campaign;
  campaign.printed("a", 45);
  campaign.figure("b", "乙", "B");
  campaign.check("at_most").one = {{"part", "b"}, {"whole", "a"}};

  const CheckResult found = campaign.on_printed("at_most");

  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_FALSE(found.difference().has_value());
  EXPECT_THAT(found.sentence.en, HasSubstr("not 0: B"));
}

TEST(CohortCheck, FindsAStageThatGrows) {
  Campaign campaign;
  CohortTable table;
  table.name = "prosecution";
  table.breaks.push_back({"transferred", "indicted", 3, 5});
  campaign.cohorts.push_back(table);
  campaign.check("cohort").one["cohort"] = "prosecution";

  const CampaignReport report = campaign.report();

  EXPECT_EQ(report.checks.front().verdict, Verdict::kDiffers);
  EXPECT_EQ(report.checks.front().difference(), 2);
}

TEST(Feasible, IsWhatASearchOfAllBaselinesFinds) {
  for (std::int64_t count = 0; count <= 25; ++count) {
    for (std::int64_t percent = -99; percent <= 120; ++percent) {
      bool rounded = false;
      bool cut = false;
      for (std::int64_t b = 1; b <= 100 * count + 200; ++b) {
        rounded = rounded || change(count, b).pct_int == percent;
        cut = cut || 100 * (count - b) / b == percent;
      }
      const Feasible found = feasible_baseline(count, percent);
      ASSERT_EQ(found.rounded, rounded) << count << " " << percent;
      ASSERT_EQ(found.cut, cut) << count << " " << percent;
    }
  }
  EXPECT_FALSE(feasible_baseline(5, -101).rounded);
  EXPECT_TRUE(feasible_baseline(5, -100).rounded);
}

}  // namespace
}  // namespace lamplight::tally::test
