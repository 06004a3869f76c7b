#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

/// Every command × role × whose case, sent over HTTP. What should come is written here anew, not taken from identity's table:
/// on an own case, on another's. For petitions there is no case; both are the same.
struct Expected {
  const char* command;
  const char* body;
  // operator, community_officer, duty_chief, reviewer, auditor: {own, another's}
  std::array<std::pair<unsigned, unsigned>, 5> by_role;
};
constexpr std::array<const char*, 5> kRoleNames = {"operator", "community_officer", "duty_chief",
                                                   "reviewer", "auditor"};
// 404: a community officer does not learn that the case is there.
constexpr std::array<Expected, 10> kExpected = {{
    {"read", "", {{{200, 200}, {200, 404}, {200, 200}, {200, 200}, {200, 200}}}},
    {"settlement", "{}", {{{200, 403}, {200, 404}, {200, 200}, {403, 403}, {403, 403}}}},
    {"assessment",
     R"({"risk":"none"})",
     {{{200, 403}, {403, 403}, {200, 200}, {403, 403}, {403, 403}}}},
    {"dispatch", "{}", {{{200, 200}, {403, 403}, {200, 200}, {403, 403}, {403, 403}}}},
    {"feedback", "{}", {{{403, 403}, {200, 404}, {403, 403}, {403, 403}, {403, 403}}}},
    {"verification",
     R"({"outcome":"passed"})",
     {{{403, 403}, {403, 403}, {200, 200}, {200, 200}, {403, 403}}}},
    {"review",
     R"({"outcome":"filed"})",
     {{{403, 403}, {403, 403}, {200, 200}, {200, 403}, {403, 403}}}},
    {"reopening",
     R"({"reason":"relapse"})",
     {{{200, 200}, {403, 403}, {200, 200}, {200, 200}, {403, 403}}}},
    {"rules_move", "{}", {{{403, 403}, {403, 403}, {200, 200}, {403, 403}, {403, 403}}}},
    {"petition",
     R"({"petition":"2026-1"})",
     {{{200, 200}, {403, 403}, {200, 200}, {403, 403}, {403, 403}}}},
}};

/// Whose a case is, seen from an officer.
struct Whose {
  const char* words;
  int number;  ///< of the first officer's case; one more for each officer
  bool own;
  bool of_a_unit;
};
constexpr std::array<Whose, 4> kWhose = {{{"an own case", 10, true, false},
                                          {"a case of an own unit", 20, true, true},
                                          {"another officer's case", 30, false, false},
                                          {"another unit's case", 40, false, true}}};
/// What only who may see a case may be told of it.
constexpr std::array<const char*, 3> kContent = {"nanpu", "critical", "neighbour_dispute"};

class Roles : public OverHttp {
 protected:
  static std::string key_of(std::size_t role) {
    return "0" + std::to_string(role) + std::string(30, 'a');
  }
  static std::string unit_of(std::size_t role) { return "unit" + std::to_string(role); }
  static std::string path(const std::string& command, int number) {
    if (command == "read") return case_path(number);
    if (command == "petition") return "/v1/petitions";
    return case_path(number) + "/" + command;
  }
  Reply ask(const Expected& row, int number, const std::string& token) {
    const std::string command = row.command;
    return command == "read" ? get(path(command, number), token)
                             : post(path(command, number), token, row.body);
  }
  /// How often a command, or reading, was forbidden to somebody.
  double counted(const std::string& command) {
    if (command == "read") return metric("lamplight_console_unseen_total");
    return metric("lamplight_console_commands_total{command=\"" + command +
                  "\",outcome=\"forbidden\"}");
  }
  /// One officer of each role, each with a case, a unit and a case of the unit, beside those of others.
  void one_of_each() {
    add_officer(log, kLi, {"community_officer"});
    for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
      keys_.push_back(key_of(role));
      units_.push_back(unit_of(role));
    }
    for (std::size_t role = 0; role < kRoleNames.size(); ++role)
      add_officer(log, keys_[role], {kRoleNames.at(role)}, {units_[role]});
    for (const Whose& whose : kWhose) {
      for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
        append(log, {.number = whose.number + static_cast<int>(role),
                     .owner = !whose.own        ? (whose.of_a_unit ? "elsewhere" : kLi)
                              : whose.of_a_unit ? std::string_view(units_[role])
                                                : std::string_view(keys_[role]),
                     .area = "nanpu",
                     .severity = "critical",
                     .category = "neighbour_dispute"});
      }
    }
  }
  /// A refusal of this status, and nothing of the case.
  static void expect_silence(const Reply& reply, const std::string& what) {
    EXPECT_THAT(reply.header("Content-Type"), ::testing::HasSubstr("application/problem+json"))
        << what;
    EXPECT_EQ(reply.header("ETag") + reply.header("Location"), "") << what;
    for (const char* content : kContent)
      EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr(content))) << what;
    EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr(std::string(kLi)))) << what;
  }

 private:
  std::vector<std::string> keys_;
  std::vector<std::string> units_;
};

TEST(RolesTable, EverythingThatTheInnerLoopIsAskedIsACommandOfItsName) {
  for (const lamplight::inner::NamedCode& ask :
       lamplight::inner::Names<lamplight::inner::Ask>::kAll)
    EXPECT_TRUE(identity::command_from(ask.code).has_value()) << ask.code;
  EXPECT_EQ(lamplight::inner::kCount<lamplight::inner::Ask> + 1, identity::kCommandCount)
      << "and reading is the only other one";
}

