#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- percentages -----------------------------------------------------------------------------

TEST(Change, RoundsHalfAwayFromZeroFromTheExactFraction) {
  EXPECT_EQ(change(850, 1000).pct_int, -15);
  EXPECT_EQ(change(201, 200).pct_int, 1) << "+0.5";
  EXPECT_EQ(change(199, 200).pct_int, -1) << "-0.5";
  EXPECT_EQ(change(1009, 1000).pct_int, 1) << "+0.9";
  EXPECT_EQ(change(9995, 10000).pct_1dp, "-0.1") << "-0.05 exactly";
  EXPECT_EQ(change(9996, 10000).pct_1dp, "0.0") << "-0.04: no minus before a zero";
  EXPECT_EQ(change(9676, 9721).pct_1dp, "-0.5");
  EXPECT_EQ(change(40, 26).pct_int, 54);
  EXPECT_EQ(change(40, 27).pct_int, 48);
  EXPECT_EQ(change(0, 7).pct_1dp, "-100.0");
}

TEST(Change, IsNotDefinedWithoutABase) {
  EXPECT_EQ(change(5, 0).pct_int, std::nullopt);
  EXPECT_EQ(change(0, 0).pct_1dp, std::nullopt);
}

// ---- comparisons -----------------------------------------------------------------------------

const PercentChange& total_of(const Comparison& comparison, std::size_t pair = 0) {
  return comparison.tables.at(0).rows.at(0).changes.at(pair);
}

