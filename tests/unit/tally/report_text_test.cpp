#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;

TEST(ReportText, ShowsTablesInTheLanguageAskedFor) {
  const CodeLists lists = CodeLists::builtin().value();
  const Report report = on_days({"2022-07-01T00:00:00Z"}).report(default_spec());

  EXPECT_THAT(to_text(report, lists, Language::kEnglish), HasSubstr("alerts 1"));
  EXPECT_THAT(to_text(report, lists, Language::kChinese), HasSubstr("有效警情 1"));
  EXPECT_THAT(to_text(report, lists, Language::kChinese), HasSubstr("勾稽核对"));
}

TEST(ReportText, OfALongTableShowsTheLatestDaysAndTheGreatestAreasAndSaysHowManyAreLeft) {
  History history;
  int ref = 0;
  for (int day = 1; day <= 31; ++day) {
    for (const char* month : {"05", "07"}) {
      history.say({.ref = std::to_string(++ref),
                   .area = "area" + std::to_string(ref),
                   .reported = fmt::format("2022-{}-{:02}T12:00:00Z", month, day)});
    }
  }
  history.say({.ref = "again", .area = "area62"});
  const std::string text = to_text(history.report(spec_of(R"(
    name = "t"
    [[count]]
    name = "days"
    by = ["day"]
    [[count]]
    name = "areas"
    by = ["area"]
  )")),
                                   CodeLists::builtin().value(), Language::kEnglish);

  EXPECT_THAT(text, HasSubstr("  2022-07-31 "));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("  2022-05-22 ")));
  EXPECT_THAT(text, HasSubstr("area62"));
  EXPECT_THAT(text, HasSubstr("… and 22 more, 62 in all"));
}

TEST(ReportText, OfALongComparisonOrIntervalShowsTheGreatest) {
  History history;
  int ref = 0;
  const auto say = [&](const std::string& area, const std::string& year, int times) {
    for (int i = 0; i < times; ++i) {
      history.say({.ref = std::to_string(++ref),
                   .area = area,
                   .reported = year + "-07-01T12:00:00Z",
                   .stages = {{"arrive", year + "-07-01T12:05:00Z"}}});
    }
  };
  for (int i = 10; i < 60; ++i) say("area" + std::to_string(i), "2022", 1);
  say("zz_grown", "2022", 3);
  say("zz_gone", "2021", 2);
  const std::string text = to_text(history.report(spec_of(R"(
    name = "t"
    running = "whole"
    [[comparison]]
    name = "c"
    kind = "year_over_year"
    by = [["area"]]
    [[interval]]
    name = "i"
    from = "reported_at"
    to = "stage:arrive"
    by = [["area"]]
  )")),
                                   CodeLists::builtin().value(), Language::kEnglish);

  const std::string comparison =
      text.substr(text.find("\nc "), text.find("\ni ") - text.find("\nc "));
  const std::string interval = text.substr(text.find("\ni "));
  EXPECT_THAT(comparison, HasSubstr("zz_grown"));
  EXPECT_THAT(comparison, HasSubstr("zz_gone"));
  EXPECT_THAT(comparison, HasSubstr("… and 12 more, 52 in all"));
  EXPECT_THAT(interval, HasSubstr("zz_grown"));
  EXPECT_THAT(interval, HasSubstr("zz_gone"));
  EXPECT_THAT(interval, HasSubstr("… and 12 more, 52 in all"));
}

}  // namespace
}  // namespace lamplight::tally::test
