#include "model/code_lists.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/production_env.hpp"
#include "model/alert.hpp"

namespace lamplight {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> codes_of(const CodeLists& lists, CodeList list) {
  std::vector<std::string> out;
  for (const CodeEntry& entry : lists.entries(list)) out.push_back(entry.code);
  return out;
}

TEST(BuiltinCodeLists, HoldTheStatusesClosedAndTheSixOperations) {
  const CodeLists lists = CodeLists::builtin().value();
  EXPECT_FALSE(lists.is_open(CodeList::kStatus));
  EXPECT_THAT(codes_of(lists, CodeList::kStatus),
              ElementsAre("Actual", "Exercise", "System", "Test", "Draft"));
  for (const std::string& code : codes_of(lists, CodeList::kStatus))
    EXPECT_EQ(to_string(status_from(code).value()), code);

  std::vector<std::string> labels;
  for (const CodeEntry& entry : lists.entries(CodeList::kOperation)) labels.push_back(entry.zh);
  EXPECT_THAT(labels, ElementsAre("清患", "拔钉", "融冰", "铁拳", "除险", "创稳"));
}

TEST(BuiltinCodeLists, AreOpenWhereDistrictsDiffer) {
  const CodeLists lists = CodeLists::builtin().value();
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    const auto list = static_cast<CodeList>(i);
    const bool fixed = list == CodeList::kStatus || list == CodeList::kHazardState ||
                       list == CodeList::kClearanceAction || list == CodeList::kPersonScope ||
                       list == CodeList::kFigureRole;
    EXPECT_EQ(lists.is_open(list), !fixed) << to_string(list);
    EXPECT_FALSE(lists.entries(list).empty()) << to_string(list);
  }
}

TEST(BuiltinCodeLists, LabelInBothLanguagesAndFallBackToTheCode) {
  const CodeLists lists = CodeLists::builtin().value();
  EXPECT_EQ(lists.label(CodeList::kCategory, "theft", Language::kChinese), "盗窃");
  EXPECT_EQ(lists.label(CodeList::kCategory, "theft", Language::kEnglish), "Theft");
  EXPECT_EQ(lists.label(CodeList::kCategory, "F/CAR", Language::kEnglish), "F/CAR");
  EXPECT_EQ(lists.find(CodeList::kCategory, "theft")->class_code, "criminal");
  EXPECT_EQ(lists.find(CodeList::kCategory, "F/CAR"), nullptr);
}

TEST(BuiltinCodeLists, StayUsableWhenMoved) {
  CodeLists first = CodeLists::builtin().value();
  const CodeLists second = std::move(first);
  EXPECT_EQ(second.label(CodeList::kArea, "wuma", Language::kChinese), "五马街道");
}

class CodeListFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(::testing::TempDir()) / (std::string("code-lists-") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "codes");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  Result<CodeLists> load() { return CodeLists::load(env_.env().disk, folder_.string()); }
  std::string refusal() {
    const auto lists = load();
    return lists.ok() ? "accepted" : lists.error().message();
  }

  ProductionEnv env_;
  std::filesystem::path folder_;
};

TEST_F(CodeListFolder, ReplacesTheListsThatItHoldsAndLeavesTheOthers) {
  write("codes/area.toml",
        "open = false\n[codes]\n\"330302001001\" = { zh = \"某社区\", en = \"A community\" }\nwest "
        "= { zh = \"西\", en = \"West\" }\n");
  const CodeLists lists = load().value();
  EXPECT_THAT(codes_of(lists, CodeList::kArea), ElementsAre("330302001001", "west"));
  EXPECT_FALSE(lists.is_open(CodeList::kArea));
  EXPECT_NE(lists.find(CodeList::kCategory, "theft"), nullptr);
}

