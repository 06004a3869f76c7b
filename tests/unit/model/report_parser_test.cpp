#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "model/future_times.hpp"
#include "model/item_json.hpp"
#include "model/item_parser.hpp"
#include "reports.hpp"

namespace lamplight {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Members = std::map<std::string, std::string>;

/// The least that each type takes, as JSON text by name.
template <typename T>
Members least();
template <>
Members least<ClearanceOrdered>() {
  return {{"clearance", R"("raid-16")"}, {"action", R"("plan")"}};
}
template <>
Members least<ClearanceReported>() {
  return {{"clearance", R"("raid-16")"},
          {"unit", R"("wuma")"},
          {"happened_at", R"("2022-08-25T20:15:00+08:00")"}};
}
template <>
Members least<CaseReported>() {
  return {{"case", R"("C-17")"},
          {"unit", R"("wuma")"},
          {"category", R"("theft")"},
          {"happened_at", R"("2022-08-25T20:15:00+08:00")"}};
}
template <>
Members least<PersonReported>() {
  return {{"person", R"("p7Qm-x2Vt_9aLw4Z")"},
          {"person_scope", R"("district")"},
          {"unit", R"("wuma")"},
          {"category", R"("theft")"},
          {"happened_at", R"("2022-08-25T20:15:00+08:00")"}};
}
template <>
Members least<HazardReported>() {
  return {{"hazard", R"("H-9")"},
          {"state", R"("found")"},
          {"unit", R"("wuma")"},
          {"happened_at", R"("2022-08-25T20:15:00+08:00")"}};
}
template <>
Members least<FigureDeclared>() {
  return {{"campaign", R"("summer")"},
          {"figure", R"("families")"},
          {"role", R"("value")"},
          {"n", "6"},
          {"as_of", R"("2022-08-25T20:15:00+08:00")"}};
}

std::string json_of(const Members& members) {
  std::string out = "{";
  for (const auto& [name, value] : members)
    out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return out + "}";
}

template <typename T>
class Parsing {
 public:
  Parsing() {
    members_ = least<T>();
    members_["partner_ref"] = R"("R-1")";
    members_["status"] = R"("Actual")";
    members_["reported_at"] = R"("2022-08-26T09:00:00+08:00")";
  }
  Parsing& set(const std::string& name, const std::string& json) {
    members_[name] = json;
    return *this;
  }
  Parsing& remove(const std::string& name) {
    members_.erase(name);
    return *this;
  }
  bool parse(const std::string& json) { return parser().parse(json, item, errors, warnings); }
  /// "pointer rule" of each finding; empty when it is taken.
  std::vector<std::string> faults() {
    (void)parse(json_of(members_));
    std::vector<std::string> out;
    out.reserve(errors.size());
    for (const FieldError& error : errors) out.push_back(error.pointer + " " + error.rule);
    return out;
  }
  std::vector<std::string> warned() {
    std::vector<std::string> out;
    for (const Warning& warning : warnings) out.push_back(warning.pointer + " " + warning.rule);
    return out;
  }

  T item;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;