TEST_F(Roles, EveryCommandByEveryRoleOnOwnAndOthersCases) {
  one_of_each();
  start();
  int asked = 0;
  for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
    const std::string token = token_of(key_of(role));
    for (const Expected& row : kExpected) {
      const auto [own, others] = row.by_role.at(role);
      const bool reads = std::string_view(row.command) == "read";
      for (const Whose& whose : kWhose) {
        const unsigned status = whose.own ? own : others;
        const std::size_t before = log_size();
        const double refusals = counted(row.command);

        const Reply reply = ask(row, whose.number + static_cast<int>(role), token);

        const std::string what =
            std::string(row.command) + " by " + kRoleNames.at(role) + " on " + whose.words;
        EXPECT_EQ(reply.status, status) << what << ": " << reply.body;
        EXPECT_EQ(log_size() - before, status != 200 || reads ? 0U : 2U)
            << what << ": a request and its answer, or nothing";
        EXPECT_EQ(counted(row.command) - refusals, status == 200 ? 0 : 1) << what;
        if (status != 200) expect_silence(reply, what);
        ++asked;
      }
    }
  }
  EXPECT_EQ(asked, 10 * 5 * 4);
}

TEST_F(Roles, ListsPagesAndHistoriesShowWhatTheRoleMayRead) {
  one_of_each();
  start();
  for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
    const std::string token = token_of(key_of(role));
    const std::string cookie = "Cookie: lamplight_session=" + token + "\r\n";
    const auto [own, others] = kExpected[0].by_role.at(role);
    const std::string list = get("/v1/cases?list=open&limit=500", token).body;
    const std::string mine = get("/v1/cases?list=mine&limit=500", token).body;
    const std::string unassigned = get("/lists/unassigned", {}, cookie).body;
    for (const Whose& whose : kWhose) {
      const int number = whose.number + static_cast<int>(role);
      const std::string id = to_uuid(case_id(number));
      const bool seen = (whose.own ? own : others) == 200;
      const std::string what = std::string(kRoleNames.at(role)) + " and " + whose.words;
      const auto shows = [&id](const std::string& text) {
        return text.find(id) != std::string::npos;
      };
      EXPECT_EQ(shows(list), seen) << what;
      // An officer's own stays theirs; a unit's is there for those who may do its step, assessment.
      const bool may_act = kExpected[2].by_role.at(role).first == 200;
      EXPECT_TRUE(!whose.own || shows(mine) == (may_act || !whose.of_a_unit)) << what;
      EXPECT_FALSE(!whose.own && !whose.of_a_unit && shows(mine)) << what;
      EXPECT_EQ(shows(unassigned), seen && whose.of_a_unit) << what;
      EXPECT_EQ(get(case_path(number) + "/history", token).status, seen ? 200U : 404U) << what;
    }
  }
}

TEST_F(Roles, WhoMayNotSeeACaseCannotTellItFromOneThatIsNotThere) {
  add_officer(log, kWang, {"community_officer"});
  append(log, {.number = 2, .owner = kLi});
  start();
  const std::string token = token_of(kWang);
  const auto words = [](const Reply& reply) {
    return reply.body.substr(0, reply.body.find("\"instance\""));
  };

  for (const char* what : {"", "/history", "/feedback", "/settlement"}) {
    const bool reads = std::string_view(what).empty() || std::string_view(what) == "/history";
    const Reply hidden = reads ? get(case_path(2) + what, token) : post(case_path(2) + what, token);
    const Reply missing =
        reads ? get(case_path(3) + what, token) : post(case_path(3) + what, token);
    EXPECT_EQ(hidden.status, 404U) << what;
    EXPECT_EQ(words(hidden), words(missing)) << what;
    EXPECT_EQ(hidden.header("ETag"), "") << what;
  }
}

TEST_F(Roles, AnOfficerWithoutARoleMayDoNothing) {
  add_officer(log, kWang, {"chief_of_everything"});
  append(log, {.number = 1, .owner = kWang});
  start();
  const std::string token = token_of(kWang);
  EXPECT_EQ(get("/v1/cases", token).status, 403U);
  EXPECT_EQ(get(case_path(1), token).status, 403U);
  EXPECT_EQ(post(case_path(1) + "/settlement", token).status, 403U);
}

TEST_F(Roles, AUnitsCaseIsItsOfficersOwn) {
  add_officer(log, kWang, {"operator"}, {"operations_centre"});
  add_officer(log, kLi, {"operator"}, {"elsewhere"});
  append(log, {.number = 1, .owner = "operations_centre"});
  start();
  EXPECT_EQ(post(case_path(1) + "/assessment", token_of(kLi), R"({"risk":"none"})").status, 403U);
  EXPECT_EQ(post(case_path(1) + "/assessment", token_of(kWang), R"({"risk":"none"})").status, 200U);
}

TEST_F(Roles, ARoleThatWasTakenAwayIsGoneAtOnce) {
  add_officer(log, kWang, {"duty_chief"});
  append(log, {.number = 1});
  start();
  const std::string token = token_of(kWang);
  EXPECT_EQ(post(case_path(1) + "/rules_move", token).status, 200U);
  happens([&] { change_officer(log, kWang, {"auditor"}); });
  EXPECT_EQ(post(case_path(1) + "/rules_move", token).status, 401U);
  EXPECT_EQ(post(case_path(1) + "/rules_move", token_of(kWang)).status, 403U);
}

}  // namespace
}  // namespace lamplight::console::test
