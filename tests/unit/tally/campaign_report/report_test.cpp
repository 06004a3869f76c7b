#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/rfc3339.hpp"
#include "support.hpp"
#include "tally/campaign_report/comparison.hpp"
#include "tally/campaign_report/ranking.hpp"
#include "tally/campaign_report/sheets.hpp"
#include "tally/dimension.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TimeUs moment(std::string_view text) {
  Stamp stamp;
  LAMPLIGHT_CHECK(parse_rfc3339(text, stamp) == StampFault::kNone, "a test's stamp");
  return stamp.at;
}

const CheckResult* check_named(const CampaignReport& report, std::string_view name) {
  for (const CheckResult& check : report.checks) {
    if (check.name == name) return &check;
  }
  return nullptr;
}

TEST(NumberText, OfABoundSaysWhichWayTheNumberMayLieFurther) {
  const auto text = [](std::int64_t n, Bound bound) {
    return number_text({n, bound, Origin::kCounted}, 1, Language::kEnglish);
  };

  EXPECT_EQ(text(-200, Bound::kExact), "-200");
  EXPECT_EQ(text(200, Bound::kAtLeast), "≥ 200");
  EXPECT_EQ(text(-200, Bound::kAtLeast), "≥ -200") << "parts of it are lower bounds";
  EXPECT_EQ(text(kGreatestSum, Bound::kAtLeast), "≥ 4611686018427387904");
  EXPECT_EQ(text(-kGreatestSum, Bound::kAtLeast), "≤ -4611686018427387904");
}

TEST(CampaignFigures, AreCountedAndComparedWithTheSameDaysAYearBefore) {
  Campaign campaign;
  FigureSpec& theft = campaign.figure("theft", "盗窃", "Theft");
  theft.measure = "suspects";
  theft.where = {{"category", {"theft"}}};
  campaign.amounts.set("suspects", "theft", 226, 164);

  const CampaignReport report = campaign.report();
  const CampaignFigure& figure = report.figures.front();

  EXPECT_EQ(figure.value, (FigureNumber{226, Bound::kExact, Origin::kCounted}));
  EXPECT_EQ(figure.compared->previous, (FigureNumber{164, Bound::kExact, Origin::kCounted}));
  EXPECT_EQ(figure.compared->pct_int, 38);
  EXPECT_EQ(figure.compared->pct_1dp, "37.8");
  EXPECT_EQ(to_string(report.periods.previous), "2021-06-25..2021-08-29");
  EXPECT_EQ(to_string(figure.as_of_day), "2022-08-29");
}

TEST(CampaignFigures, TakeADeclaredBaselineOnlyWhereNothingIsOnTheLog) {
  Campaign campaign;
  campaign.figure("all", "全部", "All").measure = "suspects";
  campaign.amounts.set("suspects", "", 15, 10);
  campaign.declare("all", "baseline", 12);

  EXPECT_EQ(campaign.report().figures[0].compared->previous.n, 10);

  campaign.amounts.begin_on("2022-06-26");
  const CampaignFigure figure = campaign.report().figures[0];
  EXPECT_EQ(figure.compared->previous, (FigureNumber{12, Bound::kExact, Origin::kDeclared}));
  EXPECT_TRUE(figure.compared->small_baseline);
  EXPECT_EQ(figure.compared->pct_int, 25);
}

TEST(CampaignFigures, AreWithoutABaselineWhereNobodyKnowsOne) {
  Campaign campaign;
  campaign.figure("all", "全部", "All").measure = "suspects";
  campaign.amounts.set("suspects", "", 15);
  campaign.amounts.begin_on("2022-06-26");

  const CampaignFigure figure = campaign.report().figures[0];

  EXPECT_FALSE(figure.compared->previous.n.has_value());
  EXPECT_FALSE(figure.compared->pct_int.has_value());
}

TEST(CampaignFigures, SayWhenTheBaselineIsIncomplete) {
  Campaign campaign;
  campaign.figure("all", "全部", "All").measure = "suspects";
  campaign.amounts.set("suspects", "", 15, 30);
  campaign.amounts.begin_on("2021-07-10");

  EXPECT_TRUE(campaign.report().figures[0].compared->baseline_incomplete);
}

TEST(CampaignFigures, ThatNobodyStatedAreNo0) {
  Campaign campaign;
  campaign.figure("nobody", "无人", "Nobody");

  const CampaignReport report = campaign.report();

  EXPECT_EQ(report.figures[0].value, FigureNumber{});
  EXPECT_THAT(to_json(report), HasSubstr("\"id\":\"nobody\""));
  EXPECT_THAT(to_json(report), HasSubstr("\"value\":null"));
  EXPECT_THAT(to_text(report, campaign.lists, Language::kChinese), HasSubstr("未公布"));
  EXPECT_EQ(check_named(report, "auto.not_stated")->actual, 1);
}

