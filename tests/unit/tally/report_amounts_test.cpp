#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;

TEST(Amounts, BeyondWhatIsToldStayThereAndSaySo) {
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  History history;
  history.say({.ref = "1", .amount_fen = 7});
  const Offset great = history.say({.ref = "2", .amount_fen = kGreatest});
  history.say({.ref = "3", .amount_fen = kGreatest});
  const ReportSpec spec = spec_of(R"(
    name = "t"
    [[count]]
    name = "amounts"
    by = ["area"]
    measure = "amount_fen"
  )");

  const Report report = history.report(spec);

  EXPECT_EQ(report.amount_fen, kGreatestSum);
  EXPECT_EQ(count_of(report.counts[0], {"wuma"}), kGreatestSum);
  EXPECT_TRUE(std::any_of(report.cross_checks.begin(), report.cross_checks.end(),
                          [](const CrossCheck& check) { return check.expected != check.actual; }));

  history.say({.ref = "4", .withdraws = great});
  history.say({.ref = "5", .withdraws = Offset{great.value + 1}});
  TallyFold fold;
  history.fold_into(fold, 1, history.size());
  EXPECT_EQ(bounded(fold.figures().total.amount_fen), 7) << "what was added is taken out again";
  EXPECT_EQ(history.report(spec).amount_fen, 7);
}

TEST(Amounts, OfComparisonsAddUpFen) {
  History history;
  history.say({.ref = "1", .reported = "2021-07-01T10:00:00Z", .amount_fen = 10'000});
  history.say({.ref = "2", .reported = "2022-07-01T10:00:00Z", .amount_fen = 6'600});
  const Report report = history.report(spec_of(R"(
    name = "t"
    [[comparison]]
    name = "loss"
    kind = "year_over_year"
    measure = "amount_fen"
  )"));

  EXPECT_EQ(report.comparisons[0].tables.at(0).rows.at(0).changes.at(0).pct_int, -34);
}

TEST(Amounts, AreLeftOutOfTheTextWhereThereAreNone) {
  const CodeLists lists = CodeLists::builtin().value();
  History history;
  history.say({.ref = "1"});
  EXPECT_THAT(to_text(history.report(default_spec()), lists, Language::kEnglish),
              ::testing::Not(HasSubstr("amount")));

  history.say({.ref = "2", .amount_fen = 12'345});
  EXPECT_THAT(to_text(history.report(default_spec()), lists, Language::kEnglish),
              HasSubstr("123.45"));
}

}  // namespace
}  // namespace lamplight::tally::test
