#include "model/alert_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "alerts.hpp"

namespace lamplight {

void PrintTo(const FieldError& error, std::ostream* out) {
  *out << error.pointer << ": " << error.rule << " (" << error.hint << ")";
}
void PrintTo(const Warning& warning, std::ostream* out) {
  *out << warning.pointer << ": " << warning.rule << " (" << warning.hint << ")";
}

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

auto broken(const std::string& pointer, const std::string& rule) {
  return AllOf(Field(&FieldError::pointer, pointer), Field(&FieldError::rule, rule));
}
auto warned(const std::string& pointer, const std::string& rule) {
  return AllOf(Field(&Warning::pointer, pointer), Field(&Warning::rule, rule));
}

// The members of a good alert, as JSON text; tests replace, add or take away one.
class Body {
 public:
  Body& set(const std::string& name, const std::string& json) {
    members_[name] = json;
    return *this;
  }
  Body& remove(const std::string& name) {
    members_.erase(name);
    return *this;
  }
  [[nodiscard]] std::string json() const {
    std::string out = "{";
    for (const auto& [name, value] : members_)
      out += (out.size() > 1 ? ",\"" : "\"") + name + "\": " + value;
    return out + "}";
  }

 private:
  std::map<std::string, std::string> members_ = {
      {"partner_ref", R"("LC-1")"}, {"status", R"("Actual")"},
      {"class", R"("criminal")"},   {"category", R"("theft")"},
      {"area", R"("wuma")"},        {"reported_at", R"("2022-08-25T20:15:00+08:00")"},
  };
};

class AlertParserTest : public ::testing::Test {
 protected:
  bool parse(const std::string& json) { return parser_.parse(json, alert_, errors_, warnings_); }
  bool parse(const Body& body) { return parse(body.json()); }
  // The rule that a value of one field breaks; "" when it is taken.
  std::string rule_for(const std::string& name, const std::string& json) {
    if (parse(Body().set(name, json))) return "";
    return errors_.size() == 1 ? errors_[0].rule : std::to_string(errors_.size()) + " errors";
  }

