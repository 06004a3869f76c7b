#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Reads : public OverHttp {
 protected:
  Reads() { add_officer(log, kWang, {"auditor"}); }
  std::string token;
  void begin() {
    start();
    token = token_of(kWang);
  }
};

TEST_F(Reads, AWorklistHoldsCasesAndThePlaceToGoOnFrom) {
  append(log, {.number = 1, .due_minutes = 90, .area = "wuma"});
  append(log, {.number = 2, .due_minutes = 0, .area = "wuma"});
  append(log, {.number = 3, .due_minutes = 60, .area = "nanpu"});
  begin();

  const Reply first = get("/v1/cases?area=wuma&limit=1", token);

  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_THAT(first.body, HasSubstr(to_uuid(case_id(2))));
  EXPECT_THAT(first.body, HasSubstr(R"("late":true)"));
  EXPECT_THAT(first.body, Not(HasSubstr(to_uuid(case_id(1)))));
  const std::size_t at = first.body.find(R"("next":")") + 8;
  const std::string next = first.body.substr(at, first.body.find('"', at) - at);
  const Reply second = get("/v1/cases?area=wuma&limit=1&after=" + next, token);
  EXPECT_THAT(second.body, HasSubstr(to_uuid(case_id(1))));
  EXPECT_THAT(second.body, Not(HasSubstr("\"next\"")));
  EXPECT_THAT(get("/v1/cases?list=overdue", token).body, Not(HasSubstr(to_uuid(case_id(3)))));
}

TEST_F(Reads, AQueryThatBreaksARuleIsToldWithItsField) {
  begin();
  for (const char* query : {"list=all", "limit=0", "limit=501", "limit=x", "after=x"}) {
    const Reply reply = get(std::string("/v1/cases?") + query, token);
    EXPECT_EQ(reply.status, 422U) << query;
    EXPECT_THAT(reply.body, HasSubstr("\"pointer\":\"/" +
                                      std::string(query).substr(0, std::string(query).find('='))));
  }
}

TEST_F(Reads, ACaseIsShownWholeWithItsVersion) {
  append(log, {.number = 1, .version = 3, .owner = kLi, .area = "wuma", .severity = "high"});
  begin();

  const Reply reply = get(case_path(1), token);

  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(reply.header("ETag"), "\"3\"");
  for (const char* part : {R"("version":3)", R"("severity":"high")", R"("area":"wuma")",
                           R"("due":"2023-11-15T06:43:20+08:00")"})
    EXPECT_THAT(reply.body, HasSubstr(part));
  EXPECT_EQ(get("/v1/cases/no-uuid", token).status, 404U);
  EXPECT_EQ(get(case_path(9), token).status, 404U);
}

TEST_F(Reads, ACaseWholeHasAllThatItsEventsSay) {
  const Offset opened = append(log, {.number = 1,
                                     .category = "theft",
                                     .parties = {"party-0001-aaaa-bbbb"},
                                     .places = {{"grid", "G-17"}},
                                     .alert = case_id(7),
                                     .petition = "2026-17"});
  append(log,
         {.number = 1,
          .version = 2,
          .move = "link",
          .parties = {"party-0001-aaaa-bbbb", "party-0002-aaaa-bbbb"},
          .places = {{"grid", "G-18"}, {"grid", "G-17"}},
          .alert = case_id(8)},
         kCaseAssessed);
  begin();

  const std::string whole = get(case_path(1), token).body;

  for (const std::string& part :
       {std::string(R"("petition":"2026-17")"), std::string(R"("category":"theft")"),
        std::string(R"("parties":["party-0001-aaaa-bbbb","party-0002-aaaa-bbbb"])"),
        std::string(
            R"("places":[{"scheme":"grid","code":"G-17"},{"scheme":"grid","code":"G-18"}])"),
        R"("alerts":[")" + to_uuid(case_id(7)) + R"(",")" + to_uuid(case_id(8)) + "\"]",
        std::string(R"("rules":0)"), std::string(R"("repeats":0)")})
    EXPECT_THAT(whole, HasSubstr(part));
  const std::string then = get(case_path(1) + "?at=" + std::to_string(opened.value), token).body;
  EXPECT_THAT(then, HasSubstr(R"("parties":["party-0001-aaaa-bbbb"])")) << "as it was";
  EXPECT_THAT(then, Not(HasSubstr("G-18")));
  const std::string history = get(case_path(1) + "/history", token).body;
  for (const char* part :
       {R"("kind":"dispute")", R"("rules":0)", R"("petition":"2026-17")", R"("category":"theft")",
        R"("parties":["party-0001-aaaa-bbbb","party-0002-aaaa-bbbb"])",
        R"("places":[{"scheme":"grid","code":"G-18"},{"scheme":"grid","code":"G-17"}])",
        R"("repeats":0)"})
    EXPECT_THAT(history, HasSubstr(part));
  EXPECT_THAT(get("/v1/cases", token).body, Not(HasSubstr("parties"))) << "a worklist is short";
}

TEST_F(Reads, AnOffsetShowsItAsItWas) {
  const Offset opened = append(log, {.number = 1});
  const Offset assessed =
      append(log, {.number = 1, .version = 2, .state = "dispatch", .actor = kLi}, kCaseAssessed);
  begin();
  const std::string before = "?at=" + std::to_string(assessed.value - 1);

  const Reply then = get(case_path(1) + before, token);

  EXPECT_THAT(then.body, HasSubstr(R"("state":"assessment")"));
  EXPECT_EQ(then.header("ETag"), "") << "what has passed is not to be acted on";
  EXPECT_THAT(get(case_path(1), token).body, HasSubstr(R"("state":"dispatch")"));
  const std::string all = get(case_path(1) + "/history", token).body;
  EXPECT_THAT(all, HasSubstr(R"("subject":"inner.opened")"));
  EXPECT_THAT(all, HasSubstr(R"("actor":")" + std::string(kLi)));
  EXPECT_THAT(get(case_path(1) + "/history" + before, token).body,
              Not(HasSubstr("inner.assessed")));
  EXPECT_EQ(get(case_path(1) + "?at=" + std::to_string(opened.value - 1), token).status, 404U);
  EXPECT_EQ(get(case_path(1) + "?at=1000", token).status, 422U);
  EXPECT_EQ(get(case_path(1) + "?at=x", token).status, 422U);
}

}  // namespace
}  // namespace lamplight::console::test
