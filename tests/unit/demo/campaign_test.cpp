#include "campaign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "figures.hpp"
#include "model/alert_parser.hpp"

namespace lamplight::demo {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;

constexpr sys_days date(int y, unsigned m, unsigned d) {
  return sys_days{year(y) / month(m) / day(d)};
}

std::int64_t civil_day(const AlertReceived& alert) {
  return alert.reported_at.civil_us() / 86'400'000'000;
}

class Campaign : public ::testing::Test {
 protected:
  // Calls see(alert, warnings) for each synthetic alert, as intake would read it.
  template <typename F>
  void read_all(const std::vector<Alert>& alerts, F see) {
    const auto codes = CodeLists::builtin();
    AlertParser parser(codes.value());
    AlertReceived alert;
    std::vector<FieldError> errors;
    std::vector<Warning> warnings;
    for (const Alert& made : alerts) {
      ASSERT_TRUE(parser.parse(made.json, alert, errors, warnings)) << made.json;
      see(alert, warnings);
    }
  }

  const Span span_ = campaign_days(date(2026, 8, 30));
  const std::vector<Alert> alerts_ = make_campaign(span_, 7);
};

TEST_F(Campaign, LastsAHundredDaysAndComparesWithTheSameDatesAYearBefore) {
  EXPECT_EQ((span_.last - span_.first).count() + 1, kCampaignDays);
  EXPECT_EQ(year_before(span_).last, date(2025, 8, 30));
  EXPECT_EQ(year_before({date(2024, 2, 29), date(2024, 2, 29)}).first, date(2023, 2, 28));
}

TEST_F(Campaign, HasExactlyTheCountsAndSumsOfItsFigures) {
  std::map<std::pair<std::string, bool>, std::int64_t> counts;
  std::map<bool, std::int64_t> fen;
  const auto first = span_.first.time_since_epoch().count();
  read_all(alerts_, [&](const AlertReceived& alert, const std::vector<Warning>&) {
    if (alert.status != AlertStatus::kActual) return;
    const bool current = civil_day(alert) >= first;
    ++counts[{std::string(alert.category), current}];
    fen[current] += alert.amount_fen.value_or(0);
  });
  for (const Figure& figure : kFigures) {
    EXPECT_EQ((counts[{std::string(figure.category), false}]), figure.previous) << figure.category;
    EXPECT_EQ((counts[{std::string(figure.category), true}]), figure.current) << figure.category;
  }
  EXPECT_EQ(fen[false], kFraudAmountPreviousFen);
  EXPECT_EQ(fen[true], kFraudAmountCurrentFen);
}

TEST_F(Campaign, FiguresGiveThePublishedPercentages) {
  const auto percent_is = [](std::int64_t now, std::int64_t before, int printed) {
    return 100 * (now - before) == printed * before;  // exact: no rounding hides a slip
  };
  std::int64_t before = 0;
  std::int64_t now = 0;
  for (const Figure& figure : kFigures) {
    before += figure.previous;
    now += figure.current;
    if (!figure.published) continue;
    EXPECT_TRUE(percent_is(figure.current, figure.previous, figure.printed_percent))
        << figure.category;
  }
  EXPECT_TRUE(percent_is(now, before, kTotalPercent));
  EXPECT_TRUE(percent_is(kFraudAmountCurrentFen, kFraudAmountPreviousFen, kFraudAmountPercent));
}

TEST_F(Campaign, LiesWithinItsDaysInOrderAndUsesListedCodesOnly) {
  const Span before = year_before(span_);
  std::int64_t exercises = 0;
  TimeUs last;
  read_all(alerts_, [&](const AlertReceived& alert, const std::vector<Warning>& warnings) {
    EXPECT_THAT(warnings, ::testing::IsEmpty());
    EXPECT_GE(alert.reported_at.at, last);
    last = alert.reported_at.at;
    const sys_days on{std::chrono::days(civil_day(alert))};
    EXPECT_TRUE((on >= before.first && on <= before.last) ||
                (on >= span_.first && on <= span_.last));
    if (alert.status == AlertStatus::kExercise) ++exercises;
  });
  EXPECT_GT(exercises, 0);
}

TEST_F(Campaign, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const auto again = make_campaign(span_, 7);
  const auto other = make_campaign(span_, 8);
  ASSERT_EQ(again.size(), alerts_.size());
  EXPECT_TRUE(std::equal(again.begin(), again.end(), alerts_.begin(),
                         [](const Alert& a, const Alert& b) { return a.json == b.json; }));
  EXPECT_NE(other.front().json, alerts_.front().json);
}

TEST_F(Campaign, TrickleIsReadByIntakeAndHasReferencesOfItsOwn) {
  const TimeUs now{1'788'000'000'000'000};
  std::vector<Alert> live;
  for (std::uint64_t i = 0; i < 50; ++i) live.push_back(make_live_alert(now, i, 1));
  std::map<std::string, int, std::less<>> refs;
  read_all(live, [&](const AlertReceived& alert, const std::vector<Warning>&) {
    ++refs[std::string(alert.partner_ref)];
  });
  EXPECT_EQ(refs.size(), live.size());
}

}  // namespace
}  // namespace lamplight::demo
