#include "http/item_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace lamplight::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Format = ItemSplitter::Format;

constexpr ItemSplitter::Limits kSmall{.item_bytes = 40, .depth = 4};

/// What came out, an entry an item or error, in words that can be compared.
struct Heard {
  std::vector<std::string> items;
  std::string failure;
  bool operator==(const Heard&) const = default;
};

void PrintTo(const Heard& heard, std::ostream* out) {
  for (const auto& item : heard.items) *out << "\n  " << item;
  *out << "\n  failure: " << heard.failure;
}

class Listener {
 public:
  explicit Listener(Format format, ItemSplitter::Limits limits) : splitter_(format, limits) {}

  /// False after a fatal error.
  bool feed(std::string_view piece) { return note(splitter_.feed(piece, on_item_)); }
  Heard finish() {
    if (heard_.failure.empty()) note(splitter_.finish(on_item_));
    return heard_;
  }

 private:
  bool note(const Result<void>& result) {
    if (!result) heard_.failure = result.error().message();
    return result.ok();
  }

  Heard heard_;
  ItemSplitter::OnItem on_item_ = [this](const ItemSplitter::Item& item) {
    EXPECT_EQ(item.index, heard_.items.size());
    heard_.items.push_back(item.error == nullptr ? std::string(item.text)
                                                 : std::string(to_string(item.error->code())) +
                                                       ": " + item.error->message());
  };
  ItemSplitter splitter_;
};

Heard split(Format format, std::string_view body, ItemSplitter::Limits limits = kSmall) {
  Listener listener(format, limits);
  listener.feed(body);
  return listener.finish();
}

TEST(ItemSplitter, TakesOneObjectWholeAsItStands) {
  EXPECT_EQ(split(Format::kJson, " {\"a\": [1, {\"b\": 2}]}\n"),
            (Heard{{"{\"a\": [1, {\"b\": 2}]}"}, ""}));
}

TEST(ItemSplitter, TakesTheObjectsOfAnArray) {
  EXPECT_EQ(split(Format::kJson, "[ {\"a\":1} ,\r\n{\"b\":2},{}]\n"),
            (Heard{{"{\"a\":1}", "{\"b\":2}", "{}"}, ""}));
  EXPECT_EQ(split(Format::kJson, "[]"), (Heard{{}, ""}));
}

TEST(ItemSplitter, TakesALineAnItemAndSkipsBlankOnes) {
  EXPECT_EQ(split(Format::kNdjson, "\n{\"a\":1}\r\n\n  \t\n{\"b\":2}  \n{\"c\":3}"),
            (Heard{{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}, ""}));
}

TEST(ItemSplitter, TellsTheShapeByItsFirstByte) {
  EXPECT_EQ(split(Format::kByFirstByte, "[{},{}]"), (Heard{{"{}", "{}"}, ""}));
  EXPECT_EQ(split(Format::kByFirstByte, "{}\n{\n}\n"), (Heard{{"{}", "{\n}"}, ""}));
}

TEST(ItemSplitter, PassesOverAByteOrderMark) {
  EXPECT_EQ(split(Format::kJson, "\xEF\xBB\xBF{}"), (Heard{{"{}"}, ""}));
  EXPECT_EQ(split(Format::kNdjson, "\xEF\xBB\xBF{}\n"), (Heard{{"{}"}, ""}));
}

TEST(ItemSplitter, IsNotMisledByStringsAndEscapes) {
  const std::string tricky = R"({"a\"}":"]}\\","b":"{[\\\""})";
  EXPECT_EQ(split(Format::kJson, "[" + tricky + ",{}]"), (Heard{{tricky, "{}"}, ""}));
  EXPECT_EQ(split(Format::kNdjson, tricky + "\n{}"), (Heard{{tricky, "{}"}, ""}));
}