TEST(CampaignFigures, ShowWhatWasPrintedBesideWhatIsKnown) {
  Campaign campaign;
  campaign.figure("victims", "受害人", "Victims");
  campaign.declare("victims", "value", 230, Bound::kAtLeast);
  campaign.declare("victims", "published", 200, Bound::kAtLeast);

  const CampaignReport report = campaign.report();

  EXPECT_EQ(report.figures[0].value.origin, Origin::kDeclared);
  EXPECT_EQ(report.figures[0].published.n, 200);
  const std::string text = to_text(report, campaign.lists, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("≥ 230"));
  EXPECT_THAT(text, HasSubstr("≥ 200"));
}

TEST(CampaignFigures, OfAnEarlierDayAreComparedUpToThatDay) {
  Campaign campaign;
  FigureSpec& figure = campaign.figure("elder", "养老", "Elder");
  figure.measure = "suspects";
  figure.until = day("2022-08-25");

  const CampaignReport report = campaign.report();

  EXPECT_EQ(to_string(report.figures[0].as_of_day), "2022-08-25");
  EXPECT_EQ(to_string(*campaign.amounts.asked[0].period), "2022-06-25..2022-08-25");
  EXPECT_EQ(to_string(*campaign.amounts.asked[1].period), "2021-06-25..2021-08-25");
}

TEST(ComparedPeriods, EndAtTheSameMinuteWhileTheCampaignRuns) {
  Campaign campaign;
  const ComparedPeriods periods =
      compared_periods(campaign.definition, std::nullopt, moment("2022-07-01T12:30:20+08:00"));

  EXPECT_EQ(civil_text(*periods.current_before_us), "2022-07-01T12:31:00");
  EXPECT_EQ(civil_text(*periods.previous_before_us), "2021-07-01T12:31:00");
  EXPECT_FALSE(
      compared_periods(campaign.definition, std::nullopt, moment("2022-08-30T00:00:00+08:00"))
          .current_before_us.has_value());
}

TEST(ComparedPeriods, LeaveTheLeapDayOutOfBoth) {
  Campaign campaign;
  campaign.definition.period = {day("2024-02-28"), day("2024-03-01")};
  const ComparedPeriods periods = compared_periods(campaign.definition, std::nullopt, std::nullopt);
  MeasureQuestion question;
  question.measure = &campaign.definition.measures[0];
  question.period = periods.current;

  EXPECT_EQ(to_string(periods.previous), "2023-02-28..2023-03-01");
  question.where = {{"day", {"2024-02-29", "2024-03-01"}}};

  EXPECT_TRUE(current_question(periods, question).without_leap_day);
  EXPECT_EQ(current_question(periods, question).where, question.where);
  EXPECT_FALSE(previous_question(periods, question).without_leap_day) << "2023 has none";
}

TEST(ComparedPeriods, AreThoseOfTheDefinitionForItsOwnPeriodOnly) {
  Campaign campaign;
  campaign.definition.previous = Period{day("2022-04-20"), day("2022-06-24")};

  EXPECT_EQ(to_string(compared_periods(campaign.definition, std::nullopt, {}).previous),
            "2022-04-20..2022-06-24");
  EXPECT_EQ(to_string(compared_periods(campaign.definition,
                                       Period{day("2022-07-01"), day("2022-07-02")}, {})
                          .previous),
            "2021-07-01..2021-07-02");
}

