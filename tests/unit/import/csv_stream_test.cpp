#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "conversion.hpp"

namespace lamplight::importer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One row with area wuma, reported at noon, and `value` in column V, which `spec` maps to `status`-free fields.
std::string made_of(const std::string& name, const std::string& spec, const std::string& value) {
  const Conversion made = convert(mapping_with(kAlert + name + " = " + spec + "\n"),
                                  "A,T,V,W\nwuma,2020-01-01 12:00:00," + value + ",w\n");
  if (!made.error.empty()) return made.error;
  const std::string alert = made.at(0);
  return alert.front() == '{' ? field(alert, name) : alert;
}

struct Step {
  const char* spec;
  const char* value;
  const char* code;
};
void PrintTo(const Step& step, std::ostream* out) { *out << step.spec << " of " << step.value; }

class CodeSteps : public testing::TestWithParam<Step> {};

TEST_P(CodeSteps, MakeTheCode) {
  EXPECT_EQ(made_of("partner_ref", GetParam().spec, GetParam().value), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CodeSteps,
    testing::Values(
        Step{"\"V\"", " a1 ", "a1"}, Step{"{ column = \"V\" }", "a1", "a1"},
        Step{"{ column = 3 }", "a1", "a1"}, Step{"{ constant = \"c\" }", "a1", "c"},
        Step{"{ template = \"{V}/{W}\" }", "a1", "a1/w"},
        Step{"{ template = \"{{{V}}}\" }", "a1", "{a1}"},
        Step{"{ template = \"{V}/{W}\" }", "", "/partner_ref required"},
        Step{"{ template = \"{V?}/{W}\" }", "", "/w"},
        Step{"{ template = \"x{V?}\" }", "", "/partner_ref required"},
        Step{"{ column = \"V\", default = \"none\" }", "  ", "none"},
        Step{"{ column = \"V\", strip_prefix = \"No. \", strip_suffix = [\" -\", \"!\"] }",
             "No. 12! -", "12"},
        Step{"{ column = \"V\", replace = [[\" \", \"_\"], [\"&\", \"and\"]] }", "a b & c",
             "a_b_and_c"},
        Step{"{ column = \"V\", split = { at = \": \", part = 1 } }", "EMS: BACK: PAINS", "EMS"},
        Step{"{ column = \"V\", split = { at = \": \", part = 2 } }", "EMS: BACK: PAINS", "BACK"},
        Step{"{ column = \"V\", split = { at = \": \", part = \"rest\" } }", "EMS: BACK: PAINS",
             "BACK: PAINS"},
        Step{"{ column = \"V\", split = { at = \": \", part = \"last\" } }", "EMS: BACK: PAINS",
             "PAINS"},
        Step{"{ column = \"V\", split = { at = \": \", part = 4 }, default = \"x\" }", "EMS: BACK",
             "x"},
        Step{"{ column = \"V\", case = \"lower\" }", "AbC", "abc"},
        Step{"{ column = \"V\", prefixes = { \"F/\" = \"fire\", \"F/A\" = \"air\" } }", "F/AIR",
             "air"},
        Step{"{ column = \"V\", prefixes = { \"F/\" = \"fire\", \"F/A\" = \"air\" } }", "F/CAR",
             "fire"},
        Step{"{ column = \"V\", prefixes = { \"F/\" = \"fire\" } }", "S/S",
             "/partner_ref unknown_code"},
        Step{"{ column = \"V\", prefixes = { \"F/\" = \"fire\" }, otherwise = \"other\" }", "S/S",
             "other"},
        Step{"{ column = \"V\", codes = { \"甲\" = \"a\", \"乙\" = \"b\" } }", "乙", "b"},
        Step{"{ column = \"V\", codes = { a = \"b\" }, keep_unknown = true }", "c", "c"},
        Step{"{ column = \"V\", codes = { a = \"b\" }, default = \"d\" }", "", "d"},
        Step{"{ column = \"V\", case = \"upper\", codes = { A = \"b\" } }", "a", "b"}),
    [](const auto& one) { return "Case" + std::to_string(one.index); });

TEST(CodeSteps, CutEndsAtACharacter) {
  std::string longer;
  for (int i = 0; i < 30; ++i) longer += "盗";

  const std::string cut = made_of("partner_ref", "{ column = \"V\", cut = true }", longer);

  EXPECT_EQ(cut.size(), 63U);  // 21 characters of three bytes; 64 would split the next
}

TEST(CsvStream, ARowBecomesAnAlertWithPlacesOperationsAmountAndStages) {
  const Conversion made = convert(
      "[file]\nignore = [\"x\"]\n[time]\nzone = \"Asia/Shanghai\"\n[alert]\npartner_ref = "
      "\"编号\"\nstatus = { column = \"状态\", codes = "
      "{ \"演练\" = \"Exercise\" }, default = \"Actual\" }\nclass = { constant = \"criminal\" "
      "}\ncategory = { column = \"类别\", codes = "
      "{ \"盗窃\" = \"theft\" } }\narea = \"街道\"\noperations = { column = \"行动\", each = "
      "\";\", codes = { \"清患\" = \"qinghuan\", \"铁拳\" = "
      "\"tiequan\" } }\nreported_at = \"时间\"\namount_fen = { column = \"金额\", unit = "
      "\"wan_yuan\" }\n[places]\ngrid = \"网格\"\nzip = \"x\"\n"
      "[stages]\narrive = \"到场\"\nclose = \"x\"\n",
      "编号,状态,类别,街道,行动,时间,金额,网格,到场,x\nA-1,演练,盗窃,wuma,清患;铁拳;清患,2022-08-"
      "25 20:15:00,1.25,G-017,2022-08-25 20:20:30,\n");

  ASSERT_EQ(made.items.size(), 1U) << made.error;
  EXPECT_EQ(
      made.at(0),
      R"({"partner_ref":"A-1","status":"Exercise","class":"criminal","category":"theft","area":"wuma",)"
      R"("operations":["qinghuan","tiequan"],"places":{"grid":"G-017"},"reported_at":"2022-08-25T20:15:00+08:00",)"
      R"("stages":{"arrive":"2022-08-25T20:20:30+08:00"},"amount_fen":1250000})");
  EXPECT_EQ(made.items[0].line, 2U);
  EXPECT_EQ(made.items[0].row, 1U);
}

TEST(CsvStream, WithoutANumberAlertsAreNumberedByRowBehindTheFilesDigest) {
  const Conversion made =
      convert(mapping_with(kAlert), "A,T\na,2020-01-01 12:00:00\nb,2020-01-01 12:00:00\n");

  EXPECT_EQ(field(made.at(0), "partner_ref"), "d16e57-1");
  EXPECT_EQ(field(made.at(1), "partner_ref"), "d16e57-2");
}

TEST(CsvStream, ABlankRequiredFieldIsRefusedByNameAndOthersGoOn) {
  const Conversion made =
      convert(mapping_with(kAlert), "A,T\n,2020-01-01 12:00:00\nwuma,\nwuma,2020-01-01 12:00:00\n");

  EXPECT_EQ(made.at(0), "/area required");
  EXPECT_EQ(made.at(1), "/reported_at required");
  EXPECT_EQ(field(made.at(2), "area"), "wuma");
  EXPECT_EQ(made.items[1].line, 3U);
}

TEST(CsvStream, ValuesThatMeanNothingAreBlank) {
  const Conversion made = convert(
      "[file]\nblank = [\"NULL\", \"-\"]\n" + mapping_with(kAlert + "occurred_at = \"O\"\n"),
      "A,T,O\nwuma,2020-01-01 12:00:00,NULL\n-,2020-01-01 12:00:00,-\n");

  EXPECT_EQ(field(made.at(0), "occurred_at"), "");
  EXPECT_EQ(made.at(1), "/area required");
}

TEST(CsvStream, ARowOfAnotherWidthIsRefusedAndOthersGoOn) {
  const Conversion made =
      convert(mapping_with(kAlert), "A,T\na,b,c\na\nwuma,2020-01-01 12:00:00\n");

  EXPECT_EQ(made.at(0), " column_count");
  EXPECT_EQ(made.at(1), " column_count");
  EXPECT_EQ(made.items.size(), 3U);
  EXPECT_EQ(made.report.rows, 3U);
}

TEST(CsvStream, SkippedRowsAreCountedByReasonWithTheirFirstLines) {
  const Conversion made =
      convert(mapping_with(kAlert + "[[skip]]\ncolumn = \"V\"\nequals = [\"EMS\", "
                                    "\"Medical\"]\nreason = \"medical\"\n[[skip]]\ncolumn = "
                                    "\"V\"\nblank = true\n[[skip]]\ncolumn = \"V\"\nbegins_with = "
                                    "\"Test\"\n[[skip]]\ncolumn = "
                                    "\"A\"\ndiffers = \"wuma\"\n"),
              "A,T,V\nwuma,2020-01-01 12:00:00,EMS\nwuma,2020-01-01 12:00:00,\nwuma,2020-01-01 "
              "12:00:00,Medical\nwuma,2020-01-01 "
              "12:00:00,Testing\nqidu,2020-01-01 12:00:00,Fire\nwuma,2020-01-01 12:00:00,Fire\n");

  EXPECT_EQ(made.items.size(), 1U);
  ASSERT_EQ(made.report.skipped.size(), 4U);
  EXPECT_EQ(made.report.skipped[0].reason, "medical");
  EXPECT_THAT(made.report.skipped[0].first_lines, ElementsAre(2, 4));
  EXPECT_THAT(made.report.skipped[1].reason, HasSubstr("(V)"));
  EXPECT_EQ(made.report.skipped[2].count, 1U);
  EXPECT_THAT(made.report.skipped[3].first_lines, ElementsAre(6));
}

TEST(CsvStream, DateAndTimeMayStandInColumnsOfTheirOwnOnATwelveHourClock) {
  const Conversion made = convert(
      "[time]\nzone = \"America/Chicago\"\nformat = [\"%m/%d/%Y %I:%M:%S %p\", \"%m/%d/%Y "
      "%H:%M\"]\n[alert]\nclass = { constant = "
      "\"fire\" }\ncategory = { constant = \"alarm\" }\narea = \"A\"\nreported_at = { template = "
      "\"{D} {T}\" }\n",
      "A,D,T\nwuma,07/04/2023,12:05:09 "
      "AM\nwuma,07/04/2023,14:30\nwuma,07/04/2023,\nwuma,13/04/2023,14:30\n");

  EXPECT_EQ(field(made.at(0), "reported_at"), "2023-07-04T00:05:09-05:00");
  EXPECT_EQ(field(made.at(1), "reported_at"), "2023-07-04T14:30:00-05:00");
  EXPECT_EQ(made.at(2), "/reported_at required");
  EXPECT_EQ(made.at(3), "/reported_at timestamp");
  EXPECT_THAT(made.items[3].problems[0].hint, HasSubstr("%m/%d/%Y %H:%M"));
  EXPECT_THAT(made.items[3].problems[0].hint, Not(HasSubstr("13/04")));  // no value is told
}

TEST(CsvStream, AnOffsetOrAnInstantInTheFileGoesBeforeTheZone) {
  const Conversion made =
      convert(mapping_with("format = [\"%FT%T%z\", \"%s\"]\n" + kAlert, "Asia/Shanghai"),
              "A,T\nwuma,2022-08-25T20:15:00+05:30\nwuma,1661429700\n");

  EXPECT_EQ(field(made.at(0), "reported_at"), "2022-08-25T20:15:00+05:30");
  EXPECT_EQ(field(made.at(1), "reported_at"), "2022-08-25T20:15:00+08:00");
}

// --- stages without a date -------------------------------------------------------------------------------------------

const std::string kStages =
    mapping_with("stage_format = \"%H:%M:%S\"\n" + kAlert + "[stages]\narrive = \"S\"\n");

std::string arrival(const std::string& reported, const std::string& stage) {
  return field(convert(kStages, "A,T,S\nwuma," + reported + "," + stage + "\n").at(0), "arrive");
}

TEST(StagesWithoutDate, LieAtOrBehindTheBase) {
  EXPECT_EQ(arrival("2020-01-01 23:50:00", "23:55:00"), "2020-01-01T23:55:00Z");
  EXPECT_EQ(arrival("2020-01-01 23:50:00", "23:50:00"), "2020-01-01T23:50:00Z");
}

TEST(StagesWithoutDate, GoPastMidnight) {
  EXPECT_EQ(arrival("2020-01-01 23:50:00", "00:10:00"), "2020-01-02T00:10:00Z");
  EXPECT_EQ(arrival("2020-12-31 23:50:00", "23:49:59"), "2021-01-01T23:49:59Z");
}

TEST(StagesWithoutDate, KeepCivilIntervalsAcrossClockChanges) {
  // Summer time ended on 2020-10-25 at 02:00: the clock showed 01:05 again, which by the rule of the clock lies ahead.
  EXPECT_EQ(arrival("2020-10-25 01:50:00", "01:05:00"), "2020-10-26T01:05:00Z");
  EXPECT_EQ(arrival("2020-10-24 23:50:00", "02:10:00"), "2020-10-25T02:10:00Z");
  EXPECT_EQ(arrival("2020-03-28 23:50:00", "01:30:00"),
            "2020-03-29T01:30:00Z");  // a time that was skipped
}

TEST(StagesWithoutDate, ABlankOneIsAbsent) { EXPECT_EQ(arrival("2020-01-01 23:50:00", ""), ""); }

TEST(StagesWithoutDate, CountFromTheBaseThatIsNamed) {
  const std::string toml =
      mapping_with("stage_format = \"%H:%M\"\n" + kAlert +
                   "occurred_at = \"O\"\n[stages]\narrive = \"S\"\nclose = { column = "
                   "\"S\", base = \"reported_at\" }\n");
  const Conversion made = convert(toml,
                                  "A,T,O,S\nwuma,2020-01-02 00:30:00,2020-01-01 "
                                  "23:00:00,23:30\nwuma,2020-01-02 00:30:00,,23:30\n");

  EXPECT_EQ(field(made.at(0), "arrive"),
            "2020-01-01T23:30:00Z");  // from occurred_at, where it is mapped
  EXPECT_EQ(field(made.at(0), "close"), "2020-01-02T23:30:00Z");
  EXPECT_EQ(field(made.at(1), "arrive"), "2020-01-02T23:30:00Z");  // blank occurred_at: reported_at
}

// --- several rows an incident ----------------------------------------------------------------------------------------

const std::string kUnits = kAlert +
                           "occurred_at = { column = \"T\", take = \"max\" }\namount_fen = { "
                           "column = \"Loss\", take = \"sum\" }\n"
                           "[places]\nstation = { column = \"Unit\", take = \"last\" }\n"
                           "[stages]\narrive = \"Arrive\"\nclose = { column = \"Close\", take = "
                           "\"max\" }\n[incident]\nkey = [\"Call\"]\n";
const std::string kHeader = "Call,A,T,Unit,Arrive,Close,Loss\n";
const std::string kRow1 =
    "c1,wuma,2020-01-01 12:00:00,E1,2020-01-01 12:10:00,2020-01-01 13:00:00,1.50\n";
const std::string kRow2 =
    "c1,qidu,2020-01-01 12:00:05,E2,2020-01-01 12:08:00,2020-01-01 14:00:00,\n";
const std::string kRow3 = "c1,qidu,2020-01-01 11:59:00,,,,2\n";
const std::string kOther = "c2,wuma,2020-01-01 15:00:00,E3,,,\n";

void expect_first_incident(const std::string& alert) {
  EXPECT_EQ(field(alert, "partner_ref"), "c1");
  EXPECT_EQ(field(alert, "area"), "wuma") << "first by default";
  EXPECT_EQ(field(alert, "reported_at"), "2020-01-01T11:59:00Z")
      << "times: the earliest by default";
  EXPECT_EQ(field(alert, "occurred_at"), "2020-01-01T12:00:05Z");
  EXPECT_EQ(field(alert, "station"), "E2") << "the last that is not blank";
  EXPECT_EQ(field(alert, "arrive"), "2020-01-01T12:08:00Z");
  EXPECT_EQ(field(alert, "close"), "2020-01-01T14:00:00Z");
  EXPECT_EQ(field(alert, "amount_fen"), "350");
}

TEST(Incidents, GatherTheirRowsFromAnywhereInTheFile) {
  const Conversion made = convert(mapping_with(kUnits), kHeader + kRow1 + kOther + kRow2 + kRow3);

  ASSERT_EQ(made.items.size(), 2U);
  expect_first_incident(made.at(0));
  EXPECT_EQ(field(made.at(1), "partner_ref"), "c2");
  EXPECT_EQ(made.items[0].line, 2U);
  EXPECT_EQ(made.report.rows, 4U);
}

TEST(Incidents, GatherRowsThatLieTogether) {
  const Conversion made = convert(mapping_with(kUnits + "rows = \"adjacent\"\n"),
                                  kHeader + kRow1 + kRow2 + kRow3 + kOther);

  ASSERT_EQ(made.items.size(), 2U);
  expect_first_incident(made.at(0));
  EXPECT_EQ(field(made.at(1), "partner_ref"), "c2");
}

TEST(Incidents, ARowThatComesTooLateForItsIncidentIsRefused) {
  const Conversion made =
      convert(mapping_with(kUnits + "rows = \"adjacent\"\n"), kHeader + kRow1 + kOther + kRow2);

  ASSERT_EQ(made.items.size(), 3U);
  EXPECT_EQ(field(made.at(0), "partner_ref"), "c1");
  EXPECT_EQ(made.at(1), " incident_not_adjacent");
  EXPECT_EQ(field(made.at(2), "partner_ref"), "c2");
}

TEST(Incidents, AWrongRowRefusesTheWholeIncident) {
  const Conversion made =
      convert(mapping_with(kUnits), kHeader + kRow1 + "c1,qidu,noon,E2,,,\n" + kOther);

  ASSERT_EQ(made.items.size(), 2U);
  EXPECT_THAT(made.at(0), HasSubstr("timestamp"));
  EXPECT_EQ(field(made.at(1), "partner_ref"), "c2");
}

TEST(Incidents, ARowWithoutKeyIsRefusedInBothWays) {
  for (const char* const rows : {"", "rows = \"adjacent\"\n"}) {
    const Conversion made = convert(mapping_with(kUnits + rows),
                                    kHeader + ",wuma,2020-01-01 12:00:00,E1,,,\n" + kOther);

    ASSERT_EQ(made.items.size(), 2U);
    EXPECT_EQ(made.at(0), " key_blank");
    EXPECT_EQ(field(made.at(1), "partner_ref"), "c2");
  }
}

TEST(Incidents, AStageWithoutDateCountsFromItsOwnRowOrElseFromTheIncident) {
  const std::string toml = mapping_with(
      "stage_format = \"%H:%M\"\n" + kAlert +
      "[stages]\narrive = { column = \"S\", take = \"max\" }\n[incident]\nkey = \"K\"\n");

  EXPECT_EQ(field(convert(toml, "K,A,T,S\n1,wuma,2020-01-01 23:00:00,23:10\n1,,,00:10\n").at(0),
                  "arrive"),
            "2020-01-02T00:10:00Z");
}

TEST(Incidents, ARowsOwnBaseGoesBeforeTheIncidents) {
  const std::string toml =
      mapping_with("stage_format = \"%H:%M\"\n" + kAlert +
                   "[stages]\narrive = { column = \"S\", take = \"max\" }\n[incident]\nkey = "
                   "\"K\"\n");

  EXPECT_EQ(field(convert(toml,
                          "K,A,T,S\n1,wuma,2020-01-01 23:00:00,23:10\n1,,2020-01-03 08:00:00,"
                          "08:10\n1,,,00:10\n")
                      .at(0),
                  "arrive"),
            "2020-01-03T08:10:00Z");
}

TEST(Incidents, AStageWithoutAnyBaseRefusesTheIncidentAndIsToldOnce) {
  const Conversion made =
      convert(mapping_with("stage_format = \"%H:%M\"\n" + kAlert +
                           "[stages]\narrive = \"S\"\n[incident]\nkey = \"K\"\n"),
              "K,A,T,S\n1,wuma,,23:10\n1,,,00:10\n");

  ASSERT_EQ(made.items.size(), 1U);
  ASSERT_EQ(made.items[0].problems.size(), 1U);
  EXPECT_EQ(made.items[0].problems[0].rule, "no_base");
}

/// An incident of up to five rows, of which only some say when it was reported, what they belong to and what it cost;
/// the alert may not depend on which of them the file has first.
class ShuffledRows : public testing::TestWithParam<unsigned> {};

INSTANTIATE_TEST_SUITE_P(Seeds, ShuffledRows, testing::Range(0U, 60U));

TEST_P(ShuffledRows, MakeTheSameAlert) {
  std::mt19937 dice(GetParam());
  const auto clock = [&dice] { return fmt::format("{:02}:{:02}", dice() % 24, dice() % 60); };
  const bool by_occurred = dice() % 2 == 0;
  std::vector<std::string> rows;
  for (std::uint_fast32_t i = 0, n = 2 + dice() % 4; i < n; ++i) {
    rows.push_back(fmt::format(
        "1,wuma,{},{},{},{},{}\n",
        dice() % 2 == 0 ? "" : fmt::format("2020-03-{:02} {}:00", 28 + dice() % 3, clock()),
        dice() % 3 == 0 ? "" : fmt::format("2020-03-28 {}:00", clock()),
        dice() % 4 == 0 ? "" : clock(), dice() % 3 == 0 ? "" : clock(),
        dice() % 2 == 0 ? "" : std::to_string(dice() % 3)));
  }
  const std::string toml =
      mapping_with(std::string("stage_format = \"%H:%M\"\nbase = \"") +
                   (by_occurred ? "occurred_at" : "reported_at") + "\"\n" + kAlert +
                   "partner_ref = { column = \"K\" }\noccurred_at = \"O\"\noperations = \"P\"\n"
                   "[stages]\narrive = \"S\"\nclose = { column = \"C\", take = \"max\" }\n"
                   "[incident]\nkey = \"K\"\n");
  const std::string header = "K,A,T,O,S,C,P\n";
  std::string first;
  for (int shuffle = 0; shuffle < 8; ++shuffle) {
    std::string csv = header;
    for (const std::string& row : rows) csv += row;
    const std::string made = convert(toml, csv).at(0);
    if (first.empty()) first = made;
    ASSERT_EQ(made, first) << "seed " << GetParam() << '\n' << csv;
    std::shuffle(rows.begin(), rows.end(), dice);
  }
}

// --- money -----------------------------------------------------------------------------------------------------------

struct Amount {
  const char* unit;
  const char* text;
  const char* fen;
};
void PrintTo(const Amount& amount, std::ostream* out) { *out << amount.text << " " << amount.unit; }

class Amounts : public testing::TestWithParam<Amount> {};

TEST_P(Amounts, BecomeWholeFen) {
  const auto& [unit, text, fen] = GetParam();
  EXPECT_EQ(made_of("amount_fen", std::string("{ column = \"V\", unit = \"") + unit + "\" }",
                    '"' + std::string(text) + '"'),
            fen);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Amounts,
    testing::Values(
        Amount{"yuan", "1200.50", "120050"}, Amount{"yuan", "0", "0"},
        Amount{"yuan", "¥1,234,567.8", "123456780"}, Amount{"yuan", "12.3400", "1234"},
        Amount{"yuan", "12.345", "/amount_fen amount"}, Amount{"yuan", "-1", "/amount_fen amount"},
        Amount{"yuan", "12,34", "/amount_fen amount"},
        Amount{"yuan", "1234,567", "/amount_fen amount"},
        Amount{"yuan", ",123", "/amount_fen amount"}, Amount{"yuan", "1.", "/amount_fen amount"},
        Amount{"yuan", ".5", "/amount_fen amount"}, Amount{"yuan", "1e5", "/amount_fen amount"},
        Amount{"yuan", "99999999999999999999", "/amount_fen amount"},
        Amount{"fen", "120050", "120050"}, Amount{"fen", "1.5", "/amount_fen amount"},
        Amount{"fen", "1.0", "1"}, Amount{"wan_yuan", "1.234567", "1234567"},
        Amount{"wan_yuan", "1.2345678", "/amount_fen amount"}),
    [](const auto& one) { return "Case" + std::to_string(one.index); });

}  // namespace
}  // namespace lamplight::importer
