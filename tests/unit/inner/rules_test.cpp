// Rules and the state table: documents that are checked, versions that cases keep, a table that README shows.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "bench.hpp"
#include "inner/rule_codes.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::HasSubstr;

std::string with(std::string_view from, std::string_view to) {
  std::string out(default_rules());
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

std::string mistakes_of(const std::string& document) {
  std::vector<Error> mistakes;
  EXPECT_FALSE(rules_from_toml(document, &mistakes));
  std::string out;
  for (const Error& mistake : mistakes) out += mistake.message() + "\n";
  return out;
}

TEST(StateTable, IsWhatTheReadmeShows) {
  std::ifstream in(LAMPLIGHT_SOURCE "/services/inner/README.md");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("\n" + to_markdown(kTable) + "\n"))
      << "services/inner/README.md must show:\n"
      << to_markdown(kTable);
}

TEST(StateTable, HasARowForEveryMoveInOrder) {
  for (std::size_t i = 0; i < kMoves; ++i)
    EXPECT_EQ(kTable.rows[i].move, static_cast<Move>(i)) << i;
}

TEST(StateTable, EveryOpenStateLeadsToAnEnd) {
  for (std::size_t s = 0; s < kStates; ++s) {
    const auto state = static_cast<CaseState>(s);
    if (!is_open(state)) continue;
    EXPECT_FALSE(kTable.allowed(state).empty()) << to_string(state);
    EXPECT_TRUE(kTable.allows(state, Move::kRemind)) << to_string(state);
  }
}

TEST(Rules, TheBuiltInOnesRead) {
  std::vector<Error> mistakes;
  const auto rules = rules_from_toml(default_rules(), &mistakes);
  ASSERT_TRUE(rules) << mistakes.front().message();
  EXPECT_EQ(rules->severity("family_dispute"), Severity::kHigh);
  EXPECT_EQ(rules->severity("dispute"), Severity::kMedium);
  EXPECT_EQ(rules->span(CaseKind::kPetition, Severity::kCritical, CaseState::kFeedback),
            *span_from("60 days"));
}

std::string told(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& each : errors) out += each.message() + "\n";
  return out;
}

TEST(RuleCodes, ThoseThatNoListHoldsAreDoubtfulAndTheBuiltInOnesAreNot) {
  const CodeLists lists = CodeLists::builtin().value();
  const auto warnings = [&](std::string_view from, std::string_view to) {
    const std::string document = with(from, to);
    EXPECT_TRUE(rules_from_toml(document)) << "the lists are open";
    const DoubtfulCodes found = doubtful_codes(document, lists);
    EXPECT_EQ(told(found.mistakes), "");
    return told(found.warnings);
  };
  EXPECT_EQ(warnings("working", "working"), "");
  EXPECT_THAT(warnings("[\"dispute\"]", "[\"dispue\"]"),
              HasSubstr("line 7: opens.classes: \"dispue\" is not in the code list class; did you "
                        "mean dispute?"));
  EXPECT_THAT(warnings("[\"dispute\"]", "[\"dispute\"]\ncategories = [\"wage_disputes\"]"),
              HasSubstr("line 8: opens.categories: \"wage_disputes\""));
  EXPECT_THAT(warnings("family_dispute", "famly_dispute"),
              HasSubstr("did you mean family_dispute?"));
  EXPECT_THAT(warnings("address_key", "adress_key"),
              HasSubstr("reopening.place_schemes: \"adress_key\""));
  const std::string area = "chief = \"duty_chief\"\n[[area]]\ncode = ";
  EXPECT_EQ(warnings("chief = \"duty_chief\"\n", area + "\"wuma\"\n"), "");
  EXPECT_THAT(warnings("chief = \"duty_chief\"\n", area + "\"wumma\"\n"),
              HasSubstr("area.code: \"wumma\" is not in the code list area; did you mean wuma?"));

  const std::string nowhere = with("chief = \"duty_chief\"\n", area + "\"\"\n");
  EXPECT_THAT(told(doubtful_codes(nowhere, lists).mistakes), HasSubstr("area.code is empty"));
  EXPECT_TRUE(rules_from_toml(nowhere)) << "one that lies on a log is read as it was";
}

