#include "tally/campaign_report/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/campaign_report/tracing.hpp"

namespace lamplight::tally {
namespace {

using testing::HasSubstr;

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
