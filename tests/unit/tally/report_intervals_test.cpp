#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Distribution& figures_of(const Report& report, std::size_t interval = 0) {
  return report.intervals.at(interval).tables.at(0).groups.at(0).figures;
}

ReportSpec arrive_spec(const std::string& more) {
  return spec_of(R"(
    name = "t"
    percentiles = [50, 75, 90, 100]
    [[interval]]
    name = "arrive"
    from = "reported_at"
    to = "stage:arrive"
    within_s = [60, 180, 300]
    list = ["missing", "over", "negative"]
  )" + more);
}

TEST(Intervals, GivePercentilesByNearestRank) {
  History history;
  for (int i = 1; i <= 5; ++i) {
    history.say({.ref = std::to_string(i),
                 .reported = "2022-07-01T12:00:00Z",
                 .stages = {{"arrive", "2022-07-01T12:0" + std::to_string(i) + ":00Z"}}});
  }

  const Report report = history.report(arrive_spec(""));

  const Distribution& figures = figures_of(report);
  EXPECT_EQ(figures.n, 5U);
  EXPECT_EQ(figures.min_s, 60);
  EXPECT_EQ(figures.sum_s, 900);
  EXPECT_THAT(figures.percentiles_s, ElementsAre(180, 240, 300, 300));
  EXPECT_THAT(figures.within, ElementsAre(1U, 3U, 5U)) << "exactly 60, 180 and 300 s are within";
}

TEST(Intervals, RoundARankUp) {
  History history;
  for (int i = 1; i <= 10; ++i) {
    history.say({.ref = std::to_string(i),
                 .reported = "2022-07-01T12:00:00Z",
                 .stages = {{"arrive", fmt::format("2022-07-01T12:00:{:02}Z", i)}}});
  }
  const Report report = history.report(spec_of(R"(
    name = "t"
    percentiles = [1, 11, 50, 91, 99]
    [[interval]]
    name = "arrive"
    from = "reported_at"
    to = "stage:arrive"
  )"));

  EXPECT_THAT(figures_of(report).percentiles_s, ElementsAre(1, 2, 5, 10, 10))
      << "ranks 0.1, 1.1, 5, 9.1, 9.9";
}

TEST(Intervals, LeaveOutMissingThenOverThenNegativeAndNameThem) {
  History history;
  history.say({.ref = "none"});
  history.say({.ref = "far",
               .reported = "2022-07-01T12:00:00Z",
               .stages = {{"arrive", "2022-07-02T00:00:01Z"}}});
  history.say({.ref = "edge",
               .reported = "2022-07-01T12:00:00Z",
               .stages = {{"arrive", "2022-07-02T00:00:00Z"}}});
  history.say({.ref = "back",
               .reported = "2022-07-01T12:00:00Z",
               .stages = {{"arrive", "2022-07-01T11:59:59Z"}}});

  const Report report = history.report(arrive_spec("max_from_origin_s = 43200"));

  const Distribution& figures = figures_of(report);
  EXPECT_EQ(figures.n, 1U);
  EXPECT_EQ(figures.missing, 1U);
  EXPECT_EQ(figures.over, 1U);
  EXPECT_EQ(figures.negative, 1U);
  EXPECT_THAT(report.intervals[0].listed.at("missing"), ElementsAre("none"));
  EXPECT_THAT(report.intervals[0].listed.at("over"), ElementsAre("far"));
  EXPECT_THAT(report.intervals[0].listed.at("negative"), ElementsAre("back"));
}

TEST(Intervals, OnTheCivilClockIgnoreAChangeOfZoneAndInRealTimeDoNot) {
  History history;  // summer time begins in between
  history.say({.reported = "2021-03-28T00:59:00+00:00",
               .stages = {{"arrive", "2021-03-28T02:04:00+01:00"}}});

  EXPECT_EQ(figures_of(history.report(arrive_spec("clock = \"civil\""))).min_s, 65 * 60);
  EXPECT_EQ(figures_of(history.report(arrive_spec("clock = \"real\""))).min_s, 5 * 60);
}

TEST(Intervals, OfNothingHaveNoPercentiles) {
  const Report report = on_days({"2022-07-01T12:00:00Z"}).report(arrive_spec(""));

  EXPECT_EQ(figures_of(report).n, 0U);
  EXPECT_THAT(to_json(report), HasSubstr(R"("n":0,"min_s":null,"sum_s":null,"p50_s":null)"));
}

TEST(LateStages, AreCountedAndNamed) {
  History history;
  history.say(
      {.ref = "a",
       .reported = "2022-07-01T12:00:00Z",
       .stages = {{"dispatch", "2022-07-01T12:01:00Z"}, {"close", "2022-07-02T00:00:01Z"}}});
  history.say({.ref = "b",
               .reported = "2022-07-01T12:00:00Z",
               .stages = {{"close", "2022-07-02T00:00:00Z"}}});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[late_stage]]
    name = "over_12h"
    stages = ["stage:dispatch", "stage:close"]
    over_s = 43200
  )"));

  EXPECT_EQ(report.late_stages[0].rows, 1U);
  EXPECT_EQ(report.late_stages[0].listed.at(0).partner_ref, "a");
  EXPECT_THAT(report.late_stages[0].listed.at(0).stages, ElementsAre("stage:close"));
}

}  // namespace
}  // namespace lamplight::tally::test
