#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "report_log.hpp"
#include "tally/campaign/fields.hpp"
#include "tally/measure/measure_state.hpp"

/// Measures at the edge of what can be asked and said.
namespace lamplight::tally::test {
namespace {

constexpr std::int64_t kGreatestInt = std::numeric_limits<std::int64_t>::max();

constexpr char kDefinition[] = R"(
[campaign]
code = "s"
en = "S"
from = 2024-01-01
until = 2024-12-31

[[measure]]
name = "victims"
from = "case.reported"
count = "sum"
value = "counts"
where = { what = ["victim"] }

[[measure]]
name = "once"
from = "case.reported"
count = "sum"
value = "counts"
once = "case"

[[measure]]
name = "reports"
from = "case.reported"
count = "rows"

[[measure]]
name = "open"
from = "hazard.reported"
count = "latest"
key = ["hazard"]
where = { state = ["found"] }
)";

class MeasureLimits : public ::testing::Test {
 protected:
  Offset said(const std::string& ref, std::int64_t victims, const std::string& withdraws = {},
              const std::string& happened = "2024-07-01T12:00:00+08:00") {
    CaseReported report;
    report.partner = "wuma";
    report.partner_ref = ref;
    report.case_key = ref;
    report.unit = "wuma";
    report.category = "theft";
    report.happened_at = at(happened);
    report.reported_at = at("2024-07-02T12:00:00+08:00");
    report.withdraws = withdraws;
    if (withdraws.empty()) report.counts.push_back({"victim", "", "", victims, Bound::kExact});
    return log.say(report);
  }
  void found(const std::string& ref, const std::string& hazard, const std::string& happened) {
    HazardReported report;
    report.partner = "wuma";
    report.partner_ref = ref;
    report.hazard = hazard;
    report.state = "found";
    report.unit = "wuma";
    report.happened_at = at(happened);
    report.reported_at = at(happened);
    log.say(report);
  }
  [[nodiscard]] MeasureQuestion ask(const char* measure) const {
    MeasureQuestion question;
    question.measure = definition.measure(measure);
    question.period = definition.period;
    return question;
  }
  Amount total(const MeasureQuestion& question) {
    return engine.total(log.campaign_view(), log.last(), question);
  }

