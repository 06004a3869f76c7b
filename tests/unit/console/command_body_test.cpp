#include "console/command_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/inner_descriptions.hpp"

namespace lamplight::console {
namespace {

using inner::Ask;
using ::testing::ElementsAre;

std::string first_rule(Ask ask, std::string_view json) {
  const ReadCommand read = read_command(ask, json);
  if (!read.problem) return "none";
  if (read.problem->errors.empty()) return read.problem->type;
  return read.problem->errors.front().pointer + " " + read.problem->errors.front().rule;
}

TEST(CommandBody, SaysWhatTheRequestHolds) {
  const ReadCommand read = read_command(
      Ask::kAssessment,
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
  const ReadCommand read =
      read_command(Ask::kPetition, R"({"petition":"2026-17","parties":["p-1"],"area":null})");
  ASSERT_TRUE(read.body.has_value());
  MsgpackWriter payload;
  EXPECT_EQ(encode_command(Ask::kPetition, {"actor-1", {}, {}}, *read.body, payload),
            kPetitionSubmitted);
  PetitionSubmitted said;
  ASSERT_TRUE(decode(payload.bytes(), said));
  EXPECT_EQ(said.petition, "2026-17");
  EXPECT_THAT(said.parties, ElementsAre("p-1"));
}

TEST(CommandBody, NothingCountsAsAnEmptyObject) {
  EXPECT_TRUE(read_command(Ask::kFeedback, "").body.has_value());
  EXPECT_TRUE(read_command(Ask::kRulesMove, "{}").body.has_value());
}

TEST(CommandBody, EveryBrokenRuleIsToldWithItsField) {
  EXPECT_EQ(first_rule(Ask::kFeedback, "["), "not_json");
  EXPECT_EQ(first_rule(Ask::kFeedback, "[]"), "not_json");
  EXPECT_EQ(first_rule(Ask::kFeedback, "{\"grounds\":[\"\xff\"]}"), "not_json");
  EXPECT_EQ(first_rule(Ask::kAssessment, "{}"), "/risk required");
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":"much"})"), "/risk code");
  EXPECT_EQ(first_rule(Ask::kAssessment, R"({"risk":1})"), "/risk text");
  EXPECT_EQ(first_rule(Ask::kFeedback, R"({"grounds":"provocation"})"), "/grounds list");
  EXPECT_EQ(first_rule(Ask::kFeedback, R"({"grounds":["whim"]})"), "/grounds code");
  EXPECT_EQ(first_rule(Ask::kDispatch, R"({"assignee":"two words"})"), "/assignee reference");
  EXPECT_EQ(first_rule(Ask::kDispatch, R"({"outcome":"passed"})"), " unknown_field");
  std::string many = R"({"parties":[)";
  for (int i = 0; i < 17; ++i) many += std::string(i == 0 ? "" : ",") + "\"p\"";
  EXPECT_EQ(first_rule(Ask::kSettlement, many + "]}"), "/parties list");
}

TEST(CommandBody, WhatWasSentIsNeverRepeated) {
  const ReadCommand read =
      read_command(Ask::kAssessment, R"({"risk":"Wang Wu","severity":"13800001111","xyz":1})");
  ASSERT_TRUE(read.problem.has_value());
  for (const http::FieldError& error : read.problem->errors) {
    for (const char* text : {"Wang", "138", "xyz"})
      EXPECT_EQ((error.pointer + error.rule + error.hint).find(text), std::string::npos) << text;
  }
}

TEST(CommandBody, AnUnknownFieldBesideOneThatIsMissingIsToldAsWell) {
  const ReadCommand read = read_command(Ask::kAssessment, R"({"rsik":"none"})");
  ASSERT_TRUE(read.problem.has_value());
  ASSERT_EQ(read.problem->errors.size(), 2U);
  EXPECT_EQ(read.problem->errors.front().rule, "unknown_field");
  EXPECT_EQ(read.problem->errors.back().pointer, "/risk");
}

TEST(CommandBody, RulesBrokenByTheThousandAreNotAllTold) {
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
  const ReadCommand read = read_command(Ask::kAssessment, many + "}");
  ASSERT_TRUE(read.problem.has_value());
  EXPECT_EQ(read.problem->errors.size(), 32U);
}

TEST(CommandBody, AFieldThatIsNearlyRightIsNamed) {
  const ReadCommand read = read_command(Ask::kVerification, R"({"outcome":"passed","raeson":"x"})");
  ASSERT_TRUE(read.problem.has_value());
  EXPECT_EQ(read.problem->errors.front().hint, "Did you mean reason?");
}

}  // namespace
}  // namespace lamplight::console
