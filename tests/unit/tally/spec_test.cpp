#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view toml) {
  const auto spec = spec_from_toml(toml);
  return spec.ok() ? "(taken)" : spec.error().message();
}

TEST(ReportSpec, IsTheSameFromTomlAndFromJson) {
  const auto toml = spec_from_toml(R"(
    name = "t"
    day_of = "occurred_at"
    clock = "+08:00"
    day_cut_hour = 6
    running = "whole"
    percentiles = [50, 90]
    [[window]]
    name = "summer"
    from = "06-25"
    to = "08-25"
    [[count]]
    name = "a"
    by = ["area", "window:summer"]
    [[comparison]]
    name = "c"
    kind = "pairs"
    by = [[], ["class"]]
    [[comparison.pair]]
    current = "2022-07"
    previous = "2022-06"
  )");
  const auto json =
      spec_from_json(R"({"name": "t", "day_of": "occurred_at", "clock": "+08:00", "day_cut_hour": 6,
    "running": "whole", "percentiles": [50, 90], "window": [{"name": "summer", "from": "06-25", "to": "08-25"}],
    "count": [{"name": "a", "by": ["area", "window:summer"]}],
    "comparison": [{"name": "c", "kind": "pairs", "by": [[], ["class"]],
                    "pair": [{"current": "2022-07", "previous": "2022-06"}]}]})");

  ASSERT_TRUE(toml.ok()) << toml.error().message();
  ASSERT_TRUE(json.ok()) << json.error().message();
  for (const auto* spec : {&toml.value(), &json.value()}) {
    EXPECT_EQ(spec->day_of, DayOf::kOccurredAt);
    EXPECT_EQ(spec->clock_minutes, 480);
    EXPECT_EQ(spec->day_cut_hour, 6);
    EXPECT_FALSE(spec->to_the_minute);
    EXPECT_EQ(spec->percentiles, (std::vector<int>{50, 90}));
    EXPECT_EQ(spec->counts.at(0).by, (Dimensions{"area", "window:summer"}));
    EXPECT_EQ(spec->comparisons.at(0).by, (std::vector<Dimensions>{{}, {"class"}}));
    EXPECT_EQ(spec->comparisons.at(0).pairs.at(0).name,
              "2022-07-01..2022-07-31_vs_2022-06-01..2022-06-30");
  }
}

TEST(ReportSpec, NamesAnUnknownKeyItsPlaceAndTheNearestOne) {
  EXPECT_THAT(refusal("name = \"t\"\nday_off = \"reported_at\""),
              HasSubstr("day_off is not a key here; did you mean day_of?"));
  EXPECT_THAT(refusal("name = \"t\"\n[[count]]\nname = \"a\"\nbye = []"),
              HasSubstr("count[1].bye"));
}

TEST(ReportSpec, NamesADimensionThatIsNotThere) {
  EXPECT_THAT(refusal("name = \"t\"\n[[count]]\nname = \"a\"\nby = [\"catgory\"]"),
              HasSubstr("no dimension \"catgory\"; did you mean category?"));
  EXPECT_THAT(refusal("name = \"t\"\n[[count]]\nname = \"a\"\nby = [\"window:x\"]"),
              HasSubstr("no [[window]]"));
}

TEST(ReportSpec, RefusesWhatCannotBeMeant) {
  EXPECT_THAT(refusal("[[count]]\nby = []"), HasSubstr("count[1].name is needed"));
  EXPECT_THAT(refusal("name = \"t\"\nday_cut_hour = 24"), HasSubstr("0..23"));
  EXPECT_THAT(refusal("name = \"t\"\nday_cut_hour = \"six\""), HasSubstr("whole number"));
  EXPECT_THAT(refusal("name = \"t\"\nclock = \"CET\""), HasSubstr("civil"));
  EXPECT_THAT(refusal("name = \"t\"\npercentiles = [101]"), HasSubstr("1..100"));
  EXPECT_THAT(refusal("name = \"t\"\n[[count]]\nname = \"a\"\n[[count]]\nname = \"a\""),
              HasSubstr("twice"));
  EXPECT_THAT(refusal("name = \"t\"\n[[window]]\nname = \"w\"\nfrom = \"12-01\"\nto = \"01-31\""),
              HasSubstr("within one year"));
  EXPECT_THAT(
      refusal("name = \"t\"\n[[interval]]\nname = \"i\"\nfrom = \"reported_at\"\nto = \"arrive\""),
      HasSubstr("no stamp"));
  EXPECT_THAT(refusal("name = \"t\"\n[[comparison]]\nname = \"c\"\nkind = \"pairs\""),
              HasSubstr("pair is needed"));
  EXPECT_THAT(
      refusal("name = \"t\"\n[[comparison]]\nname = \"c\"\nkind = \"adjacent\"\nby = [[\"day\"]]"),
      HasSubstr("differs between the periods"));
  EXPECT_THAT(refusal("name = \"t\"\n[[duplicate]]\nname = \"d\"\nkey = [\"operation\"]"),
              HasSubstr("several values"));
  EXPECT_THAT(refusal("name = \"t\"\nname = "), HasSubstr("line 2"));
}

TEST(ReportSpec, TheExampleOfTheDocumentationIsOne) {
  std::ifstream in(std::string(LAMPLIGHT_SOURCE) + "/docs/report.md");
  std::stringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::size_t from = text.find("```toml\n");
  ASSERT_NE(from, std::string::npos);

  const auto spec = spec_from_toml(text.substr(from + 8, text.find("```\n", from + 8) - from - 8));

  ASSERT_TRUE(spec.ok()) << spec.error().message();
  EXPECT_EQ(spec->intervals.at(0).within_s, (std::vector<std::int64_t>{60, 180, 300}));
}

TEST(ReportSpec, RefusesJsonThatIsNoSpec) {
  for (const char* bad : {"", "[]", "null", "{\"name\": null}", "{\"name\": \"t\"} x",
                          "{\"name\": \"t\", \"count\": 1.5}",
                          "{\"name\": \"t\", \"count\": [[[[[[[[[[]]]]]]]]]]}"}) {
    EXPECT_FALSE(spec_from_json(bad).ok()) << bad;
  }
  EXPECT_EQ(spec_from_toml(std::string(kMaxSpecBytes + 1, '#')).error().code(), Code::kTooLarge);
}

}  // namespace
}  // namespace lamplight::tally::test