 private:
  ItemParser<T>& parser() {
    static const CodeLists codes = CodeLists::builtin().value();
    static ItemParser<T> parser(codes);
    return parser;
  }
  Members members_;
};

/// What one field is refused for, when nothing else is wrong.
template <typename T>
std::string fault_of(const std::string& name, const std::string& json) {
  const auto faults = Parsing<T>().set(name, json).faults();
  return faults.empty() ? "" : faults.size() == 1 ? faults[0] : "several";
}

template <typename T>
class ReportParser : public ::testing::Test {};
using Posted = ::testing::Types<ClearanceOrdered, ClearanceReported, CaseReported, PersonReported,
                                HazardReported, FigureDeclared>;
TYPED_TEST_SUITE(ReportParser, Posted);

TYPED_TEST(ReportParser, AWholeReportGoesThroughJsonAndTheLogAndComesBackEqual) {
  auto sent = test::whole<TypeParam>();
  sent.partner = {};
  sent.idempotency_key.reset();
  sent.body_digest = {};
  std::string json;
  to_json(sent, json);

  Parsing<TypeParam> parsing;
  ASSERT_TRUE(parsing.parse(json)) << json << parsing.errors[0].pointer << parsing.errors[0].rule;
  EXPECT_THAT(parsing.warned(), IsEmpty());
  const std::string payload = test::payload_of(parsing.item);
  TypeParam back;
  ASSERT_TRUE(decode(as_bytes(payload), back));
  EXPECT_EQ(back, sent);
}

TYPED_TEST(ReportParser, TheLeastIsTakenAndNothingOfTheOneBeforeIsLeft) {
  std::string whole;
  to_json(test::whole<TypeParam>(), whole);
  Parsing<TypeParam> parsing;
  ASSERT_TRUE(parsing.parse(whole));
  EXPECT_THAT(parsing.faults(), IsEmpty());
  EXPECT_EQ(parsing.item.corrects, "");
  std::string shown;
  to_json(parsing.item, shown);
  EXPECT_THAT(shown, Not(HasSubstr("corrects")));
}

TYPED_TEST(ReportParser, EachFieldThatItNeedsIsAskedFor) {
  for (const FieldInfo& info : field_infos<TypeParam>()) {
    if (info.origin != Origin::kSender || info.presence == Presence::kOptional) continue;
    const std::string name(info.name);
    EXPECT_THAT(Parsing<TypeParam>().remove(name).faults(), ElementsAre("/" + name + " required"));
    EXPECT_EQ(fault_of<TypeParam>(name, "null"), "/" + name + " required");
  }
}

TYPED_TEST(ReportParser, AWithdrawalNeedsNoMoreThanItsReferences) {
  Parsing<TypeParam> parsing;
  ASSERT_TRUE(parsing.parse(R"({"partner_ref":"R-2","status":"Actual","withdraws":"R-1",)"
                            R"("reported_at":"2022-08-26T09:00:00+08:00"})"));
  std::string shown;
  to_json(parsing.item, shown);
  EXPECT_EQ(shown,
            R"({"partner_ref":"R-2","status":"Actual","reported_at":"2022-08-26T09:00:00+08:00",)"
            R"("withdraws":"R-1"})");
}

TYPED_TEST(ReportParser, OneReportCorrectsOrWithdrawsAnother) {
  EXPECT_EQ(fault_of<TypeParam>("corrects", R"("R-0")"), "");
  EXPECT_EQ(fault_of<TypeParam>("corrects", R"("R-1")"), "/corrects refers_to_itself");
  EXPECT_EQ(fault_of<TypeParam>("withdraws", R"("R-1")"), "/withdraws refers_to_itself");
  EXPECT_THAT(
      Parsing<TypeParam>().set("corrects", R"("R-0")").set("withdraws", R"("R-9")").faults(),
      ElementsAre("/withdraws corrects_and_withdraws"));
}

TYPED_TEST(ReportParser, PersonalFieldsAreRefusedAtAnyDepth) {
  for (const char* name : {"name", "id_card", "suspect", "手机", "Victim-Name"}) {
    const std::string quoted = "\"" + std::string(name) + "\"";
    EXPECT_EQ(fault_of<TypeParam>(name, "1"), "/" + std::string(name) + " personal_field_refused");
    EXPECT_EQ(fault_of<TypeParam>("extra", "[{\"a\":{" + quoted + ":1}}]"),
              "/extra/0/a/" + std::string(name) + " personal_field_refused");
  }
}

TYPED_TEST(ReportParser, NumbersOfPersonsAreRefusedInEveryText) {
  for (const FieldInfo& info : field_infos<TypeParam>()) {
    if (info.origin != Origin::kSender || info.shape != Shape::kText || info.name == "person")
      continue;
    const std::string name(info.name);
    const bool closed =
        name == "action" || name == "state" || name == "person_scope" || name == "role";
    EXPECT_EQ(fault_of<TypeParam>(name, R"("13800138000")"),
              "/" + name + (closed ? " unknown_code" : " number_shaped"));
  }
}

TYPED_TEST(ReportParser, WhatIsUnknownOrSetByTheServiceIsDroppedWithAWarning) {
  Parsing<TypeParam> parsing;
  parsing.set("partner", R"("other")").set("extra", "{}");
  EXPECT_THAT(parsing.faults(), IsEmpty());
  EXPECT_THAT(parsing.warned(), ElementsAre("/extra unknown_field", "/partner set_by_service"));
  EXPECT_EQ(parsing.item.partner, "");
}

TYPED_TEST(ReportParser, NothingHasHappenedYetThatLiesAhead) {
  auto item = test::whole<TypeParam>();
  std::vector<FieldError> errors;
  note_future_times(item, TimeUs{item.reported_at.at.value}, errors);
  EXPECT_THAT(errors, IsEmpty());
  note_future_times(item, TimeUs{item.reported_at.at.value - 1}, errors);
  EXPECT_THAT(errors, ElementsAre(FieldError{"/reported_at", "in_future", errors[0].hint}));
}

TEST(FutureTimes, PlansAndDeadlinesMayLieAhead) {
  const TimeUs now{1};
  const auto noted = [&](const auto& item) {
    std::vector<FieldError> errors;
    note_future_times(item, now, errors);
    std::vector<std::string> out;
    out.reserve(errors.size());
    for (const FieldError& error : errors) out.push_back(error.pointer);
    return out;
  };
  ClearanceOrdered order;
  order.from = test::at(100);
  order.until = test::at(200);
  order.action = "plan";
  EXPECT_THAT(noted(order), IsEmpty());
  order.action = "open";
  EXPECT_THAT(noted(order), ElementsAre("/from"));
  order.action = "close";
  EXPECT_THAT(noted(order), ElementsAre("/from", "/until"));

  HazardReported hazard;
  hazard.due_at = test::at(100);
  EXPECT_THAT(noted(hazard), IsEmpty());
  hazard.happened_at = test::at(100);
  EXPECT_THAT(noted(hazard), ElementsAre("/happened_at"));

  CaseReported report;
  report.stages = {{"filed", test::at(100)}};
  EXPECT_THAT(noted(report), ElementsAre("/stages/filed"));
}

TEST(ClearanceOrderParser, AWindowEndsAfterItBegins) {
  const auto with = [](const char* from, const char* until) {
    return Parsing<ClearanceOrdered>().set("from", from).set("until", until).faults();
  };
  EXPECT_THAT(with(R"("2022-08-25T20:00:00+08:00")", R"("2022-08-25T12:00:00Z")"), IsEmpty());
  EXPECT_THAT(with(R"("2022-08-25T20:00:00+08:00")", R"("2022-08-25T19:59:59+08:00")"),
              ElementsAre("/until until_before_from"));
}

TEST(ClearanceOrderParser, TwoHundredUnitsAreTakenAndNoneTwice) {
  std::string units;
  for (std::size_t i = 0; i < kMaxUnits; ++i)
    units += (units.empty() ? "\"u" : ",\"u") + std::to_string(i) + '"';
  EXPECT_EQ(fault_of<ClearanceOrdered>("units", "[" + units + "]"), "");
  EXPECT_EQ(fault_of<ClearanceOrdered>("units", "[" + units + ",\"more\"]"), "/units too_many");
  EXPECT_EQ(fault_of<ClearanceOrdered>("units", R"(["wuma","wuma"])"), "/units/1 repeated");
  EXPECT_EQ(fault_of<ClearanceOrdered>("action", R"("cancel")"), "/action unknown_code");
  EXPECT_EQ(fault_of<ClearanceOrdered>("number", "0"), "/number range");
}

std::string count_fault(const std::string& counts) {
  return fault_of<ClearanceReported>("counts", counts);
}

TEST(Counts, EachRuleRefusesWhatBreaksIt) {
  EXPECT_EQ(count_fault(R"([{"what":"site","n":0}])"), "");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":0,"kind":null,"bound":null}])"), "");
  EXPECT_EQ(count_fault("{}"), "/counts type");
  EXPECT_EQ(count_fault("[7]"), "/counts/0 type");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1},{"what":"site"}])"), "/counts/1/n required");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":null}])"), "/counts/0/n required");
  EXPECT_EQ(count_fault(R"([{"n":1}])"), "/counts/0/what required");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":-1}])"), "/counts/0/n range");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1000000000000}])"), "");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1000000000001}])"), "/counts/0/n range");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1.0}])"), "/counts/0/n integer");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":"1"}])"), "/counts/0/n type");
  EXPECT_EQ(count_fault(R"([{"what":7,"n":1}])"), "/counts/0/what type");
  EXPECT_EQ(count_fault(R"([{"what":"","n":1}])"), "/counts/0/what length");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1,"n":2}])"), "/counts/0/n duplicate_key");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1,"bound":"more"}])"),
            "/counts/0/bound unknown_code");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1,"kind":"13800138000"}])"),
            "/counts/0/kind number_shaped");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1,"name":"x"}])"),
            "/counts/0/name personal_field_refused");
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1,"more":[{"phone":1}]}])"),
            "/counts/0/more/0/phone personal_field_refused");
}

