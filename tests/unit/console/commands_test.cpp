#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;

class Commands : public OverHttp {
 protected:
  Commands() {
    add_officer(log, kWang, {"duty_chief"});
    add_officer(log, kLi, {"operator"});
    append(log, {.number = 1, .version = 4, .owner = kLi});
  }
  void begin() {
    start();
    chief = token_of(kWang);
    operator_token = token_of(kLi);
  }
  Reply assess(const std::string& token, const std::string& extra = {}) {
    return post(case_path(1) + "/assessment", token, R"({"risk":"none"})", extra);
  }
  /// The newest request on the log, as the inner loop reads it.
  AssessmentSubmitted last_asked() {
    AssessmentSubmitted said;
    on_core([&] {
      for (const Stored& each : log.events) {
        if (each.subject == kAssessmentSubmitted) bytes_ = each.payload;
      }
      EXPECT_TRUE(decode(as_bytes(bytes_), said));
    });
    return said;
  }
  std::string chief;
  std::string operator_token;

 private:
  std::string bytes_;
};

TEST_F(Commands, TheAnswerIsTheCaseAsItStandsSince) {
  begin();

  const Reply reply = assess(chief);

  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("version":5)"));
  EXPECT_EQ(reply.header("ETag"), "\"5\"");
  EXPECT_EQ(reply.header("Location"), case_path(1));
  EXPECT_EQ(last_asked().actor, kWang);
  EXPECT_EQ(last_asked().expected_version, std::nullopt) << "a chief may act on whatever it is";
  EXPECT_THAT(get(case_path(1), chief).body, HasSubstr(R"("version":5)"));
  EXPECT_EQ(metric(R"(lamplight_console_commands_total{command="assessment",outcome="accepted"})"),
            1);
}

TEST_F(Commands, IfMatchTravelsAsTheVersionThatIsExpected) {
  begin();
  EXPECT_EQ(assess(chief, "If-Match: \"4\"\r\n").status, 200U);
  EXPECT_EQ(last_asked().expected_version, 4);
  const Reply late = assess(chief, "If-Match: \"4\"\r\n");
  EXPECT_EQ(late.status, 412U);
  EXPECT_THAT(late.body, HasSubstr("version 5"));
  for (const char* bad : {"4", "W/\"4\"", "\"x\"", "*", "\"0\""})
    EXPECT_EQ(assess(chief, std::string("If-Match: ") + bad + "\r\n").status, 400U) << bad;
}

TEST_F(Commands, WhoMayActOnOwnCasesActsOnTheVersionThatWasTheirs) {
  begin();
  EXPECT_EQ(assess(operator_token, "If-Match: \"3\"\r\n").status, 412U);
  EXPECT_EQ(assess(operator_token, "If-Match: \"7\"\r\n").status, 412U);
  EXPECT_EQ(assess(operator_token).status, 200U);
  EXPECT_EQ(last_asked().expected_version, 4);
}

TEST_F(Commands, ARefusalTellsStateAndWhatIsAllowed) {
  begin();
  const std::pair<const char*, unsigned> refusals[] = {
      {"illegal_move", 409}, {"version", 412},      {"no_case", 404},
      {"same_officer", 403}, {"newest_rules", 422}, {"a_rule_of_later", 422}};
  for (const auto& [rule, status] : refusals) {
    on_core([&, name = rule] { inner.refuse_with = name; });
    const Reply reply = assess(chief);
    EXPECT_EQ(reply.status, status) << rule;
    EXPECT_THAT(reply.body, HasSubstr(std::string("urn:lamplight:problem:") + rule));
    EXPECT_THAT(reply.body, HasSubstr("allowed: assessment, rules_move"));
  }
  EXPECT_EQ(metric(R"(lamplight_console_commands_total{command="assessment",outcome="refused"})"),
            6);
}

