#include "model/text_check.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "model/item_parser.hpp"
#include "model/result_descriptions.hpp"

namespace lamplight {
namespace {

class TextCheckBesideTheParser : public ::testing::Test {
 protected:
  /// The rule that the parser of items finds broken when a field says this.
  std::string parsed(const std::string& field, const std::string& text) {
    std::string json = R"({"partner_ref":"R-1","status":"Actual","category":"theft",)"
                       R"("reported_at":"2022-08-26T09:00:00+08:00",)"
                       R"("happened_at":"2022-08-25T20:15:00+08:00","person_scope":"district")";
    for (const char* other : {"person", "unit"}) {
      if (other != field)
        json += std::string(",\"") + other + "\":\"" + (other[0] == 'p' ? kToken : "wuma") + "\"";
    }
    json += ",\"" + field + "\":\"" + text + "\"}";
    PersonReported item;
    std::vector<FieldError> errors;
    std::vector<Warning> warnings;
    if (parser_.parse(json, item, errors, warnings))
      return warnings.empty() ? "" : warnings.front().rule;
    return errors.front().rule;
  }
  std::string checked(const std::string& field, const std::string& text) {
    for (const FieldInfo& info : field_infos<PersonReported>()) {
      if (info.name != field) continue;
      const TextCheck check = check_text(info.rule, text, codes_);
      EXPECT_EQ(check.hint.empty(), check.broken.empty()) << field << " " << text;
      EXPECT_EQ(check.hint.find(text), std::string::npos) << "a value is not repeated";
      if (!check.broken.empty()) return std::string(check.broken);
      return check.listed ? "" : "code_not_listed";
    }
    return "no such field";
  }

  static constexpr const char* kToken = "p7Qm-x2Vt_9aLw4Z";

 private:
  const CodeLists codes_ = CodeLists::builtin().value();
  ItemParser<PersonReported> parser_{codes_};
};

TEST_F(TextCheckBesideTheParser, FindsWhatTheParserFinds) {
  const std::string texts[] = {kToken,
                               "330302199001011237",
                               "13800138000",
                               "+86 138 0013 8000",
                               "zhangsan19900101",
                               "wuma",
                               "五马",
                               "elsewhere",
                               "two words",
                               " wuma",
                               "wu\xE2\x80\x8Bma",
                               "5f0b4c2d9a8e7f6a1b3c5d7e9f001122",
                               "no",
                               "12345678901234567890",
                               std::string(65, 'a')};
  std::size_t broken = 0;
  for (const char* field : {"person", "corrects", "unit"}) {
    for (const std::string& text : texts) {
      EXPECT_EQ(checked(field, text), parsed(field, text)) << field << ": " << text;
      broken += checked(field, text).empty() ? 0U : 1U;
    }
  }
  EXPECT_GT(broken, 20U) << "most of these break a rule";
}

TEST_F(TextCheckBesideTheParser, ACodeThatAClosedListDoesNotHoldIsBroken) {
  EXPECT_EQ(checked("status", "Actual"), "");
  EXPECT_EQ(checked("status", "Perhaps"), "unknown_code");
}

}  // namespace
}  // namespace lamplight