  ReportLog log;
  CampaignDefinition definition = campaign_from_toml(kDefinition).value();
  Engine engine{definition};
};

TEST_F(MeasureLimits, ASumBeyondThemIsALowerBoundAndExactAgainAfterwards) {
  const Offset small = said("1", 5);
  said("2", kGreatestInt);
  said("3", kGreatestInt);
  const Offset great = said("4", kGreatestInt);
  for (const char* measure : {"victims", "once"}) {
    SCOPED_TRACE(measure);
    EXPECT_EQ(total(ask(measure)).n, kGreatestSum);
    EXPECT_EQ(total(ask(measure)).bound, Bound::kAtLeast);
    std::int64_t explained = 0;
    for (const Contribution& one : engine.explain(log.campaign_view(), great, ask(measure)))
      explained = add_up(explained, one.n);
    EXPECT_EQ(explained, kGreatestSum);
    for (const ChangeOfAmount& one :
         engine.changes(log.campaign_view(), small, great, ask(measure)))
      EXPECT_EQ(one.after - one.before, kGreatestSum);
  }

  for (const char* ref : {"2", "3", "4"}) said(std::string("w") + ref, 0, ref);

  for (const char* measure : {"victims", "once"}) {
    SCOPED_TRACE(measure);
    EXPECT_EQ(total(ask(measure)).n, 5);
    EXPECT_EQ(total(ask(measure)).bound, Bound::kExact);
    EXPECT_EQ(engine.total(log.campaign_view(), great, ask(measure)).n, kGreatestSum);
  }
}

TEST_F(MeasureLimits, ASumBelowThemIsABoundToo) {
  constexpr std::int64_t kLeastInt = std::numeric_limits<std::int64_t>::min();
  said("1", kLeastInt);
  said("2", kLeastInt);

  for (const char* measure : {"victims", "once"}) {
    SCOPED_TRACE(measure);
    EXPECT_EQ(total(ask(measure)).n, -kGreatestSum);
    EXPECT_EQ(total(ask(measure)).bound, Bound::kAtLeast);
  }

  said("w", 0, "2");
  said("3", kGreatestSum);
  said("4", kGreatestSum);

  EXPECT_EQ(total(ask("victims")).n, 0);
  EXPECT_EQ(total(ask("victims")).bound, Bound::kExact);
}

TEST_F(MeasureLimits, StatesCarrySumsBeyondThem) {
  said("1", 7);
  said("2", kGreatestInt);
  said("3", kGreatestInt);
  auto state = engine.state(log.campaign_view(), log.last(), ask("victims"), {}).value();
  const MeasureState same = MeasureState::load(as_bytes(state.save())).value();
  EXPECT_TRUE(same == state);

  ASSERT_TRUE(state.merge(same).ok());

  EXPECT_FALSE(same == state);
  EXPECT_TRUE(MeasureState::load(as_bytes(state.save())).value() == state);
  EXPECT_EQ(state.table().rows.at(0).amount.n, kGreatestSum);
  EXPECT_EQ(state.table().rows.at(0).amount.bound, Bound::kAtLeast);
}

TEST_F(MeasureLimits, TheGreatestNumbersOfFourMillionItemsAreWithinThem) {
  static_assert(kGreatestSum / kMaxNumber > 4'000'000);
  EXPECT_EQ(add_up(kGreatestSum, kMaxNumber), kGreatestSum);
  EXPECT_EQ(add_up(-kGreatestSum, std::numeric_limits<std::int64_t>::min()), -kGreatestSum);
  EXPECT_EQ(add_up(kMaxNumber, -3), kMaxNumber - 3);
  EXPECT_FALSE(is_beyond(4'000'000 * kMaxNumber));
}

TEST_F(MeasureLimits, TheLeapDayIsLeftOutByTheCampaignsClock) {
  said("1", 1, {}, "2024-02-28T23:59:59+08:00");
  said("2", 1, {}, "2024-02-28T16:00:00Z");
  said("3", 1, {}, "2024-02-29T15:59:59Z");
  said("4", 1, {}, "2024-03-01T00:00:00+08:00");
  MeasureQuestion question = ask("reports");
  EXPECT_EQ(total(question).n, 4);

  question.without_leap_day = true;

  EXPECT_EQ(total(question).n, 2);
  question.where = {{"day", {"2024-02-29", "2024-03-01"}}};
  EXPECT_EQ(total(question).n, 1) << "beside what else is asked";
}

TEST_F(MeasureLimits, WhatStandsOnTheLeapDayIsChosenBeforeItIsLeftOut) {
  found("1", "h-1", "2024-02-28T12:00:00+08:00");
  found("2", "h-1", "2024-02-29T12:00:00+08:00");
  found("3", "h-2", "2024-02-28T12:00:00+08:00");
  MeasureQuestion question = ask("open");
  EXPECT_EQ(total(question).n, 2);

  question.without_leap_day = true;

  EXPECT_EQ(total(question).n, 1);
}

TEST(MeasureByTime, CanBeAskedOfEveryRecordThatADefinitionNames) {
  for (const std::string& record : record_names()) {
    const auto definition = campaign_from_toml(
        "[campaign]\ncode = \"s\"\nen = \"S\"\nfrom = 2024-01-01\nuntil = 2024-12-31\n"
        "[[measure]]\nname = \"m\"\ncount = \"rows\"\nfrom = \"" +
        record + "\"\n");
    ASSERT_TRUE(definition) << record << ": " << definition.error().message();
    const ReportLog log;
    for (const std::string& time : time_dimensions()) {
      MeasureQuestion question;
      question.measure = definition->measure("m");
      question.where = {{time, {"2024"}}};
      Engine engine(*definition);
      EXPECT_EQ(engine.total(log.campaign_view(), {0}, question).n, 0) << record << " " << time;
    }
  }
}

}  // namespace
}  // namespace lamplight::tally::test