TEST(YearOverYear, LeavesTheTwentyNinthOfFebruaryOut) {
  const History history =
      on_days({"2019-02-28T10:00:00Z", "2020-02-28T10:00:00Z", "2020-02-29T10:00:00Z",
               "2021-02-28T10:00:00Z", "2021-03-01T10:00:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    running = "whole"
    [[comparison]]
    name = "yoy"
    kind = "year_over_year"
  )"));

  const Comparison& yoy = report.comparisons[0];
  ASSERT_EQ(yoy.pairs.size(), 2U);
  EXPECT_EQ(yoy.pairs[0].name, "2020_vs_2019");
  EXPECT_EQ(total_of(yoy, 0).current, 1);
  EXPECT_EQ(total_of(yoy, 0).previous, 1);
  EXPECT_EQ(total_of(yoy, 1).current, 2);
  EXPECT_EQ(total_of(yoy, 1).previous, 1);
}

TEST(YearOverYear, ComparesARunningYearUpToTheSameMinuteAndSaysSo) {
  // Bus time of event n is 2022-08-01 00:00 UTC plus n minutes, on the clock +08:00 of its last stamp: 08:04.
  const History history = on_days({"2021-08-01T08:04:59+08:00", "2021-08-01T08:05:00+08:00",
                                   "2022-08-01T08:04:30+08:00", "2021-01-01T00:00:00+08:00"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    clock = "+08:00"
    [[comparison]]
    name = "yoy"
    kind = "year_over_year"
  )"));

  const Pair& pair = report.comparisons[0].pairs.at(0);
  EXPECT_EQ(pair.current_until, "2022-08-01T08:05:00");
  EXPECT_EQ(pair.previous_until, "2021-08-01T08:05:00");
  EXPECT_FALSE(pair.baseline_incomplete);
  EXPECT_EQ(total_of(report.comparisons[0]).current, 1);
  EXPECT_EQ(total_of(report.comparisons[0]).previous, 2) << "08:05:00 lies past the minute";
}

TEST(YearOverYear, SaysWhenTheBaselineIsIncomplete) {
  const History history = on_days({"2020-06-01T10:00:00Z", "2021-06-01T10:00:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[comparison]]
    name = "yoy"
    kind = "year_over_year"
  )"));

  EXPECT_TRUE(report.comparisons[0].pairs.at(0).baseline_incomplete);
}

TEST(YearOverYear, OfAPeriodComparesTheSameDaysOfTheYearBefore) {
  const History history =
      on_days({"2021-06-24T10:00:00Z", "2021-06-25T00:00:00Z", "2021-08-25T23:59:59Z",
               "2022-06-25T10:00:00Z", "2022-08-26T10:00:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    running = "whole"
    [[comparison]]
    name = "campaign"
    kind = "previous_year"
  )"),
                                       {}, parse_period("2022-06-25..2022-08-25").value());

  EXPECT_EQ(report.comparisons[0].pairs.at(0).name,
            "2022-06-25..2022-08-25_vs_2021-06-25..2021-08-25");
  EXPECT_EQ(total_of(report.comparisons[0]).current, 1);
  EXPECT_EQ(total_of(report.comparisons[0]).previous, 2);
}

struct LeapPeriod {
  const char* current;
  const char* previous;
  std::int64_t current_alerts;
  std::int64_t previous_alerts;
};
void PrintTo(const LeapPeriod& period, std::ostream* out) { *out << period.current; }

/// One alert a day from 2022-12-01 to 2025-03-31: sums are numbers of days.
class LeapYears : public ::testing::TestWithParam<LeapPeriod> {};

TEST_P(LeapYears, CompareTheSameDaysAndLeaveTheTwentyNinthOut) {
  History history;
  int ref = 0;
  const Period all = parse_period("2022-12-01..2025-03-31").value();
  for (Day day = all.first; day <= all.last; day = day.plus(1))
    history.say({.ref = std::to_string(++ref), .reported = to_string(day) + "T12:00:00Z"});

  const Report report = history.report(spec_of(R"(
    name = "t"
    running = "whole"
    [[comparison]]
    name = "c"
    kind = "previous_year"
  )"),
                                       {}, parse_period(GetParam().current).value());

  EXPECT_EQ(to_string(report.comparisons[0].pairs.at(0).previous), GetParam().previous);
  EXPECT_EQ(total_of(report.comparisons[0]).current, GetParam().current_alerts);
  EXPECT_EQ(total_of(report.comparisons[0]).previous, GetParam().previous_alerts);
}

INSTANTIATE_TEST_SUITE_P(
    AtBothEnds, LeapYears,
    ::testing::Values(
        // Ends on the leap day: the year before ends on 28 February, not on 1 March.
        LeapPeriod{"2023-12-01..2024-02-29", "2022-12-01..2023-02-28", 90, 90},
        LeapPeriod{"2024-02", "2023-02-01..2023-02-28", 28, 28},
        // Begins on it: the year before begins on 1 March, not on 28 February.
        LeapPeriod{"2024-02-29..2024-03-31", "2023-03-01..2023-03-31", 31, 31},
        // Holds it.
        LeapPeriod{"2024-02-28..2024-03-01", "2023-02-28..2023-03-01", 2, 2},
        // The year before holds it, or ends or begins beside it.
        LeapPeriod{"2025-02-28..2025-03-01", "2024-02-28..2024-03-01", 2, 2},
        LeapPeriod{"2025-02", "2024-02-01..2024-02-28", 28, 28},
        LeapPeriod{"2025-03", "2024-03-01..2024-03-31", 31, 31}),
    [](const auto& instance) { return "Period" + std::to_string(instance.index); });

TEST(Comparisons, OfARunningPeriodNeverReachBeyondAShorterBaseline) {
  const History history =
      on_days({"2022-06-05T10:00:00Z", "2022-06-06T10:00:00Z", "2022-07-31T10:00:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[comparison]]
    name = "c"
    kind = "pairs"
    [[comparison.pair]]
    current = "2022-07..2022-08"
    previous = "2022-06-01..2022-06-05"
  )"));

  EXPECT_EQ(total_of(report.comparisons[0]).current, 1);
  EXPECT_EQ(total_of(report.comparisons[0]).previous, 1);
}

TEST(AdjacentWindows, AreTheLastDaysAndAsManyBefore) {
  // The last bus time is 2022-08-01 00:04 UTC.
  const History history = on_days({"2022-08-01T00:00:00Z", "2022-07-31T10:00:00Z",
                                   "2022-07-30T10:00:00Z", "2022-07-29T00:05:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    clock = "+00:00"
    [[comparison]]
    name = "two_days"
    kind = "adjacent"
    days = 2
  )"));

  const Pair& pair = report.comparisons[0].pairs.at(0);
  EXPECT_EQ(to_string(pair.current), "2022-07-31..2022-08-01");
  EXPECT_EQ(to_string(pair.previous), "2022-07-29..2022-07-30");
  EXPECT_EQ(total_of(report.comparisons[0]).current, 2);
  EXPECT_EQ(total_of(report.comparisons[0]).previous, 1)
      << "of 30 July only the minutes up to 00:05 are compared";
}

// ---- counts, days, duplicates, blanks --------------------------------------------------------

TEST(Counts, TakeTheDayOfTheStampsOwnClockOrOfOneForAll) {
  const History history = on_days({"2022-07-01T23:30:00+08:00", "2022-07-01T16:30:00+00:00"});
  const auto days = [&](const std::string& clock) {
    return history
        .report(spec_of("name = \"t\"\nclock = \"" + clock +
                        "\"\n[[count]]\nname = \"d\"\nby = [\"day\"]"))
        .counts[0];
  };

  EXPECT_EQ(count_of(days("civil"), {"2022-07-01"}), 2);
  EXPECT_EQ(count_of(days("+08:00"), {"2022-07-01"}), 1);
  EXPECT_EQ(count_of(days("+08:00"), {"2022-07-02"}), 1);
}

TEST(Counts, CutTheDayAtTheHourTheSpecSays) {
  const Report report =
      on_days({"2022-08-01T05:59:59+08:00", "2022-08-01T06:00:00+08:00"}).report(spec_of(R"(
    name = "t"
    day_cut_hour = 6
    [[count]]
    name = "d"
    by = ["day", "hour", "month"]
  )"));

  EXPECT_EQ(count_of(report.counts[0], {"2022-07-31", "05", "2022-07"}), 1);
  EXPECT_EQ(count_of(report.counts[0], {"2022-08-01", "06", "2022-08"}), 1);
}

TEST(Counts, CanDateByWhenItHappenedAndSayHowOftenThatIsUnknown) {
  History history;
  history.say({.ref = "1", .reported = "2022-07-02T01:00:00Z", .occurred = "2022-07-01T23:00:00Z"});
  history.say({.ref = "2", .reported = "2022-07-02T01:00:00Z"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    day_of = "occurred_at"
    [[count]]
    name = "d"
    by = ["day"]
  )"));

  EXPECT_EQ(count_of(report.counts[0], {"2022-07-01"}), 1);
  EXPECT_EQ(count_of(report.counts[0], {"2022-07-02"}), 1);
  EXPECT_EQ(report.accounts.dated_by_fallback, 1U);
}

TEST(Counts, KeepABlankApartFromEveryCode) {
  History history;
  history.say({.ref = "1", .area = ""});
  history.say({.ref = "2", .area = "(blank)"});
  const Report report = history.report(
      spec_of("name = \"t\"\nblanks = [\"area\"]\n[[count]]\nname = \"a\"\nby = [\"area\"]"));

  EXPECT_EQ(count_of(report.counts[0], {"-"}), 1);
  EXPECT_EQ(count_of(report.counts[0], {"(blank)"}), 1);
  EXPECT_EQ(report.blanks.at(0).second, 1U);
  EXPECT_THAT(to_json(report), HasSubstr(R"j("rows":[[null,1],["(blank)",1]])j"));
}

TEST(Counts, TakeTheCodesThatASpecCallsBlankAsBlank) {
  History history;
  history.say({.ref = "1",
               .area = "N/A",
               .places = {{"station", "N/A"}, {"zip", "N/A"}, {"zip", "325000"}}});
  const Report report = history.report(spec_of(R"(
    name = "t"
    blank_codes = ["N/A"]
    blanks = ["area", "place:zip", "place:station"]
    [[count]]
    name = "a"
    by = ["area"]
  )"));

  EXPECT_EQ(count_of(report.counts[0], {"-"}), 1);
  EXPECT_EQ(report.blanks.at(0).second, 1U);
  EXPECT_EQ(report.blanks.at(1).second, 0U) << "the place has another zip that is a code";
  EXPECT_EQ(report.blanks.at(2).second, 1U) << "no code of another scheme stands for a station";
}

TEST(Counts, CountAnAlertUnderEachOfItsOperationsOnce) {
  History history;
  history.say({.ref = "1", .operations = {"night", "market", "night"}});
  history.say({.ref = "2"});
  const Report report =
      history.report(spec_of("name = \"t\"\n[[count]]\nname = \"o\"\nby = [\"operation\"]"));

  EXPECT_EQ(count_of(report.counts[0], {"night"}), 1);
  EXPECT_EQ(count_of(report.counts[0], {"market"}), 1);
  EXPECT_EQ(count_of(report.counts[0], {"-"}), 1);
  EXPECT_THAT(report.cross_checks, ::testing::SizeIs(1))
      << "such a table does not add up to the total";
}

TEST(Counts, MakeDimensionsOfPartsOfCodes) {
  History history;
  history.say({.ref = "1", .category = "EMS: FALL"});
  history.say({.ref = "2", .category = "Traffic: FALL -"});
  history.say({.ref = "3", .category = "plain"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[derive]]
    name = "type"
    from = "category"
    after = ": "
    strip_suffix = " -"
    [[count]]
    name = "type"
    by = ["type"]
  )"));

  EXPECT_EQ(count_of(report.counts[0], {"FALL"}), 2);
  EXPECT_EQ(count_of(report.counts[0], {"plain"}), 1);
}

TEST(Counts, ShowTheTopByCountThenByKey) {
  History history;
  int ref = 0;
  for (const char* area : {"b", "a", "c", "c", "a", "b", "d"})
    history.say({.ref = std::to_string(++ref), .area = area});
  const Report report =
      history.report(spec_of("name = \"t\"\n[[count]]\nname = \"a\"\nby = [\"area\"]\ntop = 2"));

  ASSERT_EQ(report.counts[0].rows.size(), 2U);
  EXPECT_EQ(report.counts[0].rows[0].key[0], "a");
  EXPECT_EQ(report.counts[0].rows[1].key[0], "b");
}

TEST(Period, TakesTheAlertsOfItsDaysBothInclusive) {
  const History history = on_days({"2022-06-24T23:59:59Z", "2022-06-25T00:00:00Z",
                                   "2022-08-25T23:59:59Z", "2022-08-26T00:00:00Z"});
  const Report report =
      history.report(default_spec(), {}, parse_period("2022-06-25..2022-08-25").value());

  EXPECT_EQ(report.alerts, 2U);
  EXPECT_EQ(report.first, "2022-06-25T00:00:00");
  EXPECT_EQ(report.last, "2022-08-25T23:59:59");
}

TEST(Period, ReadsYearsMonthsDaysAndStretches) {
  EXPECT_EQ(to_string(parse_period("2020").value()), "2020-01-01..2020-12-31");
  EXPECT_EQ(to_string(parse_period("2020-02").value()), "2020-02-01..2020-02-29");
  EXPECT_EQ(to_string(parse_period("2020-02-29").value()), "2020-02-29");
  EXPECT_EQ(to_string(parse_period("2020-11..2021").value()), "2020-11-01..2021-12-31");
  for (const char* bad :
       {"", "20", "2020-13", "2021-02-29", "2021..2020", "2020-1-1", "2020..", "..2020", "abcd"}) {
    EXPECT_FALSE(parse_period(bad).ok()) << bad;
  }
}

TEST(Duplicates, GroupByTheKeyNeedWhatMustNotBeBlankAndNameTheMembers) {
  History history;
  history.say({.ref = "a", .places = {{"zip", "1"}}});
  history.say({.ref = "b", .places = {{"zip", "1"}}});
  history.say({.ref = "c", .places = {{"zip", "2"}}});
  history.say({.ref = "d"});
  history.say({.ref = "e"});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[duplicate]]
    name = "same_zip"
    key = ["reported_at", "place:zip"]
    require = ["place:zip"]
  )"));

  const DuplicateReport& duplicates = report.duplicates[0];
  EXPECT_EQ(duplicates.groups, 1U);
  EXPECT_EQ(duplicates.extra_rows, 1U);
  EXPECT_THAT(duplicates.listed.at(0).partner_refs, ElementsAre("a", "b"));
}

TEST(CrossChecks, AgreeOnWhateverWasSaid) {
  History history;
  const Offset first = history.say({.ref = "1", .amount_fen = 500});
  history.say({.ref = "2", .area = "", .amount_fen = 700});
  history.say({.ref = "3", .status = AlertStatus::kTest});
  history.say({.ref = "4", .withdraws = first});
  const Report report = history.report(default_spec());

  EXPECT_GT(report.cross_checks.size(), 5U);
  for (const CrossCheck& check : report.cross_checks)
    EXPECT_EQ(check.difference(), 0) << check.check;
}

// ---- header ----------------------------------------------------------------------------------

TEST(ReportHeader, NamesTheOffsetAndTheCutAndTheHashWhereItIsKnown) {
  const History history = on_days({"2022-07-01T00:00:00Z", "2022-07-02T00:00:00Z"});
  TallyFold fold;
  history.fold_into(fold, 1, 2);
  ChainHash hash;
  hash.bytes.fill(0xAB);
  const Cut cut{{2}, History::time_of(2), hash};

  EXPECT_EQ(make_report(fold.view(), cut, default_spec(), {}).value().as_of_hash, hash);
  const Report past = make_report(fold.view(), cut, default_spec(), {.offset = Offset{1}}).value();
  EXPECT_EQ(past.as_of_hash, std::nullopt);
  EXPECT_EQ(past.as_of_time, History::time_of(1));
  EXPECT_EQ(past.cut.offset, Offset{2});
}

TEST(ReportHeader, RefusesAnOffsetThatIsNotFoldedYet) {
  const History history = on_days({"2022-07-01T00:00:00Z"});
  TallyFold fold;
  history.fold_into(fold, 1, 1);

  const auto report =
      make_report(fold.view(), history.cut(), default_spec(), {.offset = Offset{2}});

  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code(), Code::kInvalid);
}

TEST(EmptyTally, ReportsNothingWithoutFalling) {
  const History history;
  const Report report = history.report(default_spec());

  EXPECT_EQ(report.alerts, 0U);
  EXPECT_EQ(report.first, std::nullopt);
  EXPECT_THAT(report.comparisons.at(0).pairs, IsEmpty());
  EXPECT_FALSE(to_text(report, CodeLists::builtin().value(), Language::kEnglish).empty());
}

}  // namespace
}  // namespace lamplight::tally::test
