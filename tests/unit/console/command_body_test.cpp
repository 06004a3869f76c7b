#include "console/command_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/inner_descriptions.hpp"

namespace lamplight::console {
namespace {

using inner::Ask;
using ::testing::ElementsAre;

ReadCommand read_body(Ask ask, std::string_view json) {
  static const CodeLists lists = CodeLists::builtin().value();
  return read_command(ask, json, lists);
}

std::string first_rule(Ask ask, std::string_view json) {
  const ReadCommand read = read_body(ask, json);
  if (!read.problem) return "none";
  if (read.problem->errors.empty()) return read.problem->type;
  return read.problem->errors.front().pointer + " " + read.problem->errors.front().rule;
}

TEST(CommandBody, SaysWhatTheRequestHolds) {
  const ReadCommand read =
      read_body(Ask::kAssessment,
                R"({"risk":"residual","severity":"high","grounds":["provocation","gang_fight"]})");
  ASSERT_TRUE(read.body.has_value());
  MsgpackWriter payload;
  Id16 id;
  id.bytes[3] = 7;

  EXPECT_EQ(encode_command(Ask::kAssessment, {"actor-1", id, 4}, *read.body, payload),
            kAssessmentSubmitted);

  AssessmentSubmitted said;
  ASSERT_TRUE(decode(payload.bytes(), said));
  EXPECT_EQ(said.actor, "actor-1");
  EXPECT_EQ(said.case_id, id);
  EXPECT_EQ(said.expected_version, 4);
  EXPECT_EQ(said.risk, "residual");
  EXPECT_EQ(said.severity, "high");
  EXPECT_THAT(said.grounds, ElementsAre("provocation", "gang_fight"));
}

TEST(CommandBody, OfAPetitionNamesNoCase) {
  const ReadCommand read = read_body(
      Ask::kPetition, R"({"petition":"2026-17","parties":["party-0001-aaaa-bbbb"],"area":null})");
  ASSERT_TRUE(read.body.has_value());
  MsgpackWriter payload;
  EXPECT_EQ(encode_command(Ask::kPetition, {"actor-1", {}, {}}, *read.body, payload),
            kPetitionSubmitted);
  PetitionSubmitted said;
  ASSERT_TRUE(decode(payload.bytes(), said));
  EXPECT_EQ(said.petition, "2026-17");
  EXPECT_THAT(said.parties, ElementsAre("party-0001-aaaa-bbbb"));
}

TEST(CommandBody, NothingCountsAsAnEmptyObject) {
  EXPECT_TRUE(read_body(Ask::kFeedback, "").body.has_value());
  EXPECT_TRUE(read_body(Ask::kRulesMove, "{}").body.has_value());
}

TEST(CommandBody, EveryBrokenRuleIsToldWithItsField) {
  EXPECT_EQ(first_rule(Ask::kFeedback, "["), "not_json");
  EXPECT_EQ(first_rule(Ask::kFeedback, "[]"), "not_json");
  EXPECT_EQ(first_rule(Ask::kFeedback, "{\"grounds\":[\"\xff\"]}"), "not_json");
  EXPECT_EQ(first_rule(Ask::kAssessment, "{}"), "/risk required");
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":"much"})"), "/risk code");
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":1})"), "/risk text");
  EXPECT_EQ(first_rule(Ask::kFeedback, R"({"grounds":"provocation"})"), "/grounds list");
  EXPECT_EQ(first_rule(Ask::kFeedback, R"({"grounds":["whim"]})"), "/grounds/0 code");
  EXPECT_EQ(first_rule(Ask::kDispatch, R"({"assignee":"two words"})"), "/assignee no_blanks");
  EXPECT_EQ(first_rule(Ask::kDispatch, R"({"outcome":"passed"})"), " unknown_field");
  std::string many = R"({"parties":[)";
  for (int i = 0; i < 17; ++i) many += std::string(i == 0 ? "" : ",") + "\"p\"";
  EXPECT_EQ(first_rule(Ask::kSettlement, many + "]}"), "/parties list");
}