TEST(ItemSplitter, AnItemOverTheSizeLimitCostsOnlyItself) {
  const std::string at_limit = "{\"a\":\"" + std::string(32, 'x') + "\"}";
  const std::string over = "{\"a\":\"" + std::string(33, 'x') + "\"}";
  ASSERT_EQ(at_limit.size(), kSmall.item_bytes);
  const Heard array = split(Format::kJson, "[" + over + "," + at_limit + "]");
  EXPECT_THAT(array.items,
              ElementsAre("too_large: item 0, byte 41: the item is over the size limit", at_limit));
  EXPECT_EQ(array.failure, "");
  const Heard lines = split(Format::kNdjson, over + "\n" + at_limit + "\n");
  EXPECT_THAT(lines.items, ElementsAre(HasSubstr("too_large: item 0"), at_limit));
}

TEST(ItemSplitter, AnItemNestedTooDeepCostsOnlyItself) {
  const Heard heard = split(Format::kJson, R"([{"a":[[[1]]]},{"a":[[[[{}]]]]},{"b":[[[]]]}])");
  EXPECT_THAT(heard.items, ElementsAre(R"({"a":[[[1]]]})",
                                       HasSubstr("too_large: item 1, byte 23: the item is nested"),
                                       R"({"b":[[[]]]})"));
  EXPECT_EQ(heard.failure, "");
}

TEST(ItemSplitter, ABadLineCostsOnlyItself) {
  const Heard heard =
      split(Format::kNdjson, "{}\nnonsense\n{\"a\":[}\n{\"a\":1\n{} {}\n[{}]\n{\"z\":1}\n");
  EXPECT_THAT(heard.items,
              ElementsAre("{}", "invalid: item 1, byte 3: the line does not begin with '{'",
                          HasSubstr("item 2, byte 18: brackets and braces do not match"),
                          HasSubstr("item 3, byte 26: the line ends inside the object"),
                          HasSubstr("item 4, byte 30: something follows the object"),
                          HasSubstr("item 5, byte 33: the line does not begin"), "{\"z\":1}"));
  EXPECT_EQ(heard.failure, "");
}

TEST(ItemSplitter, GarbageIsFatalAndNamesItemAndByte) {
  EXPECT_EQ(split(Format::kJson, "[{},x{}]"),
            (Heard{{"{}"}, "item 1, byte 4: expected an object, beginning with '{'"}));
  EXPECT_EQ(split(Format::kJson, "[{} {}]").failure,
            "item 1, byte 4: expected ',' or ']' after an item");
  EXPECT_EQ(split(Format::kJson, "[{},]").failure,
            "item 1, byte 4: expected an object, beginning with '{'");
  EXPECT_EQ(split(Format::kJson, "[,{}]").failure,
            "item 0, byte 1: expected an object, beginning with '{'");
  EXPECT_EQ(split(Format::kJson, "[{}]]").failure, "item 1, byte 4: something follows the array");
  EXPECT_THAT(split(Format::kJson, "{}{}").failure,
              HasSubstr("item 1, byte 2: something follows the object"));
  EXPECT_EQ(split(Format::kJson, "[{\"a\":[}]").failure,
            "item 0, byte 7: brackets and braces do not match");
  EXPECT_EQ(split(Format::kJson, "\"text\"").failure,
            "item 0, byte 0: expected an object or an array of objects");
  EXPECT_EQ(split(Format::kByFirstByte, "{}7").failure,
            "item 1, byte 2: expected an object, beginning with '{'");
}

TEST(ItemSplitter, ATruncatedEndIsAnError) {
  EXPECT_EQ(split(Format::kJson, "[{},{\"a\":").failure,
            "item 1, byte 9: the body ends inside an item");
  EXPECT_EQ(split(Format::kJson, "[{}").failure,
            "item 1, byte 3: the body ends before the array's ']'");
  EXPECT_EQ(split(Format::kJson, "[{},").failure,
            "item 1, byte 4: the body ends before the array's ']'");
  EXPECT_EQ(split(Format::kJson, "{\"a\":\"").failure,
            "item 0, byte 6: the body ends inside an item");
  EXPECT_EQ(split(Format::kJson, "  ").failure, "item 0, byte 2: the body is empty");
  EXPECT_EQ(split(Format::kNdjson, "").failure, "item 0, byte 0: the body is empty");
  EXPECT_THAT(split(Format::kNdjson, "{}\n{\"a\":").items,
              ElementsAre("{}", "invalid: item 1, byte 8: the body ends inside the object"));
}

