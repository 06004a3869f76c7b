#include "tally/campaign_report/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/campaign_report/tracing.hpp"

namespace lamplight::tally {
namespace {

using testing::HasSubstr;
using testing::Not;

CampaignDefinition definition() {
  return campaign_from_toml(R"(
[campaign]
code = "c"
zh = "活动"
en = "Campaign"
from = 2025-01-01
until = 2025-01-31

[[measure]]
name = "suspects"
zh = "人"
en = "Suspects"
from = "person.reported"
count = "distinct"
key = ["person"]
)")
      .value();
}

TEST(WhatToExplain, NamesAMeasureAndDimensionsOfItsRecord) {
  const CampaignDefinition campaign = definition();
  const auto asked = parse_target(campaign, "suspects[category=theft,unit=north]");
  ASSERT_TRUE(asked) << asked.error().message();
  EXPECT_EQ(asked->measure, campaign.measure("suspects"));
  EXPECT_EQ(asked->where, (Filter{{"category", {"theft"}}, {"unit", {"north"}}}));
}

TEST(WhatToExplain, IsRefusedByADimensionThatTheRecordDoesNotHave) {
  const CampaignDefinition campaign = definition();
  for (const char* target : {"suspects[colour=north]", "suspects[what=site]", "suspects[ =x]"}) {
    const auto asked = parse_target(campaign, target);
    ASSERT_FALSE(asked) << target;
    EXPECT_EQ(asked.error().code(), Code::kInvalid);
    EXPECT_THAT(asked.error().message(), HasSubstr("has no dimension"));
  }
}

TEST(WhatToExplain, IsRefusedWithoutACodeAndSaysWhere) {
  const CampaignDefinition campaign = definition();
  const std::pair<const char*, const char*> cases[] = {
      {"suspects[]", "suspects[] names no dimension; write suspects alone"},
      {"suspects[unit=]", "suspects[unit=] names no code of the dimension unit"},
      {"suspects[category=theft,unit=]", "names no code of the dimension unit"},
      {"suspects[unit=north,]", "write a figure's id"},
      {"suspects[,unit=north]", "write a figure's id"}};
  for (const auto& [target, said] : cases) {
    const auto asked = parse_target(campaign, target);
    ASSERT_FALSE(asked) << target;
    EXPECT_EQ(asked.error().code(), Code::kInvalid) << target;
    EXPECT_THAT(asked.error().message(), HasSubstr(said));
  }
}

TEST(WhatToExplain, IsRefusedByTimeWhereTheMeasureIsNotDated) {
  CampaignDefinition campaign = definition();
  EXPECT_TRUE(parse_target(campaign, "suspects[day=2025-01-01]"));
  campaign.measures[0].dated.clear();

  const auto asked = parse_target(campaign, "suspects[day=2025-01-01]");

  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code(), Code::kInvalid);
  EXPECT_THAT(asked.error().message(), HasSubstr("suspects is not dated, so it has no day"));
}

TEST(AnExplanation, OfAChangeSaysWhichPeriodItLists) {
  Explanation explanation;
  explanation.figure = "theft";
  explanation.value = {7, Bound::kExact, Origin::kCounted};
  explanation.period = definition().period;
  EXPECT_THAT(to_text(explanation, Language::kEnglish), Not(HasSubstr("change")));
  EXPECT_THAT(to_json(explanation), HasSubstr(R"("of_change":false)"));

  explanation.of_change = true;

  EXPECT_THAT(to_text(explanation, Language::kEnglish),
              HasSubstr("of 2025-01-01..2025-01-31 alone"));
  EXPECT_THAT(to_text(explanation, Language::kChinese),
              HasSubstr("只列 2025-01-01..2025-01-31 的事件"));
  EXPECT_THAT(to_json(explanation),
              HasSubstr(R"("period":"2025-01-01..2025-01-31","of_change":true)"));
}

TEST(WhatToExplain, IsRefusedInAnyOtherForm) {
  const CampaignDefinition campaign = definition();
  for (const char* target : {"suspects[", "suspects[unit]", "suspects[=north]", "nothing", ""})
    EXPECT_FALSE(parse_target(campaign, target)) << target;
}

TEST(PeriodOfACampaignReport, IsTenYearsAtMost) {
  CampaignQuestion question;
  question.what = CampaignQuestion::What::kReport;
  EXPECT_TRUE(read_campaign_query(question, {{"for", "2015-01-01..2024-12-31"}}));
  const auto asked = read_campaign_query(question, {{"for", "1970-01-01..2199-12-31"}});
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().message(), HasSubstr("3700 days at most"));
}

}  // namespace
}  // namespace lamplight::tally
