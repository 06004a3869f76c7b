#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conversion.hpp"

namespace lamplight::importer {
namespace {

using testing::HasSubstr;

const std::string kWhole = mapping_with(kAlert);

TEST(Mapping, NamesItsColumnsOnceWithTheirLines) {
  const auto mapping = read_mapping(
      mapping_with(kAlert + "partner_ref = { template = \"{A}-{#3}\" }\n"), "map.toml");

  ASSERT_TRUE(mapping.ok()) << mapping.error().message();
  ASSERT_EQ(mapping->columns.size(), 3U);
  EXPECT_EQ(mapping->columns[0].name, "A");
  EXPECT_EQ(mapping->columns[1].number, 3U);
  EXPECT_EQ(mapping->columns[2].name, "T");
}

TEST(Mapping, ItsDigestIsThatOfItsText) {
  EXPECT_EQ(read_mapping(kWhole, "a.toml")->digest, read_mapping(kWhole, "b.toml")->digest);
  EXPECT_NE(read_mapping(kWhole, "a.toml")->digest, read_mapping(kWhole + "\n", "a.toml")->digest);
}

struct Mistake {
  const char* name;
  std::string toml;
  const char* message;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class MappingMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(MappingMistakes, AreNamedByFileLineAndKey) {
  const auto mapping = read_mapping(GetParam().toml, "map.toml");

  ASSERT_FALSE(mapping.ok());
  EXPECT_EQ(mapping.error().code(), Code::kInvalid);
  EXPECT_THAT(mapping.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, MappingMistakes,
    testing::Values(
        Mistake{"NoToml", "[time\n", "map.toml:1:6: "},
        Mistake{"UnknownTable", kWhole + "[stage]\n",
                "map.toml:8: stage: no such key; did you mean stages?"},
        Mistake{"UnknownKey", kWhole + "ocurred_at = \"T\"\n",
                "map.toml:8: alert.ocurred_at: no such key; did you mean occurred_at?"},
        Mistake{"UnknownKeyOfAValue", kWhole + "status = { colunm = \"S\" }\n", "alert.status"},
        Mistake{"UnknownKeyFarFromAny", "[file]\nzzzzzzzzzz = 1\n" + kWhole,
                "map.toml:2: file.zzzzzzzzzz: no such key; known here: delimiter"},
        Mistake{"WrongKind", "[file]\nheader = \"yes\"\n" + kWhole,
                "map.toml:2: file.header: must be true or false"},
        Mistake{"TableExpected", "file = 3\n" + kWhole, "map.toml:1: file: must be a table"},
        Mistake{"TwoCharacters", "[file]\ndelimiter = \"||\"\n" + kWhole,
                "map.toml:2: file.delimiter: must be one ASCII character"},
        Mistake{"QuoteIsTheDelimiter", "[file]\ndelimiter = \"'\"\nquote = \"'\"\n" + kWhole,
                "is the delimiter"},
        Mistake{"UnknownEncoding", "[file]\nencoding = \"ebcdic\"\n" + kWhole,
                "utf-8, gb18030, latin1, windows-1252"},
        Mistake{"NoZone", kAlert, "has no zone"},
        Mistake{"UnknownZone", mapping_with(kAlert, "Europe/Dubln"),
                "map.toml:2: time.zone: no time zone \"Europe/Dubln\""},
        Mistake{"BadFormat", mapping_with("format = \"%I:%M\"\n" + kAlert),
                "map.toml:3: time.format: \"%I:%M\""},
        Mistake{"NoArea",
                mapping_with("[alert]\nclass = \"C\"\ncategory = \"C\"\nreported_at = \"T\"\n"),
                "alert.area: is missing"},
        Mistake{"NoReportedAt",
                mapping_with("[alert]\nclass = \"C\"\ncategory = \"C\"\narea = \"A\"\n"),
                "alert.reported_at: is missing"},
        Mistake{"NoSource", kWhole + "status = { case = \"upper\" }\n",
                "map.toml:8: alert.status: says not where the value comes from"},
        Mistake{"TwoSources", kWhole + "status = { column = \"S\", constant = \"Test\" }\n",
                "alert.status: give one of column"},
        Mistake{"TemplateWithoutColumn", kWhole + "status = { template = \"Test\" }\n",
                "names no column"},
        Mistake{"TemplateWithOpenBrace", kWhole + "status = { template = \"{S\" }\n",
                "braces go round"},
        Mistake{"TemplateWithCloseBrace", kWhole + "status = { template = \"{S} }\" }\n",
                "braces go round"},
        Mistake{"ColumnZero", kWhole + "status = { column = 0 }\n", "its number from 1"},
        Mistake{"OtherwiseAlone", kWhole + "status = { column = \"S\", otherwise = \"Test\" }\n",
                "means something only beside codes or prefixes"},
        Mistake{"OtherwiseAndKeep",
                kWhole + "status = { column = \"S\", codes = { a = \"b\" }, otherwise = \"Test\", "
                         "keep_unknown = true }\n",
                "contradicts otherwise"},
        Mistake{"SplitWithoutPart",
                kWhole + "status = { column = \"S\", split = { at = \":\" } }\n",
                "says not which part"},
        Mistake{"SplitAtNothing",
                kWhole + "status = { column = \"S\", split = { at = \"\", part = 1 } }\n",
                "alert.status.split.at"},
        Mistake{"UnknownCase", kWhole + "status = { column = \"S\", case = \"title\" }\n",
                "keep, upper, lower"},
        Mistake{"UnknownTake", kWhole + "status = { column = \"S\", take = \"sum\" }\n",
                "first, last, min, max"},
        Mistake{"UnknownUnit", kWhole + "amount_fen = { column = \"S\", unit = \"dollar\" }\n",
                "yuan, fen, wan_yuan"},
        Mistake{"TimeWithoutDate",
                kWhole + "occurred_at = { column = \"T\", format = \"%H:%M\" }\n", "has no date"},
        Mistake{"StageCountsFromNothing",
                kWhole + "[stages]\narrive = { column = \"T\", base = \"occurred_at\" }\n",
                "stages.arrive: counts from occurred_at"},
        Mistake{"IncidentWithoutKey", kWhole + "[incident]\nrows = \"adjacent\"\n",
                "incident.key: is missing"},
        Mistake{"IncidentWithEmptyKey", kWhole + "[incident]\nkey = []\n", "at least one column"},
        Mistake{"SkipWithoutTest", kWhole + "[[skip]]\ncolumn = \"S\"\n",
                "map.toml:8: skip: needs one of equals"},
        Mistake{"SkipWithoutColumn", kWhole + "[[skip]]\nequals = \"x\"\n",
                "skip.column: is missing"},
        Mistake{"SkipIsNoList", kWhole + "[skip]\ncolumn = \"S\"\n", "must be a list of tables"},
        Mistake{"CodesAreNoTable", kWhole + "status = { column = \"S\", codes = [\"a\"] }\n",
                "must be a table"},
        Mistake{"ReplaceIsNoPair", kWhole + "status = { column = \"S\", replace = [[\"a\"]] }\n",
                "must be pairs"}),
    [](const auto& one) { return one.param.name; });

// --- what only shows when the file is there --------------------------------------------------------------------------

TEST(MappingBinding, AColumnThatIsNotThereIsNamedWithTheNearest) {
  EXPECT_THAT(
      convert(mapping_with(kAlert + "partner_ref = \"Call Number\"\n"), "CallNumber,A,T\n").error,
      HasSubstr(
          "map.toml:8: the file has no column \"Call Number\"; did you mean \"CallNumber\"?"));
}

TEST(MappingBinding, AColumnThatIsThereTwiceMustBeNamedByNumber) {
  EXPECT_THAT(convert(kWhole, "A,T,A\n").error,
              HasSubstr("more than one column \"A\"; name it by its number: column = 1"));
}

TEST(MappingBinding, ANumberBeyondTheFileIsRefused) {
  EXPECT_THAT(convert(mapping_with(kAlert + "partner_ref = 9\n"), "A,T\n").error,
              HasSubstr("column 9 of a file with 2 columns"));
}

TEST(MappingBinding, WithoutHeaderColumnsAreNamedByTheMappingOrByNumber) {
  const std::string by_name = "[file]\nheader = false\ncolumns = [\"T\", \"A\"]\n" + kWhole;
  const std::string by_number =
      "[file]\nheader = false\n" + mapping_with(
                                       "[alert]\nclass = { constant = \"fire\" }\ncategory = { "
                                       "constant = \"alarm\" }\narea = 2\nreported_at = 1\n");
  for (const std::string& toml : {by_name, by_number}) {
    const Conversion made = convert(toml, "2020-01-01 01:02:03,wuma\n");

    ASSERT_EQ(made.items.size(), 1U) << made.error;
    EXPECT_EQ(field(made.at(0), "area"), "wuma");
  }
}

TEST(MappingBinding, AFileOfAnotherWidthThanTheNamedColumnsIsRefused) {
  EXPECT_THAT(
      convert("[file]\nheader = false\ncolumns = [\"T\", \"A\"]\n" + kWhole, "1,2,3\n").error,
      HasSubstr("calls.csv:1: 3 columns"));
}

TEST(MappingBinding, ColumnsNobodyUsesAreReported) {
  const Conversion made = convert("[file]\nignore = [\"e\"]\n" + kWhole, "A,T,e,lat\n");

  EXPECT_THAT(made.report.unused_columns, testing::ElementsAre("lat"));
}

}  // namespace
}  // namespace lamplight::importer