TEST(CommandBody, WhatIsSaidTwiceIsRefused) {
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":"none","risk":"residual"})"), "/risk twice");
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":null,"risk":"none"})"), "/risk twice");
  EXPECT_EQ(first_rule(Ask::kFeedback, R"({"grounds":[],"gr\u006funds":["provocation"]})"),
            "/grounds twice");
  std::string many = R"({"parties":["party-0001-aaaa-bbbb"])";
  for (int i = 1; i < 780; ++i) many += R"(,"parties":["party-0001-aaaa-bbbb"])";
  const ReadCommand read = read_body(Ask::kSettlement, many + "}");
  ASSERT_TRUE(read.problem.has_value());
  EXPECT_EQ(read.problem->errors.size(), 32U);
}

TEST(CommandBody, NothingStandsBehindTheObject) {
  using namespace std::string_view_literals;
  EXPECT_EQ(first_rule(Ask::kFeedback, " {} \n"), "none");
  for (const std::string_view text : {"{}\0{\"grounds\":[\"whim\"]}"sv, "{}\0"sv, "\0{}"sv,
                                      "{} {}"sv, "{}x"sv, "{\"grounds\":[\"\0\"]}"sv})
    EXPECT_EQ(first_rule(Ask::kFeedback, text), "not_json") << text;
}

TEST(CommandBody, NothingThatLooksLikeAPersonIsTaken) {
  EXPECT_EQ(first_rule(Ask::kSettlement, R"({"parties":["330302199001011237"]})"),
            "/parties/0 token_form");
  EXPECT_EQ(
      first_rule(Ask::kPetition,
                 R"({"petition":"2026-17","parties":["party-0001-aaaa-bbbb","13800138000"]})"),
      "/parties/1 token_form");
  EXPECT_EQ(first_rule(Ask::kSettlement, R"({"parties":["zhangsan"]})"), "/parties/0 token_form");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"330302199001011237"})"),
            "/petition number_shaped");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"138-0013-8000"})"),
            "/petition number_shaped");
  EXPECT_EQ(first_rule(Ask::kDispatch, R"({"assignee":"13800138000"})"), "/assignee number_shaped");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"2026-17","area":"13800138000"})"),
            "/area number_shaped");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"2026-17","area":"王 小明"})"),
            "/area reference");
}

TEST(CommandBody, KeysOfOfficersUnitsAreasAndPetitionsAreTaken) {
  for (const char* assignee : {"4f1c0ad29b7e83650d1fa2c4b6e8f013", "operations_centre", "wuma"})
    EXPECT_EQ(first_rule(Ask::kDispatch, std::string(R"({"assignee":")") + assignee + "\"}"),
              "none");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"XF-20261130-0017","area":"wuma"})"), "none");
  EXPECT_EQ(first_rule(Ask::kPetition, R"({"petition":"2026-17","area":"of_the_rules"})"), "none");
}

TEST(CommandBody, WhatWasSentIsNeverRepeated) {
  const ReadCommand read =
      read_body(Ask::kAssessment, R"({"risk":"Wang Wu","severity":"13800001111","xyz":1})");
  ASSERT_TRUE(read.problem.has_value());
  for (const http::FieldError& error : read.problem->errors) {
    for (const char* text : {"Wang", "138", "xyz"})
      EXPECT_EQ((error.pointer + error.rule + error.hint).find(text), std::string::npos) << text;
  }
}

TEST(CommandBody, AnUnknownFieldBesideOneThatIsMissingIsToldAsWell) {
  const ReadCommand read = read_body(Ask::kAssessment, R"({"rsik":"none"})");
  ASSERT_TRUE(read.problem.has_value());
  ASSERT_EQ(read.problem->errors.size(), 2U);
  EXPECT_EQ(read.problem->errors.front().rule, "unknown_field");
  EXPECT_EQ(read.problem->errors.back().pointer, "/risk");
}

TEST(CommandBody, RulesBrokenByTheThousandAreNotAllTold) {
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
  const ReadCommand read = read_body(Ask::kAssessment, many + "}");
  ASSERT_TRUE(read.problem.has_value());
  EXPECT_EQ(read.problem->errors.size(), 32U);
}

TEST(CommandBody, AFieldThatIsNearlyRightIsNamed) {
  const ReadCommand read = read_body(Ask::kVerification, R"({"outcome":"passed","raeson":"x"})");
  ASSERT_TRUE(read.problem.has_value());
  EXPECT_EQ(read.problem->errors.front().hint, "Did you mean reason?");
}

}  // namespace
}  // namespace lamplight::console