TEST_F(CodeListFolder, SaysWhatTheCodesOfAPlaceSchemeLookLike) {
  EXPECT_EQ(CodeLists::builtin()->find(CodeList::kPlaceScheme, "gb2260")->form, PlaceForm::kDigits);
  write("codes/place_scheme.toml",
        "open = true\n[codes]\nstation = { zh = \"所\", en = \"Station\", form = \"digits\" }\n"
        "beat = { zh = \"巡\", en = \"Beat\" }\n");
  const CodeLists lists = load().value();
  EXPECT_EQ(lists.find(CodeList::kPlaceScheme, "station")->form, PlaceForm::kDigits);
  EXPECT_EQ(lists.find(CodeList::kPlaceScheme, "beat")->form, PlaceForm::kCode);
}

TEST_F(CodeListFolder, AddsToTheDenyListAndTakesNothingOff) {
  write("deny-list.toml", "[ours]\nnames = [\"Case-Story\"]\nparts = [\"绰号\"]\n");
  const CodeLists lists = load().value();
  EXPECT_TRUE(lists.deny_list().refuses("case_story"));
  EXPECT_TRUE(lists.deny_list().refuses("嫌犯绰号"));
  EXPECT_TRUE(lists.deny_list().refuses("name"));
}

TEST_F(CodeListFolder, WhereNothingIsThatIsSaid) {
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(load().error().code(), Code::kNotFound);
}

TEST_F(CodeListFolder, FaultsNameFileLineAndRule) {
  const auto with = [&](const std::string& name, const std::string& text) {
    write(name, text);
    std::string said = refusal();
    std::filesystem::remove(folder_ / name);
    return said;
  };
  EXPECT_THAT(with("codes/area.toml", "open = true\n[codes]\nwest = \"West\"\n"),
              AllOf(HasSubstr("area.toml:3: "), HasSubstr("zh")));
  EXPECT_THAT(with("codes/area.toml", "open = true\n[codes]\nwest = { zh = \"西\" }\n"),
              AllOf(HasSubstr("area.toml:3: "), HasSubstr("both labels")));
  EXPECT_THAT(with("codes/area.toml",
                   "open = true\n\n[codes]\n\nx = { zh = \"西\", en = \"W\", class = \"fire\" }\n"),
              AllOf(HasSubstr("area.toml:5: "), HasSubstr("unknown key \"class\"")));
  EXPECT_THAT(with("codes/place_scheme.toml",
                   "open = true\n[codes]\nx = { zh = \"西\", en = \"W\", form = \"hex\" }\n"),
              AllOf(HasSubstr("place_scheme.toml:3: "), HasSubstr("form other than")));
  EXPECT_THAT(
      with("codes/area.toml", "open = true\n[codes]\n\" x\" = { zh = \"西\", en = \"W\" }\n"),
      AllOf(HasSubstr("area.toml:3: "), HasSubstr("space")));
  EXPECT_THAT(with("codes/area.toml", "[codes]\n"),
              AllOf(HasSubstr("area.toml:1: "), HasSubstr("open")));
  EXPECT_THAT(with("codes/area.toml", "open = true\n"), HasSubstr("[codes]"));
  EXPECT_THAT(with("codes/area.toml", "open = true\nopne = true\n[codes]\n"),
              AllOf(HasSubstr("area.toml:2: "), HasSubstr("unknown key")));
  EXPECT_THAT(with("codes/area.toml", "open = true\n[codes\n"),
              AllOf(HasSubstr("area.toml:2: "), HasSubstr("TOML")));
  EXPECT_THAT(with("codes/area.toml",
                   "open = true\n[codes]\na = { zh = \"西\", en = \"W\" }\na = { zh = \"西\", en = "
                   "\"W\" }\n"),
              HasSubstr("area.toml:4: "));
  EXPECT_THAT(with("codes/operation.toml", "open = false\n[codes]\n"),
              HasSubstr("closed list without codes"));
  EXPECT_THAT(
      with("codes/status.toml", "open = false\n[codes]\nReal = { zh = \"真\", en = \"Real\" }\n"),
      AllOf(HasSubstr("status.toml"), HasSubstr("Real")));
  EXPECT_THAT(with("codes/status.toml",
                   "open = true\n[codes]\nActual = { zh = \"真\", en = \"Actual\" }\n"),
              HasSubstr("must be closed"));
  EXPECT_THAT(with("codes/hazard_state.toml",
                   "open = false\n[codes]\nleft = { zh = \"留\", en = \"Left\" }\n"),
              AllOf(HasSubstr("hazard_state.toml"), HasSubstr("\"left\" is none of found")));
  EXPECT_THAT(
      with("codes/case_stage.toml", "open = true\n[codes]\nsuspect = { zh = \"x\", en = \"x\" }\n"),
      AllOf(HasSubstr("case_stage.toml"), HasSubstr("deny-list")));
  EXPECT_THAT(with("deny-list.toml", "[x]\nnames = [\"happened_at\"]\n"),
              AllOf(HasSubstr("deny-list.toml"), HasSubstr("\"happened_at\"")));
  EXPECT_THAT(with("codes/category.toml",
                   "open = true\n[codes]\nx = { zh = \"x\", en = \"x\", class = \"nowhere\" }\n"),
              AllOf(HasSubstr("category.toml"), HasSubstr("nowhere")));
  EXPECT_THAT(
      with("codes/stage.toml", "open = true\n[codes]\nphone = { zh = \"x\", en = \"x\" }\n"),
      AllOf(HasSubstr("stage.toml"), HasSubstr("deny-list")));
  EXPECT_THAT(with("deny-list.toml", "[x]\nnames = [\"area\"]\n"),
              AllOf(HasSubstr("deny-list.toml"), HasSubstr("\"area\"")));
  EXPECT_THAT(with("deny-list.toml", "[x]\nnames = [\"a\",\n 7]\n"),
              AllOf(HasSubstr("deny-list.toml:3: "), HasSubstr("text")));
  EXPECT_THAT(with("deny-list.toml", "[x]\nparts = [\"_x\"]\n"),
              AllOf(HasSubstr("deny-list.toml:2: "), HasSubstr("two characters")));
  EXPECT_THAT(with("deny-list.toml", "names = [\"a\"]\n"),
              AllOf(HasSubstr("deny-list.toml:1: "), HasSubstr("sections")));
  EXPECT_EQ(refusal(), "accepted");
}