TEST(Rules, EveryMistakeIsToldWithItsLine) {
  const std::string document = with("clock = \"+08:00\"", "clock = \"Shanghai\"\nclcok = 1");
  EXPECT_THAT(mistakes_of(document), HasSubstr("line 4: clock must be an offset"));
  EXPECT_THAT(mistakes_of(document), HasSubstr("line 5: clcok is not a key here; did you mean "
                                               "clock?"));
  EXPECT_THAT(mistakes_of(with("verification = \"3 working days\"", "")),
              HasSubstr("dispute.low.verification is needed"));
  EXPECT_THAT(mistakes_of(with("\"15 days\"", "\"15 moons\"")),
              HasSubstr("\"15 moons\" is no time"));
  EXPECT_THAT(mistakes_of(with("default = \"medium\"", "default = \"normal\"")),
              HasSubstr("is none of low, medium, high, critical"));
  EXPECT_THAT(mistakes_of(with("\"gang_fight\"", "\"gang fight\"")),
              HasSubstr("is none of repeated_offence, gang_fight"));
  EXPECT_THAT(mistakes_of(with("classes = [\"dispute\"]", "")), HasSubstr("no alert would open"));
  EXPECT_THAT(mistakes_of(with("community = [\"community_officer\"]", "community = []")),
              HasSubstr("at least one key"));
  EXPECT_THAT(mistakes_of(with("within_days = 90", "within_days = -1")),
              HasSubstr("whole number 0..3660"));
  EXPECT_THAT(mistakes_of("[["), HasSubstr("no valid TOML"));
}

TEST(Rules, AnAreaHasItsOwnDesks) {
  Bench bench;
  bench.publish("inner", 1,
                std::string(default_rules()) +
                    "[[area]]\ncode = \"wuma\"\nstation = \"wuma-station\"\n"
                    "community = [\"wuma-1\", \"wuma-2\"]\n");
  const Id16 id = bench.take(bench.dispute());
  EXPECT_EQ(bench.text(bench.at(id).owner), "wuma-station");
  bench.settle(id);
  bench.assess(id, "residual");
  bench.dispatch(id, "community_officer");
  EXPECT_EQ(bench.refusal(), "community_officer");
  bench.dispatch(id, "wuma-2");
  EXPECT_EQ(bench.text(bench.at(id).owner), "wuma-2");
  bench.pass_until("2027-01-01T00:00:00+08:00");
  EXPECT_EQ(bench.all().back().event().chief, "duty_chief") << "what an area does not say";
}

TEST(Rules, ACaseKeepsItsVersionUntilAnEventMovesIt) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  EXPECT_EQ(bench.at(id).rules, 0);
  std::string sooner = with("[dispute.medium]\nsettlement = \"2 hours\"",
                            "[dispute.medium]\nsettlement = \"30 minutes\"");
  sooner.replace(sooner.rfind("\"operations_centre\""), 19, "\"new_centre\"");
  bench.publish("inner", 1, sooner);
  EXPECT_EQ(bench.at(id).due, instant("2026-03-02T11:00:00+08:00"));
  bench.settle(id);
  EXPECT_EQ(bench.at(id).rules, 0);
  EXPECT_EQ(bench.text(bench.at(id).owner), "operations_centre");

  const Id16 other = bench.take(bench.dispute());
  EXPECT_EQ(bench.at(other).rules, 1);
  EXPECT_EQ(bench.at(other).due, instant("2026-03-02T09:30:00+08:00"));

  RulesMoveSubmitted move;
  move.actor = "duty-chief";
  move.case_id = id;
  bench.ask(move);
  EXPECT_EQ(bench.last(), "inner.rules_moved");
  EXPECT_EQ(bench.at(id).rules, 1);
  bench.ask(move);
  EXPECT_EQ(bench.refusal(), "newest_rules");
}

