#include "tally/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;

TEST(Question, OfNothingIsTheDefaultReportAsJson) {
  const Question question = parse_question({}, "", "").value();

  EXPECT_EQ(question.spec.name, "default");
  EXPECT_EQ(question.format, ReportFormat::kJson);
  EXPECT_FALSE(question.as_of.offset || question.as_of.time || question.period);
}

TEST(Question, TakesItsParametersAndItsSpec) {
  const Question question = parse_question({{"as_of", "42"},
                                            {"at_least", "7"},
                                            {"for", "2022-07"},
                                            {"format", "text"},
                                            {"lang", "zh"}},
                                           "text/toml; charset=utf-8", "name = \"mine\"")
                                .value();

  EXPECT_EQ(question.as_of.offset, Offset{42});
  EXPECT_EQ(question.at_least, Offset{7});
  EXPECT_EQ(to_string(*question.period), "2022-07-01..2022-07-31");
  EXPECT_EQ(question.format, ReportFormat::kText);
  EXPECT_EQ(question.language, Language::kChinese);
  EXPECT_EQ(question.spec.name, "mine");
}

TEST(Question, MayNameATimeToTellOf) {
  const Question question =
      parse_question({{"as_of", "2022-08-25T20:00:00+08:00"}}, "", "").value();

  EXPECT_EQ(question.as_of.time, at("2022-08-25T12:00:00Z").at);
}

TEST(Question, IsRefusedByNameWhenItCannotBeMeant) {
  const auto refused = [](std::string name, std::string value) {
    return parse_question({{std::move(name), std::move(value)}}, "", "").error().message();
  };
  EXPECT_THAT(refused("asof", "1"), HasSubstr("did you mean as_of?"));
  EXPECT_THAT(refused("as_of", "yesterday"), HasSubstr("an offset such as"));
  EXPECT_THAT(refused("as_of", "-1"), HasSubstr("an offset such as"));
  EXPECT_THAT(refused("at_least", "2022-08-25T20:00:00Z"), HasSubstr("an offset"));
  EXPECT_THAT(refused("for", "July"), HasSubstr("2022-06"));
  EXPECT_THAT(refused("format", "xml"), HasSubstr("json, text"));
  EXPECT_THAT(refused("lang", "fr"), HasSubstr("zh, en"));
  EXPECT_EQ(parse_question({}, "text/plain", "x").error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace lamplight::tally::test