TEST(DenyList, TakesFullWidthLettersForNarrowOnes) {
  const CodeLists lists = std::move(CodeLists::builtin()).value();
  for (const char* name :
       {"ｎａｍｅ", "ＮＡＭＥ", "ｆｕｌｌ＿ｎａｍｅ", "ｆｕｌｌ－Name", "Full　Name", "ＱＱ"})
    EXPECT_TRUE(lists.deny_list().refuses(name)) << name;
  EXPECT_FALSE(lists.deny_list().refuses("ｇｒｉｄ"));
  EXPECT_FALSE(lists.deny_list().refuses("\xEF\xBC")) << "half a character";
}

TEST(DenyList, KnowsWhatPeopleInAnIncidentAreCalled) {
  const CodeLists lists = std::move(CodeLists::builtin()).value();
  for (const char* name :
       {"complainant", "Caller", "victim", "SUSPECT", "informant", "phone", "Phone No", "driver",
        "报警人", "当事人", "受害人", "嫌疑人", "嫌疑人信息", "报案人", "司机", "家属"})
    EXPECT_TRUE(lists.deny_list().refuses(name)) << name;
}

TEST(DenyList, ComparesWithoutCaseUnderscoresHyphensAndSpaces) {
  DenyList list;
  ASSERT_TRUE(list.add_name("full_name"));
  ASSERT_TRUE(list.add_part("身份证"));
  for (const char* name :
       {"FullName", "full-name", "FULL NAME", "f_u_l_l_n_a_m_e", "嫌疑人身份证号"})
    EXPECT_TRUE(list.refuses(name)) << name;
  for (const char* name : {"full_names", "name", "", "身份", "证"})
    EXPECT_FALSE(list.refuses(name)) << name;
  EXPECT_FALSE(list.add_name("_- "));
  EXPECT_FALSE(list.add_part("a_"));
}

}  // namespace
}  // namespace lamplight
