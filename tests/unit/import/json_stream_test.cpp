#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import/alert_stream.hpp"

namespace lamplight::importer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Read {
  std::vector<std::string> alerts;
  std::vector<std::uint64_t> lines;
  std::string error;
};

Read read(std::string_view text, std::size_t piece) {
  TextSource bytes(text, piece);
  const auto stream = make_json_stream(bytes, "alerts.json");
  Read out;
  ImportItem item;
  while (true) {
    auto there = stream->next(item);
    if (!there) out.error = there.error().message();
    if (!there || !*there) return out;
    out.alerts.push_back(item.json);
    out.lines.push_back(item.line);
  }
}

TEST(JsonStream, ReadsAnArrayAndLinesAlikeWhateverTheBorders) {
  for (const std::string_view text : {"[{\"a\":1},\n {\"b\":[{}]} ]\n", "{\"a\":1}\n{\"b\":[{}]}",
                                      "\xEF\xBB\xBF{\"a\":1}\r\n\r\n{\"b\":[{}]}\n"}) {
    for (const std::size_t piece : {1U, 2U, 4096U}) {
      const Read got = read(text, piece);
      EXPECT_EQ(got.error, "");
      EXPECT_THAT(got.alerts, ElementsAre("{\"a\":1}", "{\"b\":[{}]}")) << text;
    }
  }
}

TEST(JsonStream, AnAlertOverSeveralLinesBecomesOne) {
  const Read got = read("[\n{\n\"a\": \"}\\\"{\"\n}\n]", 3);

  EXPECT_THAT(got.alerts, ElementsAre("{ \"a\": \"}\\\"{\" }"));
  EXPECT_THAT(got.lines, ElementsAre(2));
}

TEST(JsonStream, AnEmptyArrayAndAnEmptyFileHoldNothing) {
  for (const std::string_view text : {"", "[]", " [ ] \n"}) {
    const Read got = read(text, 1);
    EXPECT_TRUE(got.alerts.empty() && got.error.empty()) << text << got.error;
  }
}

TEST(JsonStream, WhatIsWrongIsNamedByLineAndColumn) {
  EXPECT_THAT(read("a,b\n", 1).error,
              HasSubstr("alerts.json:1:1: an alert begins with {; is this a CSV file?"));
  EXPECT_THAT(read("[{} {}]", 1).error,
              HasSubstr("alerts.json:1:5: between the alerts of an array stands a comma"));
  EXPECT_THAT(read("[{},]", 1).error, HasSubstr("an alert begins with {"));
  EXPECT_THAT(read("[{}", 1).error, HasSubstr("cut off"));
  EXPECT_THAT(read("{\"a\":1", 1).error, HasSubstr("cut off"));
  EXPECT_THAT(read("[] {}", 1).error, HasSubstr("something follows"));
  EXPECT_THAT(read("{\"a\":\"\n\"}", 1).error,
              HasSubstr("alerts.json:1:7: a line end inside a text"));
  EXPECT_THAT(read("{}\n{\"a\":\"\xFF\"}", 1).error, HasSubstr("alerts.json:2:7: no UTF-8 text"));
  EXPECT_THAT(read(std::string_view("{\"a\":\0}", 7), 1).error, HasSubstr("NUL"));
}

TEST(JsonStream, AnAlertBeyondTheLimitIsRefusedInBoundedMemory) {
  EXPECT_THAT(read("{\"a\":\"" + std::string(70'000, 'x'), 4096).error,
              HasSubstr("more than 65536 bytes"));
}

}  // namespace
}  // namespace lamplight::importer