TEST_F(Commands, WithoutAnAnswerInTimeTheyTellWhereToLook) {
  options.commands.answer_timeout_us = 1'000'000;
  begin();
  on_core([&] { inner.silent = true; });
  std::thread time([this] {
    while (log_size() < 4) std::this_thread::yield();
    clock.now_us += 1'000'000;
  });

  const Reply reply = assess(chief);
  time.join();

  ASSERT_EQ(reply.status, 202U) << reply.body;
  const std::string where = reply.header("Location");
  EXPECT_EQ(get(where, chief).status, 202U);
  EXPECT_EQ(get(where, operator_token).status, 404U) << "it is the asker's alone";
  happens([&] { append(log, {.number = 1, .version = 5}, kCaseAssessed, log.head()); });
  const Reply known = get(where, chief);
  EXPECT_EQ(known.status, 200U);
  EXPECT_THAT(known.body, HasSubstr(R"("outcome":"accepted")"));
  EXPECT_EQ(metric(R"(lamplight_console_commands_total{command="assessment",outcome="timed_out"})"),
            1);
}

TEST_F(Commands, TheSameKeyAndWordsAreAskedOnce) {
  begin();
  const std::string key = "Idempotency-Key: shift-7\r\n";
  EXPECT_EQ(assess(chief, key).status, 200U);
  const Reply again = assess(chief, key);
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.header("ETag"), "\"5\"") << "nothing was decided twice";
  EXPECT_EQ(assess(chief, "Idempotency-Key: shift-8\r\n").header("ETag"), "\"6\"");
  EXPECT_EQ(assess(chief, "Idempotency-Key: " + std::string(129, 'k') + "\r\n").status, 422U);
}

TEST_F(Commands, ARepeatGetsItsAnswerWhoeverHasTheCaseSince) {
  begin();
  const std::string key = "Idempotency-Key: shift-7\r\n";
  EXPECT_EQ(assess(operator_token, key).status, 200U);
  happens([&] { append(log, {.number = 1, .version = 6, .owner = kWang}, kCaseDispatched); });
  const std::size_t before = log_size();

  const Reply again = assess(operator_token, key);

  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(log_size(), before) << "nothing was asked again";
  EXPECT_EQ(assess(operator_token, "Idempotency-Key: shift-8\r\n").status, 403U);
  EXPECT_EQ(assess(chief, key).header("ETag"), "\"7\"") << "another officer's key is another";
}

TEST_F(Commands, ARepeatBeforeTheAnswerWaitsForIt) {
  begin();
  on_core([&] { inner.silent = true; });
  const std::string key = "Idempotency-Key: shift-7\r\n";
  Reply first;
  Reply second;
  std::thread asks([&] { first = assess(chief, key); });
  while (log_size() < 4) std::this_thread::yield();
  std::thread repeats([&] { second = assess(chief, key); });
  while (under_way() < 2) std::this_thread::yield();
  happens([&] { append(log, {.number = 1, .version = 5}, kCaseAssessed, Offset{4}); });
  asks.join();
  repeats.join();
  EXPECT_EQ(first.status, 200U) << first.body;
  EXPECT_EQ(second.header("ETag"), "\"5\"");
  EXPECT_EQ(log_size(), 5U);
}

TEST_F(Commands, WhoMayNotSeeTheCaseAnyMoreIsToldTheOutcomeAlone) {
  begin();
  const std::string key = "Idempotency-Key: shift-7\r\n";
  EXPECT_EQ(assess(chief, key).status, 200U);
  happens([&] { change_officer(log, kWang, {}); });

  const Reply again = assess(token_of(kWang), key);

  EXPECT_EQ(again.status, 200U);
  EXPECT_THAT(again.body, HasSubstr(R"("outcome":"accepted")"));
  EXPECT_THAT(again.body, ::testing::Not(HasSubstr("severity")));
  EXPECT_EQ(again.header("ETag") + again.header("Location"), "");
}

TEST_F(Commands, WhatTheLogDoesNotTakeIsToldAndNotAsked) {
  begin();
  on_core([&] { client->window = 0; });
  const Reply reply = assess(chief);
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(metric(R"(lamplight_console_commands_total{command="assessment",outcome="not_taken"})"),
            1);
}