TEST(Rules, MovingACaseCountsItsStepAgainFromWhereItBegan) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.publish("inner", 1,
                with("[dispute.medium]\nsettlement = \"2 hours\"",
                     "[dispute.medium]\nsettlement = \"30 minutes\""));
  bench.pass_minutes(45);
  RulesMoveSubmitted move;
  move.actor = "duty-chief";
  move.case_id = id;
  bench.ask(move);
  EXPECT_EQ(bench.at(id).due, instant("2026-03-02T09:30:00+08:00")) << "missed already";
  bench.tick();
  EXPECT_EQ(bench.last(), "inner.reminded");
}

TEST(Rules, ReopenedIsBegunAnew) {
  Bench bench;
  const Id16 id = bench.settled_dispute("aa11");
  bench.publish("inner", 1, default_rules());
  EXPECT_EQ(bench.at(id).rules, 0);
  bench.take(bench.dispute("aa11"));
  EXPECT_EQ(bench.at(id).rules, 1);
}

TEST(Rules, AVersionThatCannotBeReadOrIsNoNewOneChangesNothing) {
  Bench bench;
  bench.publish("inner", 1, default_rules());
  bench.publish("inner", 1, with("settlement = \"2 hours\"", "settlement = \"3 hours\""));
  bench.publish("inner", 2, "of a newer program");
  const Id16 id = bench.take(bench.dispute());
  EXPECT_EQ(bench.at(id).rules, 1);
  EXPECT_EQ(bench.at(id).due, instant("2026-03-02T11:00:00+08:00"));
  EXPECT_EQ(bench.decider().rulebook().version_of("inner"), 2);
}

TEST(Snapshot, LoadedItGoesOnAsBefore) {
  Bench bench;
  bench.publish("inner", 1, default_rules());
  bench.publish("calendar-2026", 1, "year = 2026\nholidays = [2026-03-03]\nworkdays = []\n");
  bench.settled_dispute("aa11", {"party-0001-aaaa-bbbb"});
  bench.take(bench.dispute("bb22"));
  PetitionSubmitted petition;
  petition.actor = "petition-desk";
  petition.petition = "XF-1";
  bench.ask(petition);
  bench.pass_minutes(60 * 24);

  Bench other;
  const std::string saved = bench.snapshot();
  MsgpackReader in(as_bytes(saved));
  other.decider().load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(other.snapshot(), saved);
  EXPECT_EQ(other.decider().next_due(), bench.decider().next_due());
  for (Bench* each : {&bench, &other}) {
    each->set_now("2026-03-20T09:00:00+08:00");
    each->put(
        "alert.received", "intake",
        [&] {
          MsgpackWriter out;
          encode(each->dispute("aa11"), out);
          return out.take();
        }(),
        id_of(500));
    EXPECT_EQ(each->last(), "inner.reopened");
    each->tick();
  }
  EXPECT_EQ(other.said().size(), bench.said().size());
  for (std::size_t i = 0; i < other.said().size(); ++i)
    EXPECT_EQ(other.said()[i].payload, bench.said()[i].payload);
}

TEST(Snapshot, BrokenBytesAreAMissAndNoCrash) {
  Bench bench;
  bench.settled_dispute("aa11", {"party-0001-aaaa-bbbb"});
  const std::string saved = bench.snapshot();
  for (std::size_t cut = 0; cut < saved.size(); cut += 7) {
    InnerDecider decider;
    MsgpackReader in(as_bytes(std::string_view(saved).substr(0, cut)));
    decider.load(in);
    EXPECT_FALSE(in.ok()) << cut;
  }
  for (std::size_t at = 0; at < saved.size(); ++at) {
    std::string bad = saved;
    bad[at] = static_cast<char>(bad[at] ^ 0x5A);
    InnerDecider decider;
    MsgpackReader in(as_bytes(bad));
    decider.load(in);  // whatever it says, it comes back
  }
}

}  // namespace
}  // namespace lamplight::inner::test
