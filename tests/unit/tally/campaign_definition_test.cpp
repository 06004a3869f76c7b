#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tally/campaign/definition.hpp"

namespace lamplight::tally {
namespace {

using ::testing::HasSubstr;

constexpr char kWhole[] = R"([campaign]
code = "spring"
zh = "春季行动"
en = "Spring"
from = 2023-03-01
until = 2023-04-30

[[unit]]
code = "north"
zh = "北所"
population = 12000

[[rollup]]
name = "vice"
of = "category"
[[rollup.group]]
code = "vice_drugs"
en = "Vice and drugs"
members = ["gambling", "drugs"]

[[split]]
name = "listing"
stamp = "listed_at"
day = "2023-03-01"
before = "earlier"
after = "new"

[[measure]]
name = "suspects"
from = "person.reported"
count = "distinct"
key = ["person"]
where = { outcomes = ["dealt_with"], vice = "vice_drugs" }
by = [["category", "listing"]]
rank = "unit"
compare = true

[[measure]]
name = "sites"
from = "clearance.reported"
count = "sum"
value = "counts"
where = { what = ["site"] }
by = [["kind"]]
unit = "sites"

[[section]]
name = "results"

[[figure]]
id = "suspects.total"
section = "results"
en = "Suspects"
measure = "suspects"
[[figure]]
id = "suspects.theft"
section = "results"
measure = "suspects"
where = { category = ["theft"] }

[[check]]
name = "parts"
kind = "parts"
total = "suspects.total"
parts = ["suspects.theft"]
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text = kWhole;
  text.replace(text.find(from), from.size(), to);
  return text;
}

std::string mistake(const std::string& text) {
  const auto read = campaign_from_toml(text);
  return read.ok() ? "no mistake" : read.error().message();
}

TEST(CampaignDocument, IsReadAsItIsWritten) {
  const auto read = campaign_from_toml(kWhole);
  ASSERT_TRUE(read.ok()) << read.error().message();

  EXPECT_EQ(read->code, "spring");
  EXPECT_EQ(to_string(read->period), "2023-03-01..2023-04-30");
  EXPECT_EQ(read->clock_minutes, 480);
  const MeasureSpec* suspects = read->measure("suspects");
  ASSERT_NE(suspects, nullptr);
  EXPECT_EQ(suspects->count, CountBy::kDistinct);
  EXPECT_EQ(suspects->dated, "happened_at");
  EXPECT_EQ(suspects->unit, "persons");
  EXPECT_EQ(suspects->by, (std::vector<Dimensions>{{"category", "listing"}, {"unit"}}));
  EXPECT_EQ(suspects->where.at("vice"), std::vector<std::string>{"vice_drugs"});
  EXPECT_EQ(read->figure("suspects.theft")->unit, "persons");
  EXPECT_EQ(read->checks.at(0).many.at("parts"), std::vector<std::string>{"suspects.theft"});
}

TEST(CampaignDocument, GivesCodesTheirWords) {
  const auto read = campaign_from_toml(kWhole);
  const auto lists = CodeLists::builtin();
  ASSERT_TRUE(read.ok() && lists.ok());

  EXPECT_EQ(read->label(*lists, "unit", "north", Language::kChinese), "北所");
  EXPECT_EQ(read->label(*lists, "vice", "vice_drugs", Language::kEnglish), "Vice and drugs");
  EXPECT_EQ(read->label(*lists, "vice", "theft", Language::kEnglish),
            lists->label(CodeList::kCategory, "theft", Language::kEnglish));
  EXPECT_EQ(read->label(*lists, "category", "unheard_of", Language::kEnglish), "unheard_of");
}

TEST(CampaignDocument, NamesTheLineAndTheNearestKey) {
  EXPECT_THAT(mistake(with("count = \"distinct\"", "cuont = \"distinct\"")),
              HasSubstr("line 28: measure[1].count is needed"));
  EXPECT_THAT(mistake(with("compare = true", "comparre = true")),
              HasSubstr("did you mean compare?"));
  EXPECT_THAT(mistake(with("count = \"distinct\"", "count = \"distnct\"")),
              HasSubstr("did you mean distinct?"));
}

TEST(CampaignDocument, RefusesNamesThatAreNotThere) {
  EXPECT_THAT(mistake(with("key = [\"person\"]", "key = [\"prson\"]")),
              HasSubstr("did you mean person?"));
  EXPECT_THAT(mistake(with("category = [\"theft\"]", "catgory = [\"theft\"]")),
              HasSubstr("did you mean category?"));
  EXPECT_THAT(mistake(with("total = \"suspects.total\"", "total = \"suspects.totl\"")),
              HasSubstr("did you mean suspects.total?"));
  EXPECT_THAT(mistake(with("[[section]]\nname = \"results\"", "[[section]]\nname = \"other\"")),
              HasSubstr("\"results\" is no section"));
  EXPECT_THAT(mistake(with("rank = \"unit\"", "rank = \"what\"")), HasSubstr("is no dimension"));
  EXPECT_THAT(mistake(with("stamp = \"listed_at\"", "stamp = \"listd_at\"")),
              HasSubstr("did you mean listed_at?"));
}

TEST(CampaignDocument, RefusesWhatIsThereTwice) {
  EXPECT_THAT(mistake(with("id = \"suspects.theft\"", "id = \"suspects.total\"")),
              HasSubstr("is there twice"));
  EXPECT_THAT(mistake(with("name = \"vice\"", "name = \"area\"")), HasSubstr("is a field"));
}

TEST(CampaignDocument, TellsEveryMistakeAtOnce) {
  std::vector<Error> all;
  const std::string text =
      "[campaign]\ncode = \"a b\"\nfrom = 2023-02-30\n[[figure]]\nid = \"x\"\n";

  EXPECT_FALSE(campaign_from_toml(text, &all).ok());
  EXPECT_GE(all.size(), 1U);
  all.clear();
  EXPECT_FALSE(
      campaign_from_toml("[campaign]\ncode = \"a b\"\n[[figure]]\nid = \"x\"\n", &all).ok());
  EXPECT_GE(all.size(), 4U);  // code, from, until, section
}

TEST(CampaignDocument, IsBounded) {
  EXPECT_EQ(campaign_from_toml(std::string(300U << 10, '#')).error().code(), Code::kTooLarge);
  std::string many = kWhole;
  for (int i = 0; i < 501; ++i) {
    many += "[[measure]]\nname = \"m" + std::to_string(i) +
            "\"\nfrom = \"case.reported\"\ncount = \"rows\"\n";
  }
  EXPECT_THAT(mistake(many), HasSubstr("at most 500"));
}

}  // namespace
}  // namespace lamplight::tally