TEST_F(Commands, OnesTooManyUnderWayAreToldSoAndNotAsked) {
  options.commands.max_under_way = 1;
  begin();
  on_core([&] { inner.silent = true; });
  Reply first;
  std::thread asks([&] { first = assess(chief); });
  while (under_way() < 1) std::this_thread::yield();

  const Reply second = assess(chief);

  EXPECT_EQ(second.status, 503U);
  EXPECT_THAT(second.body, HasSubstr("urn:lamplight:problem:overloaded"));
  EXPECT_EQ(log_size(), 4U) << "nothing was asked";
  happens([&] { append(log, {.number = 1, .version = 5}, kCaseAssessed, Offset{4}); });
  asks.join();
  EXPECT_EQ(first.status, 200U) << first.body;
}

TEST_F(Commands, APetitionIsRegisteredWithoutACase) {
  begin();
  const Reply reply = post("/v1/petitions", chief, R"({"petition":"2026-17","area":"wuma"})");
  EXPECT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(post("/v1/petitions", chief, "{}").status, 422U);
}

TEST_F(Commands, APetitionHasNoCaseToMatch) {
  begin();
  const Reply reply =
      post("/v1/petitions", chief, R"({"petition":"2026-17"})", "If-Match: \"4\"\r\n");
  EXPECT_EQ(reply.status, 400U);
  EXPECT_THAT(reply.body, HasSubstr("Leave If-Match out"));
  EXPECT_EQ(log_size(), 3U) << "nothing was asked";
}

TEST_F(Commands, ABodyThatBreaksARuleIsNotAsked) {
  begin();
  EXPECT_EQ(post(case_path(1) + "/assessment", chief, R"({"risk":"much"})").status, 422U);
  EXPECT_EQ(post(case_path(1) + "/assessment", chief, "no json").status, 400U);
  EXPECT_EQ(post(case_path(1) + "/assessment", chief, std::string(100'000, ' ')).status, 400U);
  EXPECT_EQ(log_size(), 3U);
}

TEST_F(Commands, ADispatchGoesToSomebodyWhoCanTakeItUp) {
  const std::string patrol(32, 'a');
  const std::string auditor(32, 'b');
  const std::string gone(32, 'c');
  add_officer(log, patrol, {"community_officer"}, {"wuma"});
  add_officer(log, auditor, {"auditor"}, {"inspection"});
  add_officer(log, gone, {"community_officer"}, {"disbanded"});
  revoke_officer(log, gone);
  publish_rules(log, 1, "station_north community_north");
  publish_rules(log, 2, "station_south");
  begin();
  const auto dispatch = [this](const std::string& assignee) {
    return post(case_path(1) + "/dispatch", chief, R"({"assignee":")" + assignee + "\"}");
  };
  const std::pair<std::string, const char*> wrong[] = {{std::string(32, 'd'), "unknown_officer"},
                                                       {gone, "revoked_officer"},
                                                       {auditor, "may_not_feed_back"},
                                                       {std::string(kWang), "may_not_feed_back"},
                                                       {"wuna", "unknown_unit"},
                                                       {"disbanded", "unknown_unit"}};
  for (const auto& [assignee, rule] : wrong) {
    const std::size_t before = log_size();
    const Reply reply = dispatch(assignee);
    EXPECT_EQ(reply.status, 422U) << assignee;
    EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/assignee","rule":")" + std::string(rule)));
    EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr("\"" + assignee))) << "no echo";
    EXPECT_EQ(log_size(), before) << "nothing was asked: " << assignee;
  }
  // Of the first version, too: a case keeps the one that it began under.
  for (const std::string& right :
       {patrol, std::string("wuma"), std::string("inspection"), std::string("operations_centre"),
        std::string("community_north"), std::string("station_south")})
    EXPECT_EQ(dispatch(right).status, 200U) << right;
  EXPECT_EQ(post(case_path(1) + "/dispatch", chief, "{}").status, 200U) << "whom the rules name";
}

TEST_F(Commands, AnOperatorTakesADispatchBackFromWhomeverItWentTo) {
  append(log, {.number = 2, .version = 1, .state = "feedback", .owner = "wuma"});
  begin();
  EXPECT_EQ(post(case_path(2) + "/dispatch", operator_token, "{}").status, 200U);
  EXPECT_EQ(post(case_path(2) + "/assessment", operator_token, R"({"risk":"none"})").status, 403U)
      << "the rest of it is still others'";
}

}  // namespace
}  // namespace lamplight::console::test