  CodeLists codes_ = CodeLists::builtin().value();
  AlertParser parser_{codes_};
  AlertReceived alert_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
};

TEST_F(AlertParserTest, AWholeAlertIsReadIntoEveryField) {
  ASSERT_TRUE(parse(R"({
    "partner_ref": "LC-2022-000123", "status": "Actual", "class": "criminal", "category": "theft", "area": "wuma",
    "operations": ["qinghuan", "tiequan"], "places": {"station": "wuma-suo", "grid": "G-017"},
    "occurred_at": "2022-08-25T20:10:00+08:00", "reported_at": "2022-08-25T12:15:00Z",
    "stages": {"dispatch": "2022-08-25T20:16:00+08:00", "arrive": "2022-08-25T20:20:00.25+08:00"},
    "amount_fen": 120050, "corrects": "11111111-1111-1111-1111-111111111111", "withdraws": null})"));

  AlertReceived expected = test::whole_alert();
  expected.partner = {};
  expected.idempotency_key.reset();
  expected.body_digest = {};
  expected.reported_at = test::at(1'661'429'700, 0);
  expected.stages[1].at.at = expected.stages[1].at.at.plus_us(250'000);
  EXPECT_EQ(alert_, expected);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(AlertParserTest, TheLastAlertLeavesNothingBehind) {
  ASSERT_TRUE(parse(Body().set("operations", R"(["chuxian"])").set("amount_fen", "5")));
  ASSERT_TRUE(parse(Body()));
  EXPECT_THAT(alert_.operations, IsEmpty());
  EXPECT_EQ(alert_.amount_fen, std::nullopt);
}

TEST_F(AlertParserTest, WhatParsesSurvivesTheLogAndIsShownAgain) {
  ASSERT_TRUE(parse(Body().set("places", R"({"grid":"西一\u0031"})")));
  const std::string payload = test::encoded(alert_);
  AlertReceived back;
  ASSERT_TRUE(decode_alert(as_bytes(payload), back));
  EXPECT_EQ(back, alert_);
  std::string shown;
  alert_to_json(back, shown);
  EXPECT_THAT(shown, HasSubstr(R"("places":{"grid":"西一1"})"));
}

TEST_F(AlertParserTest, RequiredFieldsAreNamedAllAtOnce) {
  EXPECT_FALSE(parse("{}"));
  EXPECT_THAT(errors_, UnorderedElementsAre(
                           broken("/partner_ref", "required"), broken("/status", "required"),
                           broken("/class", "required"), broken("/category", "required"),
                           broken("/area", "required"), broken("/reported_at", "required")));
}

TEST_F(AlertParserTest, AWithdrawalNeedsNoClassCategoryOrArea) {
  Body body;
  body.remove("class")
      .remove("category")
      .remove("area")
      .set("withdraws", R"("11111111-1111-1111-1111-111111111111")");
  EXPECT_TRUE(parse(body));
  EXPECT_EQ(alert_.withdraws, test::id(0x11));

  EXPECT_FALSE(parse(body.remove("reported_at")));
  EXPECT_THAT(errors_, ElementsAre(broken("/reported_at", "required")));
}

TEST_F(AlertParserTest, AnAlertDoesNotCorrectAndWithdrawAtOnce) {
  const std::string id = R"("11111111-1111-1111-1111-111111111111")";
  EXPECT_FALSE(parse(Body().set("withdraws", id).set("corrects", id)));
  EXPECT_THAT(errors_, ElementsAre(broken("/withdraws", "corrects_and_withdraws")));
  EXPECT_TRUE(parse(Body().set("withdraws", "null").set("corrects", id)));
}

struct Case {
  const char* field;
  const char* refused;
  const char* rule;
  const char* taken;  // its nearest neighbour that keeps the rule
};

TEST_F(AlertParserTest, EachRuleRefusesWhatBreaksItAndTakesTheNeighbour) {
  const std::string sixty_four(64, 'a');
  const std::string at_limit = '"' + sixty_four + '"';
  const std::string over_limit = '"' + sixty_four + "a\"";
  const Case cases[] = {
      {"partner_ref", R"("")", "length", R"("1")"},
      {"partner_ref", over_limit.c_str(), "length", at_limit.c_str()},
      {"partner_ref", R"("警-1")", "printable_ascii", R"("J-1")"},
      {"partner_ref", R"("a\u007f")", "printable_ascii", R"("a~")"},
      {"partner_ref", R"("a ")", "no_blanks", R"("a_")"},
      {"partner_ref", R"("Zhang San")", "no_blanks", R"("Zhang-7")"},
      {"partner_ref", R"("13800138000")", "number_shaped", R"("12800138000")"},
      {"partner_ref", R"("LC-13800138000")", "number_shaped", R"("LC-138001380001")"},
      {"partner_ref", R"("+86-138-0013-8000")", "number_shaped", R"("86-138-0013-80001")"},
      {"partner_ref", R"("8613800138000")", "number_shaped", R"("8613800138000123")"},
      {"partner_ref", R"("110101199003071234")", "number_shaped", R"("202405010000001234")"},
      {"partner_ref", R"("LC11010119900307123x")", "number_shaped", R"("11010119901307123x")"},
      {"partner_ref", "17", "type", R"("17")"},
      {"status", R"("actual")", "unknown_code", R"("Test")"},
      {"status", "null", "required", R"("Draft")"},
      {"class", R"("")", "length", R"("x")"},
      {"class", R"("a\tb")", "control_character", R"("a b")"},
      {"class", R"("a\u200bb")", "control_character", R"("a\u2013b")"},
      {"category", R"(" theft")", "spaces_at_ends", R"("Traffic: VEHICLE ACCIDENT -")"},
      {"category", R"("\u3000盗窃")", "spaces_at_ends", R"("盗\u3000窃")"},
      {"category", over_limit.c_str(), "length", at_limit.c_str()},
      {"category", R"("13800138000")", "number_shaped", R"("1380013800")"},
      {"area", R"("tel 13800138000")", "number_shaped", R"("1380-13-8000")"},
      {"area", R"("张三 138 0013 8000")", "number_shaped", R"("张三 138 0013 800")"},
      {"area", R"("1380013-8000")", "number_shaped", R"("1280013-8000")"},
      {"area", R"("１３８００１３８０００")", "number_shaped", R"("１３８００１３８００")"},
      {"area", "[]", "type", R"j("(blank)")j"},
      {"operations", R"(["qinghuan","qinghuan"])", "repeated", R"(["qinghuan","bading"])"},
      {"operations", R"("qinghuan")", "type", "[]"},
      {"operations", "[7]", "type", "null"},
      {"places", R"({"grid":7})", "type", R"({"grid":"7"})"},
      {"places", R"({"grid":""})", "length", R"({"grid":"1380013800"})"},
      {"places", R"({"station":"张三 13800138000"})", "no_blanks", R"({"station":"张三所"})"},
      {"places", R"({"station":"张　三"})", "no_blanks", R"({"station":"wuma-suo"})"},
      {"places", R"({"station":"110101199003071234"})", "number_shaped",
       R"({"gb2260":"330302001001"})"},
      {"places", R"({"grid":"138-0013-8000"})", "number_shaped", R"({"grid":"138-0013-800"})"},
      {"places", R"({"grid":"330302001001"})", "number_shaped", R"({"gb2260":"330302001001"})"},
      {"places", R"({"gb2260":"13800138000"})", "number_shaped", R"({"gb2260":"330302"})"},
      {"places", R"({"gb2260":"wuma"})", "digits", R"({"street":"wuma"})"},
      {"places", R"({"gb2260":"110101199003071234"})", "number_shaped",
       R"({"gb2260":"3303020010011234"})"},
      {"places", R"({"address_key":"13800138000"})", "number_shaped",
       R"({"address_key":"17077662298f"})"},
      {"places", R"({"address_key":"Wuma-7"})", "hash", R"({"address_key":"c13560601503"})"},
      {"places", R"({"grid":"abcdefghijklmnopqrstuvwxyzabcdefghijklmno"})", "length",
       R"({"grid":"abcdefghijklmnopqrstuvwxyzabcdefghijklmn"})"},
      {"places", R"({"138-0013-8000":"7"})", "number_shaped", R"({"138-0013-800":"7"})"},
      {"stages", R"({"13800138000":"2022-08-25T20:20:00Z"})", "number_shaped",
       R"({"1380013800":"2022-08-25T20:20:00Z"})"},
      {"places", R"({"grid":"a","grid":"b"})", "duplicate_key", R"({"grid":"a","zip":"b"})"},
      {"places", R"([["grid","a"]])", "type", "{}"},
      {"places", R"({"address":"x"})", "personal_field_refused", R"({"address_key":"7f"})"},
      {"stages", R"({"arrive":"2022-08-25T20:20:00"})", "zone_required",
       R"({"arrive":"2022-08-25T20:20:00Z"})"},
      {"stages", R"({"":"2022-08-25T20:20:00Z"})", "length",
       R"({"on_scene":"2022-08-25T20:20:00Z"})"},
      {"stages", R"({"Li Wei":"2022-08-25T20:20:00Z"})", "code_name",
       R"({"li-wei_2":"2022-08-25T20:20:00Z"})"},
      {"stages", R"({"到场":"2022-08-25T20:20:00Z"})", "code_name",
       R"({"arrive":"2022-08-25T20:20:00Z"})"},
      {"stages", R"({"abcdefghijklmnopqrstuvwxyzabcdefg":"2022-08-25T20:20:00Z"})", "code_name",
       R"({"abcdefghijklmnopqrstuvwxyzabcdef":"2022-08-25T20:20:00Z"})"},
      {"places", R"({"Li Wei":"7"})", "code_name", R"({"grid_2":"7"})"},
      {"reported_at", R"("2022-08-25T20:15:00")", "zone_required",
       R"("2022-08-25T20:15:00-00:00")"},
      {"reported_at", R"("2022-08-25 20:15:00+08:00")", "timestamp", R"("2022-08-25t20:15:00z")"},
      {"reported_at", R"("2022-02-29T00:00:00Z")", "no_such_day", R"("2020-02-29T00:00:00Z")"},
      {"reported_at", R"("2022-08-25T24:00:00Z")", "no_such_time",
       R"("2022-08-25T23:59:59.999999Z")"},
      {"reported_at", R"("2016-12-31T23:59:60Z")", "leap_second", R"("2016-12-31T23:59:59Z")"},
      {"reported_at", R"("1969-12-31T23:59:59Z")", "year_range", R"("1970-01-01T00:00:00Z")"},
      {"reported_at", R"("2200-01-01T00:00:00Z")", "year_range", R"("2199-12-31T23:59:59Z")"},
      {"reported_at", R"("2022-08-25T20:15:00.1234567Z")", "fraction",
       R"("2022-08-25T20:15:00.123456Z")"},
      {"reported_at", R"("2022-08-25T20:15:00+14:01")", "zone_range",
       R"("2022-08-25T20:15:00+14:00")"},
      {"reported_at", "1661429700", "type", R"("2022-08-25T20:15:00+08:00")"},
      {"amount_fen", "-1", "range", "0"},
      {"amount_fen", "1000000000001", "range", "1000000000000"},
      {"amount_fen", "9223372036854775808", "range", "0"},
      {"amount_fen", "100.0", "integer", "100"},
      {"amount_fen", "1e3", "integer", "1000"},
      {"amount_fen", R"("100")", "type", "null"},
      {"corrects", R"("11111111111111111111111111111111")", "uuid",
       R"("11111111-1111-1111-1111-111111111111")"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(rule_for(c.field, c.refused), c.rule) << c.field << " = " << c.refused;
    EXPECT_EQ(rule_for(c.field, c.taken), "") << c.field << " = " << c.taken;
  }
}

TEST_F(AlertParserTest, SixteenOfAKindAreTakenAndSeventeenRefused) {
  std::string places;
  for (int i = 0; i < 16; ++i) places += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + "\":\"x\"";
  EXPECT_EQ(rule_for("places", "{" + places + "}"), "");
  EXPECT_EQ(rule_for("places", "{" + places + R"(,"one_more":"x"})"), "too_many");
  EXPECT_EQ(alert_.places.size(), 16U);
}

TEST_F(AlertParserTest, AllBrokenRulesOfAnItemAreReported) {
  EXPECT_FALSE(parse(Body()
                         .set("status", R"("Real")")
                         .set("amount_fen", "1.5")
                         .set("reported_at", R"("yesterday")")
                         .set("stages", R"({"arrive":"noon","close":"2022-08-25T20:20:00"})")
                         .set("name", R"("x")")
                         .remove("area")));
  EXPECT_THAT(errors_,
              UnorderedElementsAre(
                  broken("/status", "unknown_code"), broken("/amount_fen", "integer"),
                  broken("/reported_at", "timestamp"), broken("/stages/arrive", "timestamp"),
                  broken("/stages/close", "zone_required"),
                  broken("/name", "personal_field_refused"), broken("/area", "required")));
}

TEST_F(AlertParserTest, AnItemThatIsWrongEverywhereIsReportedInBoundedSpace) {
  std::string members;
  for (int i = 0; i < 100; ++i) members += "\"phone" + std::to_string(i) + "\":1,";
  EXPECT_FALSE(parse("{" + members + "\"x\":1}"));
  EXPECT_THAT(errors_, SizeIs(kMaxFieldErrors));
}

TEST_F(AlertParserTest, ValuesAreNeverEchoed) {
  EXPECT_FALSE(parse(
      R"({"partner_ref":"SECRET é","status":"SECRET","class":"SECRET13800138000","category":"SECRET\n",
                         "area":["SECRET"],"reported_at":"SECRET","amount_fen":"SECRET","corrects":"SECRET",
                         "operations":["SECRET"],"stages":{"arrive":"SECRET"},"name":"SECRET","other":"SECRET"})"));
  for (const FieldError& error : errors_)
    EXPECT_THAT(error.pointer + error.rule + error.hint, Not(HasSubstr("SECRET")));
  for (const Warning& warning : warnings_)
    EXPECT_THAT(warning.pointer + warning.rule + warning.hint, Not(HasSubstr("SECRET")));
}

TEST_F(AlertParserTest, ANumberUsedAsANameIsNotEchoedEither) {
  EXPECT_TRUE(parse(Body().set("13800138000", "1")));
  EXPECT_THAT(warnings_, ElementsAre(warned("/(number)", "unknown_field")));
  EXPECT_FALSE(parse(Body().set("places", R"({"138-0013-8000":"7"})")));
  EXPECT_THAT(errors_, ElementsAre(broken("/places/(number)", "number_shaped")));
}

TEST_F(AlertParserTest, ANumberOfAPersonIsNamedByFieldAndRuleAlone) {
  EXPECT_FALSE(parse(Body()
                         .set("partner_ref", R"("LC-138-0013-8000")")
                         .set("area", R"("tel 138 0013 8000")")
                         .set("places", R"({"station":"110101199003071234"})")));
  EXPECT_THAT(errors_, UnorderedElementsAre(broken("/partner_ref", "number_shaped"),
                                            broken("/area", "number_shaped"),
                                            broken("/places/station", "number_shaped")));
  for (const FieldError& error : errors_) {
    EXPECT_THAT(error.hint, AllOf(Not(HasSubstr("8000")), Not(HasSubstr("1101")))) << error.hint;
    EXPECT_THAT(error.hint, Not(IsEmpty()));
  }
}

TEST_F(AlertParserTest, UnknownFieldsAreDroppedAndNamed) {
  EXPECT_TRUE(parse(Body()
                        .set("priority", R"({"level":[1,2.5e300,"x",true,null]})")
                        .set("partner", R"("other")")));
  EXPECT_THAT(warnings_, UnorderedElementsAre(warned("/priority", "unknown_field"),
                                              warned("/partner", "set_by_service")));
  EXPECT_EQ(alert_.partner, "");
}

TEST_F(AlertParserTest, NamesInAPointerAreEscapedAndCut) {
  EXPECT_TRUE(parse(Body().set("a/b~c", "1")));
  EXPECT_THAT(warnings_, ElementsAre(warned("/a~1b~0c", "unknown_field")));
  EXPECT_TRUE(parse(Body().set(std::string(500, 'k'), "1")));
  EXPECT_THAT(warnings_, ElementsAre(warned("/" + std::string(64, 'k') + "…", "unknown_field")));
}

TEST_F(AlertParserTest, PersonalFieldsAreRefusedByNameAtAnyDepthAndInAnySpelling) {
  for (const char* name :
       {"name",          "Caller_Name",  "ID-Card",    "idCardNo",     "phone",
        "contactPhone2", "姓名",         "报警人姓名", "身份证号码",   "XINGMING",
        "sfzh",          "lxdh",         "民族",       "minzu",        "religion",
        "ethnicity",     "Finger Print", "face_id",    "人脸特征",     "description",
        "备注",          "jyaq",         "risk_score", "home_address", "na\\u006de"}) {
    EXPECT_EQ(rule_for(name, "null"), "personal_field_refused") << name;
    const std::string inside = std::string(R"({"a":[0,{"b":{")") + name + R"(":1}}]})";
    EXPECT_EQ(rule_for("extra", inside), "personal_field_refused") << name;
  }
  EXPECT_FALSE(parse(Body().set("extra", R"([{"a":[0,{"phone":1}]}])")));
  EXPECT_THAT(errors_, ElementsAre(broken("/extra/0/a/1/phone", "personal_field_refused")));
}

TEST_F(AlertParserTest, PersonalFieldsAreRefusedInsideFieldsOfTheSchemaToo) {
  EXPECT_FALSE(parse(Body().set("area", R"({"name":"x"})")));
  EXPECT_THAT(errors_,
              ElementsAre(broken("/area", "type"), broken("/area/name", "personal_field_refused")));
  EXPECT_FALSE(parse(Body().set("partner", R"({"phone":"x"})")));
  EXPECT_THAT(errors_, ElementsAre(broken("/partner/phone", "personal_field_refused")));
}

TEST_F(AlertParserTest, NamesThatOnlyResembleRefusedOnesAreTaken) {
  for (const char* name : {"station_id", "trace_id", "filename", "interface", "grid_code",
                           "priority", "unit", "lat"}) {
    EXPECT_EQ(rule_for(name, "1"), "") << name;
  }
}

TEST_F(AlertParserTest, CodesThatOpenListsDoNotHoldAreTakenWithAWarning) {
  EXPECT_TRUE(parse(Body()
                        .set("class", R"("fire_service")")
                        .set("category", R"("F/CAR")")
                        .set("area", R"("Tallaght Fire Station")")
                        .set("stages", R"({"turnout":"2022-08-25T20:20:00Z"})")));
  EXPECT_THAT(warnings_, UnorderedElementsAre(warned("/class", "code_not_listed"),
                                              warned("/category", "code_not_listed"),
                                              warned("/area", "code_not_listed"),
                                              warned("/stages/turnout", "code_not_listed")));
}

TEST_F(AlertParserTest, DuplicateNamesAreRefused) {
  EXPECT_FALSE(parse(R"({"partner_ref":"a","partner_ref":"a"})"));
  EXPECT_THAT(errors_, Contains(broken("/partner_ref", "duplicate_key")));
  EXPECT_FALSE(parse(R"({"x":1,"partner_ref":"a","\u0078":2})"));
  EXPECT_THAT(errors_, Contains(broken("/x", "duplicate_key")));
  EXPECT_FALSE(parse(R"({"x":{"y":1,"y":2}})"));
  EXPECT_THAT(errors_, Contains(broken("/x/y", "duplicate_key")));
}

TEST_F(AlertParserTest, TextThatIsNoJsonIsOneError) {
  const std::string good = Body().json();
  for (const std::string& text :
       {std::string(), std::string("{"), good.substr(0, good.size() - 1), good + "}", good + " {}",
        std::string(R"({"a":01})"), std::string(R"({"a":truth})"), std::string(R"({"a":1.})"),
        std::string(R"({"a":[1,2})"), std::string(R"({"a":"\ud800"})"),
        std::string(R"({"a":"\x"})"), std::string(R"({"amount_fen":+1})"),
        std::string(R"({"amount_fen":1 2})"), std::string(R"({"withdraws":nul})"),
        std::string("{\"a\":\"\n\"}"), std::string(R"({"a" 1})"), std::string(R"({"a":1,})"),
        std::string(R"({"a":{"b":[}]}})")}) {
    EXPECT_FALSE(parse(text)) << text;
    EXPECT_THAT(errors_, ElementsAre(broken("", "json"))) << text;
  }
  EXPECT_FALSE(parse("{\"a\":\"\xB1\xE3\"}"));
  EXPECT_THAT(errors_, ElementsAre(broken("", "utf8")));
  EXPECT_FALSE(parse("[" + good + "]"));
  EXPECT_THAT(errors_, ElementsAre(broken("", "object")));
  EXPECT_FALSE(parse("7"));
  EXPECT_THAT(errors_, ElementsAre(broken("", "object")));
}

TEST_F(AlertParserTest, SizeDepthAndNumberOfNamesAreBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(rule_for("x", nested(kMaxAlertJsonDepth)), "");
  EXPECT_EQ(rule_for("x", nested(kMaxAlertJsonDepth + 1)), "depth");
  EXPECT_EQ(rule_for("x", nested(20'000)), "depth");

  const auto names = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
      out += (i == 0 ? "{\"k" : ",\"k") + std::to_string(i) + "\":0";
    return out + "}";
  };
  const std::size_t own = 7;  // the six of a good alert, and x
  EXPECT_EQ(rule_for("x", names(kMaxAlertJsonKeys - own)), "");
  EXPECT_EQ(rule_for("x", names(kMaxAlertJsonKeys - own + 1)), "too_many_fields");

  const auto padded = [](std::size_t size) {
    const std::string json = Body().json();
    return json + std::string(size - json.size(), ' ');
  };
  EXPECT_TRUE(parse(padded(kMaxAlertJsonBytes)));
  EXPECT_FALSE(parse(padded(kMaxAlertJsonBytes + 1)));
  EXPECT_THAT(errors_, ElementsAre(broken("", "too_large")));
}

TEST_F(AlertParserTest, TextInAPaddedBufferIsReadInPlace) {
  const std::string json = Body().json();
  std::string buffer = json + std::string(kJsonPadding, '}');
  ASSERT_TRUE(parser_.parse_padded(std::string_view(buffer).substr(0, json.size()), alert_, errors_,
                                   warnings_));
  EXPECT_EQ(alert_.partner_ref, "LC-1");
}

}  // namespace
}  // namespace lamplight
