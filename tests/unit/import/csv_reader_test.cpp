#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "csv_text.hpp"

namespace lamplight::importer {
namespace {

using testing::HasSubstr;

struct Oddity {
  const char* name;
  std::string_view text;
  Table rows;
  CsvOptions options = {};
};
void PrintTo(const Oddity& oddity, std::ostream* out) { *out << oddity.name; }

class CsvOddities : public testing::TestWithParam<Oddity> {};

TEST_P(CsvOddities, AreRead) {
  for (const std::size_t piece : {1U, 2U, 3U, 4096U}) {
    const auto table = read_table(GetParam().text, GetParam().options, piece);
    ASSERT_TRUE(table.ok()) << table.error().message();
    EXPECT_EQ(*table, GetParam().rows) << "in pieces of " << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvOddities,
    testing::Values(
        Oddity{"Plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
        Oddity{"NoLineEndAtTheEnd", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
        Oddity{"CrLf", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
        Oddity{"CrAlone", "a,b\rc,d\r", {{"a", "b"}, {"c", "d"}}},
        Oddity{"ByteOrderMark",
               "\xEF\xBB\xBF"
               "a,b\n",
               {{"a", "b"}}},
        Oddity{"ByteOrderMarkBeforeAQuote", "\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}}},
        Oddity{"BlankValues", ",\n,,\n", {{"", ""}, {"", "", ""}}},
        Oddity{"BlankLinesArePassedOver", "\na\n\n\r\nb\n\n", {{"a"}, {"b"}}},
        Oddity{"AQuotedBlankIsARow", "\"\"\n", {{""}}},
        Oddity{"QuotedDelimiter", "\"a,b\",c\n", {{"a,b", "c"}}},
        Oddity{"DoubledQuote", "\"say \"\"hi\"\"\",c\n", {{"say \"hi\"", "c"}}},
        Oddity{"OnlyQuotes", "\"\"\"\"\"\"\n", {{"\"\""}}},
        Oddity{"LineEndInside", "\"a\nb\",c\n\"d\r\ne\",f\n", {{"a\nb", "c"}, {"d\r\ne", "f"}}},
        Oddity{"QuotedAtTheEndOfTheFile", "a,\"b\"", {{"a", "b"}}},
        Oddity{"BlanksAreKept", " a , b \n", {{" a ", " b "}}},
        Oddity{"Semicolons", "a;b,c\n", {{"a", "b,c"}}, {.delimiter = ';'}},
        Oddity{"Tabs", "a\t\"b\tc\"\n", {{"a", "b\tc"}}, {.delimiter = '\t'}},
        Oddity{"NothingIsQuoted", "5\" pipe,\"x\n", {{"5\" pipe", "\"x"}}, {.quote = 0}},
        Oddity{"Chinese", "编号,类别\n1,盗窃\n", {{"编号", "类别"}, {"1", "盗窃"}}},
        Oddity{"Empty", "", {}}, Oddity{"OnlyAByteOrderMark", "\xEF\xBB\xBF", {}}),
    [](const auto& one) { return one.param.name; });

struct Fault {
  const char* name;
  std::string_view text;
  const char* message;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class CsvFaults : public testing::TestWithParam<Fault> {};

TEST_P(CsvFaults, NameFileLineAndColumn) {
  for (const std::size_t piece : {1U, 4096U}) {
    const auto table = read_table(GetParam().text, {}, piece);
    ASSERT_FALSE(table.ok());
    EXPECT_THAT(table.error().message(), HasSubstr(GetParam().message)) << "in pieces of " << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvFaults,
    testing::Values(
        Fault{"QuoteInsideAValue", "a,b\nc,5\" pipe\n", "calls.csv:2:4: a quote inside a value"},
        Fault{"SomethingBehindAQuote", "a,b\n\"c\"d,e\n",
              "calls.csv:2:4: something follows a closing quote"},
        Fault{"QuoteNeverClosed", "a,b\nc,\"d\ne,f\n",
              "calls.csv:2:3: a quote that opens here is never closed"},
        Fault{"ColumnsCountCharacters", "盗窃,\"x\"y\n", "calls.csv:1:7: something follows"},
        Fault{"LinesInsideQuotesCount", "\"a\nb\"\nc,d\"\n", "calls.csv:3:4: a quote inside"},
        Fault{"NoUtf8", "a,b\nc\xFF,d\n", "calls.csv:2:2: no UTF-8 text"},
        Fault{"Utf8CutOff", "a\n\xE7\x9B", "calls.csv:2:1: no UTF-8 text"},
        Fault{"Overlong", "\xC0\xAF,b,c,d\n", "calls.csv:1:1: no UTF-8 text"},
        Fault{"Surrogate", "abc\xED\xA0\x80\n", "calls.csv:1:4: no UTF-8 text"},
        Fault{"Gzip", "\x1F\x8B\x08 and more", "zcat FILE"},
        Fault{"Spreadsheet", std::string_view("PK\x03\x04 and more"), "save it as CSV"},
        Fault{"Utf16",
              "\xFF\xFE"
              "a,b,",
              "UTF-16"}),
    [](const auto& one) { return one.param.name; });

TEST(CsvReader, ARowWithoutEndIsRefusedInBoundedMemory) {
  const std::string text = "a,\"" + std::string(kMaxCsvRowBytes + 10, 'x');

  const auto table = read_table(text, {}, 4096);

  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code(), Code::kTooLarge);
}

TEST(CsvReader, MoreColumnsThanTheLimitAreRefused) {
  const auto table = read_table(std::string(kMaxCsvColumns, ','), {}, 4096);

  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code(), Code::kTooLarge);
}

TEST(CsvReader, RowsTellWhereTheyBegin) {
  TextSource source("h\n\n\"a\nb\"\nc\n");
  CsvReader reader(source, {}, "calls.csv");
  CsvRow row;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  while (reader.next(row).value()) places.emplace_back(row.number, row.line);

  EXPECT_THAT(places, testing::ElementsAre(std::pair{1, 1}, std::pair{2, 3}, std::pair{3, 5}));
}

TEST(CsvReader, LinesAboveTheHeaderArePassedOver) {
  TextSource source("Report of \"calls\r\nmade today\na,b\n");
  CsvReader reader(source, {}, "calls.csv");
  ASSERT_TRUE(reader.skip_lines(2).ok());
  CsvRow row;

  ASSERT_TRUE(reader.next(row).value());

  EXPECT_THAT(row.fields, testing::ElementsAre("a", "b"));
  EXPECT_EQ(row.line, 3U);
}

TEST(TextDecoder, Gb18030BecomesUtf8WhateverTheBorders) {
  // 盗窃 (two bytes a character), 㐀 (four bytes), and 乗 whose second byte is a backslash.
  const std::string_view text = "\xB5\xC1\xC7\xD4,\x81\x39\xEE\x39,\x81\x5C\n";
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 4096U}) {
    const auto table = read_table(text, {}, piece, Encoding::kGb18030);
    ASSERT_TRUE(table.ok()) << table.error().message();
    EXPECT_EQ(*table, (Table{{"盗窃", "㐀", "乗"}})) << "in pieces of " << piece;
  }
}

TEST(TextDecoder, WhatIsNoGb18030IsNamedByLineAndColumn) {
  const auto table = read_table("ok\n\xB5\xC1\xFF\xFF\n", {}, 4096, Encoding::kGb18030);

  ASSERT_FALSE(table.ok());
  EXPECT_THAT(table.error().message(), HasSubstr("calls.csv:2:2: no GB18030 text"));
}

TEST(TextDecoder, Windows1252BecomesUtf8) {
  EXPECT_EQ(*read_table("\x80\x93\x92\x9F,\xE9\n", {}, 1, Encoding::kWindows1252),
            (Table{{"€“’Ÿ", "é"}}));
  const auto undefined = read_table("ab\x81\n", {}, 4096, Encoding::kWindows1252);
  ASSERT_FALSE(undefined.ok());
  EXPECT_THAT(undefined.error().message(), testing::HasSubstr(":1:3: no windows-1252 text"));
}

TEST(TextDecoder, Latin1WithQuotesOfWindowsNamesTheEncodingItIs) {
  const auto table = read_table("ok\nit\x92s\n", {}, 4096, Encoding::kLatin1);
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(table.error().message(), testing::HasSubstr(":2:3: "));
  EXPECT_THAT(table.error().message(), testing::HasSubstr("encoding = \"windows-1252\""));
}

TEST(TextDecoder, Latin1BecomesUtf8) {
  EXPECT_EQ(*read_table("D\xFAn,\xE9\n", {}, 1, Encoding::kLatin1), (Table{{"Dún", "é"}}));
}

// --- the property: what was written is read back ---------------------------------------------------------------------

std::string written(const Table& table, std::mt19937_64& random, char delimiter) {
  std::string out;
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out.push_back(delimiter);
      const bool must = row[i].find_first_of("\"\r\n") != std::string::npos ||
                        row[i].find(delimiter) != std::string::npos ||
                        (row.size() == 1 && row[i].empty());
      if (!must && random() % 4 != 0) {
        out += row[i];
        continue;
      }
      out.push_back('"');
      for (const char c : row[i]) out.append(c == '"' ? 2 : 1, c);
      out.push_back('"');
    }
    out += random() % 2 == 0 ? "\n" : "\r\n";
  }
  return out;
}

TEST(CsvReader, ReadsBackEveryTableThatWasWritten) {
  constexpr std::uint64_t kSeed = 20220825;
  std::mt19937_64 random(kSeed);
  const std::vector<std::string> pieces = {"a",    ",", ";",  "\"", "\n", "\r",
                                           "\r\n", " ", "盗", "0",  "\t", "'"};
  for (int round = 0; round < 2000; ++round) {
    const char delimiter = round % 2 == 0 ? ',' : ';';
    Table table(random() % 5);
    for (auto& row : table) {
      row.resize(1 + random() % 4);
      for (auto& value : row) {
        for (auto n = random() % 5; n > 0; --n) value += pieces[random() % pieces.size()];
      }
    }
    const std::string text = written(table, random, delimiter);

    const auto back = read_table(text, {.delimiter = delimiter}, 1 + random() % 7);

    ASSERT_TRUE(back.ok()) << back.error().message() << " in round " << round;
    ASSERT_EQ(*back, table) << "in round " << round << " of seed " << kSeed << "\n" << text;
  }
}

}  // namespace
}  // namespace lamplight::importer