TEST(Rankings, ShareAPlaceAndSayWhoIsMissing) {
  Campaign campaign;
  MeasureSpec& measure = campaign.definition.measures[0];
  measure.by = {{"unit"}};
  measure.rank = "unit";
  for (const char* unit : {"a", "b", "c", "d", "e"})
    campaign.definition.codes.push_back({"unit", unit, {unit, unit}, 20'000});
  campaign.definition.codes[0].population.reset();
  campaign.amounts.set("suspects", "a", 5);
  campaign.amounts.set("suspects", "b", 9);
  campaign.amounts.set("suspects", "c", 5);
  campaign.amounts.set("suspects", "d", 1);

  const CampaignReport report = campaign.report();
  const Ranking& ranking = report.rankings.at(0);
  std::vector<std::int64_t> places;
  for (const auto& row : ranking.rows) places.push_back(row.place);

  EXPECT_THAT(places, ElementsAre(1, 2, 2, 4));
  EXPECT_EQ(ranking.rows[0].per_10000, "4.50");
  EXPECT_FALSE(ranking.rows[1].per_10000.has_value());
  EXPECT_THAT(ranking.missing, ElementsAre("e"));
}

TEST(ReportForms, AreSelfContainedAndEscaped) {
  Campaign campaign;
  FigureSpec& theft = campaign.figure("theft", "盗窃|\"抢\"", "Theft, <b> \"x\" | y");
  theft.measure = "suspects";
  campaign.amounts.set("suspects", "", 226, 164);
  const CampaignReport report = campaign.report();

  const std::string html = to_html(report, campaign.lists, Language::kEnglish);
  EXPECT_THAT(html, HasSubstr("Summer &lt;campaign&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, HasSubstr("<svg"));
  for (const char* outside : {"http:", "https:", "<script", "<link", "<img", "url("})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  EXPECT_THAT(to_html(report, campaign.lists, Language::kChinese), HasSubstr("lang=\"zh-CN\""));

  const std::string csv = to_csv(report, campaign.lists, Language::kEnglish);
  EXPECT_THAT(csv, HasSubstr("figure,theft,,\"Theft, <b> \"\"x\"\" | y\",persons,226,exact,counted,"
                             "164,counted,37.8,,,,,2022-08-29,\r\n"));
  EXPECT_THAT(to_markdown(report, campaign.lists, Language::kEnglish), HasSubstr("\\| y | 226 |"));
}

TEST(ReportForms, AreTheSameBytesForTheSameReport) {
  Campaign campaign;
  campaign.figure("all", "全部", "All").measure = "suspects";
  campaign.amounts.set("suspects", "", 3, 2);

  EXPECT_EQ(to_json(campaign.report()), to_json(campaign.report()));
  EXPECT_THAT(to_json(campaign.report()), HasSubstr(figures_json(campaign.report())));
}

TEST(CampaignReport, SetsNoDateAgainstAnother) {
  Campaign campaign;
  campaign.definition.measures[0].by = {{"day"}, {"month"}, {"unit", "year"}, {"weekday"}};
  campaign.amounts.set("suspects", "now", 5);
  campaign.amounts.set("suspects", "x", 0, 4);

  const CampaignReport report = campaign.report();

  for (std::size_t i = 0; i < 3; ++i) {
    for (const auto& row : report.tables.at(i).rows) EXPECT_FALSE(row.compared) << i;
  }
  EXPECT_TRUE(report.tables.at(3).rows.at(0).compared);

  campaign.definition.measures[0].by = {{"day"}};
  campaign.definition.measures[0].words = {"打处", "Suspects"};
  const std::string page = to_markdown(campaign.report(), campaign.lists, Language::kEnglish);
  const std::size_t table = page.find("Suspects · by");
  ASSERT_NE(table, std::string::npos);
  EXPECT_EQ(page.substr(table, page.find("now", table) - table).find("Before"), std::string::npos);
}

TEST(CampaignReport, NamesDeclarationsThatHaveNoEffect) {
  Campaign campaign;
  campaign.definition.measures[0].compare = false;
  campaign.figure("counted", "打处", "Suspects").measure = "suspects";
  campaign.figure("said", "收缴", "Seized");
  campaign.declare("counted", "value", 3);
  campaign.declare("counted", "baseline", 2);
  campaign.declare("counted", "published", 3);
  campaign.declare("said", "value", 3);
  campaign.declare("said", "baseline", 2);
  campaign.declare("unheard", "published", 2);

  const CampaignReport report = campaign.report();

  const CheckResult* found = check_named(report, "auto.declared_not_used");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->verdict, Verdict::kNote);
  EXPECT_EQ(
      found->sentence.en,
      "Declared, but of no effect: counted (value), counted (baseline), unheard (published).");
  EXPECT_EQ(check_named(report, "auto.declared_twice")->verdict, Verdict::kAgrees);
}

TEST(CampaignReport, NamesFiguresDeclaredTwice) {
  Campaign campaign;
  campaign.figure("said", "收缴", "Seized");
  campaign.declare("said", "value", 3);
  campaign.declared.back().disputed = true;

  const CheckResult found = *check_named(campaign.report(), "auto.declared_twice");

  EXPECT_EQ(found.actual, 1);
  EXPECT_EQ(found.sentence.zh, "申报了不同的数字，取最近报送的：said（value）。");
}

}  // namespace
}  // namespace lamplight::tally::test