TEST(Counts, OneNumberIsGivenOnce) {
  EXPECT_EQ(count_fault(R"([{"what":"site","n":1},{"what":"site","kind":"bar","n":1},)"
                        R"({"what":"site","kind":"bar","result":"passed","n":1}])"),
            "");
  EXPECT_EQ(
      count_fault(R"([{"what":"site","kind":"bar","n":1},{"n":2,"kind":"bar","what":"site"}])"),
      "/counts/1 repeated");
}

TEST(Counts, TwoHundredAreTaken) {
  std::string counts;
  for (std::size_t i = 0; i < kMaxCounts; ++i)
    counts += (counts.empty() ? "" : ",") + (R"({"what":"site","kind":"k)" + std::to_string(i)) +
              R"(","result":"passed","n":1,"bound":"at_least"})";
  EXPECT_EQ(count_fault("[" + counts + "]"), "");
  EXPECT_EQ(count_fault("[" + counts + R"(,{"what":"person","n":1}])"), "/counts too_many");
}

TEST(Counts, WhatIsNotListedOrNotKnownIsWarnedOf) {
  Parsing<ClearanceReported> parsing;
  parsing.set("counts", R"([{"what":"drone","n":3,"unit":"x"}])");
  EXPECT_THAT(parsing.faults(), IsEmpty());
  EXPECT_THAT(parsing.warned(),
              ElementsAre("/counts/0/what code_not_listed", "/counts/0/unit unknown_field"));
  EXPECT_THAT(parsing.item.counts, ElementsAre(Count{"drone", "", "", 3, Bound::kExact}));
}

