#include "conversion.hpp"
#include "import/judge.hpp"

/// A mapping with `record = …` makes reports: the fields are the schema's, the language is that of alerts.
namespace lamplight::importer {
namespace {

const std::string kHead = R"(
record = "clearance-report"
[time]
zone = "Asia/Shanghai"
format = "%Y-%m-%d"
)";
const std::string kReport = kHead + R"(
[report]
partner_ref = "no"
clearance = { constant = "qc-16" }
unit = { column = "unit", codes = { "五马" = "wuma" } }
with_units = { column = "with", each = ";" }
happened_at = "day"
reported_at = "day"
)";
const std::string kCounts = R"(
[[counts]]
what = { constant = "police" }
n = "police"
[[counts]]
what = { constant = "site" }
kind = "kind"
result = { constant = "passed" }
n = "sites"
bound = { column = "about", codes = { "y" = "at_least" } }
[[counts]]
what = { constant = "amount_fen" }
n = { column = "fine", unit = "yuan" }
)";
const std::string kColumns = "no,unit,with,day,police,kind,sites,about,fine\n";

std::string complaint(const std::string& toml) {
  const auto mapping = read_mapping(toml, "map.toml");
  return mapping.ok() ? "taken" : mapping.error().message();
}

TEST(ReportMapping, MakesTheReportThatIntakeTakes) {
  const auto made = convert(
      kReport + kCounts, kColumns + "R1,五马,lucheng;qidu,2022-08-25,40,hotel,\"1,010\",y,12.5\n");

  EXPECT_EQ(made.at(0),
            R"({"partner_ref":"R1","status":"Actual","clearance":"qc-16","unit":"wuma",)"
            R"("with_units":["lucheng","qidu"],"happened_at":"2022-08-25T00:00:00+08:00",)"
            R"("reported_at":"2022-08-25T00:00:00+08:00","counts":[{"what":"police","n":40},)"
            R"({"what":"site","kind":"hotel","result":"passed","n":1010,"bound":"at_least"},)"
            R"({"what":"amount_fen","n":1250}]})");
  const auto codes = CodeLists::builtin();
  const auto judge = make_judge(*find_record("clearance-report"), *codes);
  EXPECT_TRUE(judge->look_at(made.at(0), TimeUs{2'000'000'000'000'000}).empty());
  EXPECT_FALSE(judge->look_at(made.at(0), TimeUs{0}).empty()) << "nothing lies ahead";
}

TEST(ReportMapping, ABlankNumberIsNotSaidAndNeverNought) {
  const auto made = convert(kReport + kCounts, kColumns + "R1,五马,,2022-08-25,,hotel,0,,\n");

  EXPECT_EQ(field(made.at(0), "counts"),
            R"([{"what":"site","kind":"hotel","result":"passed","n":0}])");
  EXPECT_EQ(field(made.at(0), "n"), "0");
}

TEST(ReportMapping, RefusesWhatIsNoWholeNumber) {
  for (const std::string bad : {"12.0", "about 12", "1,2", "-"}) {
    const auto made =
        convert(kReport + kCounts, kColumns + "R1,五马,,2022-08-25,\"" + bad + "\",,,,\n");
    EXPECT_EQ(made.at(0), "/counts/0/n integer") << bad;
  }
}

TEST(ReportMapping, SaysWhichFieldIsBlank) {
  const auto made = convert(kReport + kCounts, kColumns + "R1,,,2022-08-25,40,,,,\n");

  EXPECT_EQ(made.at(0), "/unit required");
}

TEST(ReportMapping, RowsOfOneReportBecomeOneWithAllTheirCounts) {
  const std::string rows = kColumns +
                           "R1,五马,,2022-08-25,,hotel,3,,\nR1,,lucheng,2022-08-25,,bar,4,,\nR1,,,"
                           "2022-08-25,40,bar,5,,\n";
  std::string counts = kCounts;
  counts.replace(counts.find("n = \"sites\""), 11, "n = { column = \"sites\", take = \"sum\" }");

  const auto made = convert(kReport + counts + "[incident]\nkey = \"no\"\n", rows);

  ASSERT_EQ(made.items.size(), 1U);
  EXPECT_EQ(made.at(0),
            R"({"partner_ref":"R1","status":"Actual","clearance":"qc-16","unit":"wuma",)"
            R"("with_units":["lucheng"],"happened_at":"2022-08-25T00:00:00+08:00",)"
            R"("reported_at":"2022-08-25T00:00:00+08:00","counts":[{"what":"police","n":40},)"
            R"({"what":"site","kind":"bar","result":"passed","n":9},)"
            R"({"what":"site","kind":"hotel","result":"passed","n":3}]})");
}

TEST(ReportMapping, OfEveryOtherKindTakesTheFieldsOfItsSchema) {
  const auto figure = convert(
      "record = \"declared-figure\"\n[time]\nzone = \"Asia/Shanghai\"\nformat = \"%Y-%m-%d\"\n"
      "[report]\npartner_ref = \"no\"\ncampaign = { constant = \"s\" }\nfigure = \"figure\"\n"
      "role = { constant = \"published\" }\nn = \"n\"\nas_of = \"day\"\nreported_at = \"day\"\n",
      "no,figure,n,day\nF1,cases,-7,2022-09-30\nF2,cases,,2022-09-30\n");
  EXPECT_EQ(field(figure.at(0), "n"), "-7");
  EXPECT_EQ(figure.at(1), "/n required");

  const auto cases = convert(
      "record = \"case-result\"\n[time]\nzone = \"Asia/Shanghai\"\nformat = \"%Y-%m-%d\"\n"
      "[report]\npartner_ref = \"no\"\ncase = \"no\"\nunit = { constant = \"wuma\" }\n"
      "category = { constant = \"theft\" }\nhappened_at = \"day\"\nreported_at = \"day\"\n"
      "[stages]\nfiled = \"filed\"\nsolved = \"solved\"\n",
      "no,day,filed,solved\nC1,2022-08-25,2022-08-26,\n");
  EXPECT_EQ(field(cases.at(0), "stages"), R"({"filed":"2022-08-26T00:00:00+08:00"})");
}

TEST(ReportMapping, WithdrawingNeedsNoMoreThanTheReference) {
  const auto made = convert(
      "record = \"hazard\"\n[time]\nzone = \"Asia/Shanghai\"\nformat = \"%Y-%m-%d\"\n"
      "[report]\npartner_ref = \"no\"\nwithdraws = \"old\"\nreported_at = \"day\"\n",
      "no,old,day\nW1,H1,2022-08-25\n");

  EXPECT_EQ(made.at(0), R"({"partner_ref":"W1","status":"Actual",)"
                        R"("reported_at":"2022-08-25T00:00:00+08:00","withdraws":"H1"})");
}

TEST(ReportMapping, ComplainsAboutWhatTheSchemaDoesNotHave) {
  EXPECT_EQ(complaint("record = \"case-results\"\n"),
            "map.toml:1: record: no such record; did you mean \"case-result\"?");
  EXPECT_EQ(complaint(kReport + "uint = \"x\"\n"),
            "map.toml:14: report.uint: no such key; did you mean unit?");
  EXPECT_NE(complaint(kHead + "[report]\nunit = \"unit\"\n").find("report.clearance: is missing"),
            std::string::npos);
  EXPECT_NE(complaint(kReport + "[[counts]]\nn = \"police\"\n").find("counts.what: is missing"),
            std::string::npos);
  EXPECT_NE(complaint(kReport + "[stages]\nfiled = \"day\"\n").find("stages: no such key"),
            std::string::npos)
      << "a clearance report has none";
}

}  // namespace
}  // namespace lamplight::importer