TEST(ItemSplitter, RepeatsAFatalErrorAndTakesNothingMore) {
  Listener listener(Format::kJson, kSmall);
  EXPECT_FALSE(listener.feed("[{},x"));
  EXPECT_FALSE(listener.feed("{},{}]"));
  EXPECT_THAT(listener.finish().items, ElementsAre("{}"));
}

TEST(ItemSplitter, ReadsMediaTypesWithParameters) {
  EXPECT_EQ(ItemSplitter::format_of("Application/JSON ; charset=utf-8"), Format::kJson);
  EXPECT_EQ(ItemSplitter::format_of("application/x-ndjson"), Format::kNdjson);
  EXPECT_EQ(ItemSplitter::format_of("text/csv"), std::nullopt);
  EXPECT_EQ(ItemSplitter::format_of(""), std::nullopt);
}

// Bodies of every shape, right and wrong; random ones are made from the bytes that matter.
std::vector<std::string> bodies() {
  std::vector<std::string> all{
      "[{\"a\":1},{\"b\":\"x\\\"}\"},{}]",
      "\xEF\xBB\xBF\n{\"a\":{\"b\":[1,2]}}\n{\"c\":\"\\\\\"}\n\nbad\n{}",
      "[{\"a\":\"" + std::string(60, 'y') + "\"},{\"a\":[[[[[]]]]]},{\"ok\":1}]",
      "{\"a\":\"" + std::string(60, 'y') + "\"}\n{\"ok\":1}  \n{} x\n",
      "[{},]",
      "[{}",
      "{\"a\":[}",
      "",
      "  "};
  std::mt19937 random(20260101);
  constexpr std::string_view kBytes = "{}[]\"\\,\n \n{}{}ab:1";
  for (int i = 0; i < 3000; ++i) {
    std::string body = i % 2 == 0 ? "" : "[";
    const std::size_t length = random() % 90;
    while (body.size() < length) body += kBytes[random() % kBytes.size()];
    all.push_back(std::move(body));
  }
  return all;
}

TEST(ItemSplitterProperty, HoweverTheBodyIsCutTheSameComesOut) {
  std::mt19937 random(7);
  for (const std::string& body : bodies()) {
    for (const Format format : {Format::kJson, Format::kNdjson, Format::kByFirstByte}) {
      const Heard whole = split(format, body);

      Listener bytes(format, kSmall);
      for (const char c : body) bytes.feed(std::string(1, c));
      ASSERT_EQ(bytes.finish(), whole) << "byte by byte: " << body;

      Listener pieces(format, kSmall);
      for (std::size_t at = 0; at < body.size();) {
        const std::size_t n = std::min(body.size() - at, std::size_t{random() % 12});
        pieces.feed(std::string(
            body, at, n));  // a copy of its own, so that looking outside the piece is noticed
        at += n;
      }
      ASSERT_EQ(pieces.finish(), whole) << "in pieces: " << body;
    }
  }
}

TEST(ItemSplitterProperty, WhatIsPutTogetherComesApartAgain) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> items;
    const std::size_t count = 1 + random() % 8;
    for (std::size_t i = 0; i < count; ++i) {
      std::string text;
      while (text.size() < random() % 10) text += std::string_view("{}[],:x")[random() % 7];
      items.push_back("{\"k\":\"" + text + "\\\"\",\"n\":[" + std::to_string(random() % 100) +
                      "]}");
    }
    std::string array = "[";
    std::string lines;
    for (const auto& item : items) {
      array += (array.size() > 1 ? " ,\n" : "") + item;
      lines += item + "\n";
    }
    ASSERT_EQ(split(Format::kJson, array + "]"), (Heard{items, ""})) << array;
    ASSERT_EQ(split(Format::kNdjson, lines), (Heard{items, ""})) << lines;
    ASSERT_EQ(split(Format::kByFirstByte, lines), (Heard{items, ""})) << lines;
  }
}

}  // namespace
}  // namespace lamplight::http