TEST(PersonToken, TakesWhatAKeyedHashLooksLike) {
  for (const char* token :
       {"p7Qm-x2Vt_9aLw4Z", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0bfe0b8d0c3a8c1e2f7a90",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        // a row of eleven digits and more, as one hash in eight has
        "9f86d08188417465902feaa0c55ad015a3bf4f1b2b058341295017360c3a8c1e",
        // what reads as a date, by chance
        "9f19900101a4b7c5", "9F19900101ABCDEF", "19900101-4f89-41d3-9a0c-0305e82c3301",
        // no date: month 13, day 32, years far off, parts apart
        "p7Qm-19901301-9aLw", "p7Qm-19900132-9aLw", "p7Qm-21000101-9aLw", "p7Qm-1990--01-01-9a",
        "p7Qm-1990-1-1-9aLw", "p7Qm-1990x0101-9aLw"}) {
    EXPECT_EQ(fault_of<PersonReported>("person", '"' + std::string(token) + '"'), "") << token;
  }
}

TEST(PersonToken, RefusesNamesAndNumbersOfPersons) {
  for (const char* token :
       {"", "张三", "Zhang San", "zhangsan", "zhang-san-of-wuma", "ZHANGSANOFWUMASTREET",
        "110101199003071234", "11010119900307123X", "13800138000", "+86-138-0013-8000",
        "id-110101199003071234", "a110101199003071234", "tel-138-0013-8000-a", "abc13800138000def",
        "1234567890123456", "p7Qm-x2Vt_9aLw4", "p7Qm x2Vt 9aLw4Z x", "p7Qm.x2Vt.9aLw4Z.x",
        "a12345678901_wuma"}) {
    EXPECT_EQ(fault_of<PersonReported>("person", '"' + std::string(token) + '"'),
              "/person token_form")
        << token;
  }
  for (const char* dated : {"zhangsan19900101", "19900101zhangsan", "zhangsan-1990-01-01",
                            "zhangsan_1990_0131_1", "zhangsan199001011", "zhangsan019900101",
                            "ZHANGSAN20991231x", "deadbeef-19900101", "dEadbeef19900101",
                            // hexadecimal digits, but too few of them letters for a hash
                            "19900101a2345678"}) {
    EXPECT_EQ(fault_of<PersonReported>("person", '"' + std::string(dated) + '"'),
              "/person token_form")
        << dated;
  }
  const std::string long_token = "a1" + std::string(63, 'x');
  EXPECT_EQ(fault_of<PersonReported>("person", '"' + long_token + '"'), "/person token_form");
  EXPECT_EQ(fault_of<PersonReported>("person", "7"), "/person type");
}

TEST(PersonToken, IsNeverEchoed) {
  Parsing<PersonReported> parsing;
  (void)parsing.set("person", R"("13800138000")").faults();
  EXPECT_THAT(parsing.errors[0].hint, Not(HasSubstr("1380")));

  Parsing<PersonReported> dated;
  EXPECT_THAT(dated.set("person", R"("zhangsan19900101")").faults(),
              ElementsAre("/person token_form"));
  EXPECT_THAT(dated.errors[0].hint, AllOf(HasSubstr("date of birth"), Not(HasSubstr("1990")),
                                          Not(HasSubstr("zhangsan"))));
}

TEST(DeclaredFigure, HasAWholeNumberAndABound) {
  EXPECT_EQ(fault_of<FigureDeclared>("n", "-15"), "");
  EXPECT_EQ(fault_of<FigureDeclared>("n", "0.5"), "/n integer");
  EXPECT_EQ(fault_of<FigureDeclared>("n", "1000000000000"), "");
  EXPECT_EQ(fault_of<FigureDeclared>("n", "1000000000001"), "/n range");
  EXPECT_EQ(fault_of<FigureDeclared>("n", "-1000000000000"), "");
  EXPECT_EQ(fault_of<FigureDeclared>("n", "-1000000000001"), "/n range");
  EXPECT_EQ(fault_of<FigureDeclared>("bound", R"("reaches")"), "");
  EXPECT_EQ(fault_of<FigureDeclared>("bound", R"("about")"), "/bound unknown_code");
  EXPECT_EQ(fault_of<FigureDeclared>("bound", "2"), "/bound type");
  EXPECT_EQ(fault_of<FigureDeclared>("role", R"("guess")"), "/role unknown_code");
}

}  // namespace
}  // namespace lamplight
