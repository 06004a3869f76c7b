// Other rules over a recorded history: what would have been decided otherwise, step by step and summed up.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tape.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The built-in rules with some texts replaced.
std::string rules_with(const std::vector<std::pair<std::string, std::string>>& edits) {
  std::string out(default_rules());
  for (const auto& [from, to] : edits) {
    const auto at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    out.replace(at, from.size(), to);
  }
  return out;
}

/// Disputes of medium severity are settled within so long.
std::string settled_within(const std::string& span) {
  return rules_with({{"[dispute.medium]\nsettlement = \"2 hours\"",
                      "[dispute.medium]\nsettlement = \"" + span + "\""}});
}

std::string told(const Output* output) {
  if (output == nullptr) return "nothing";
  if (const CaseRefused* refused = output->refused())
    return "refused " + std::string(refused->rule);
  const CaseEvent& event = *output->event();
  const std::string due = event.due ? to_rfc3339(*event.due).substr(5, 11) : "never";
  return fmt::format("{} {} {} {}", output->subject.substr(6), event.state, event.severity, due);
}

class RehearsalTest : public ::testing::Test {
 protected:
  RehearsalTest() : tape_(bench_) {}

  const RehearsalSummary& rehearse_with(RehearsalOptions options) {
    lines_.clear();
    options.on_difference = [this](const StepDifference& difference) {
      std::string kinds;
      for (std::size_t kind = 0; kind < kDiffers; ++kind) {
        if ((difference.kinds >> kind & 1U) != 0)
          kinds += " " + std::string(kDiffersNames.at(kind));
      }
      lines_.push_back(fmt::format("{} | {} | {} |{}",
                                   to_rfc3339({difference.time, 480}).substr(5, 11),
                                   told(difference.was), told(difference.would), kinds));
    };
    InnerDecider recorded;
    Rehearsal rehearsal(recorded, std::move(options));
    summary_ = rehearse(tape_, recorded, rehearsal);
    return summary_;
  }
  const RehearsalSummary& rehearse_rules(std::string rules, LogPlace from = {}, LogPlace to = {}) {
    RehearsalOptions options;
    options.documents = {{"inner", std::move(rules)}};
    options.from = from;
    options.to = to;
    return rehearse_with(std::move(options));
  }
  BeforeAfter published(std::string_view subject) const {
    const auto found = summary_.published.find(subject);
    return found == summary_.published.end() ? BeforeAfter{} : found->second;
  }

  Bench bench_;  // it is Monday, 09:00
  Tape tape_;
  std::vector<std::string> lines_;
  RehearsalSummary summary_;
};

TEST_F(RehearsalTest, TheSameRulesDifferInNothing) {
  const Id16 id = bench_.take(bench_.dispute("1a"));
  bench_.pass_minutes(300);
  bench_.settle(id);
  bench_.take(bench_.dispute("1a"));
  bench_.verify(id);

  const auto& summary = rehearse_rules("# said anew\n" + std::string(default_rules()));
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_EQ(summary.differences, 0U);
  EXPECT_FALSE(summary.version) << "those in force say the same: no version is put in";
  EXPECT_EQ(summary.inputs, tape_.inputs());
  EXPECT_EQ(published(kCaseReminded).was, 1U);
  EXPECT_EQ(published(kCaseReminded).would, 1U);
  EXPECT_EQ(published(kCaseRefused).would, 1U);
}

TEST_F(RehearsalTest, AShorterDeadlineWouldHaveBeenMissedAndRemindedOf) {
  const Id16 id = bench_.take(bench_.dispute());
  bench_.pass_minutes(90);
  bench_.settle(id);

  const auto& summary = rehearse_rules(settled_within("60 minutes"));
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | opened "
                                  "settlement medium 03-02T10:00 | deadline",
                                  "03-02T10:00 | nothing | reminded settlement medium "
                                  "03-02T10:00 | published"));
  EXPECT_EQ(summary.version, 1);
  EXPECT_EQ(summary.sooner, 1U);
  EXPECT_EQ(summary.later, 0U);
  EXPECT_EQ(summary.missed.was, 0U);
  EXPECT_EQ(summary.missed.would, 1U);
  EXPECT_EQ(summary.newly_missed, 1U);
  EXPECT_EQ(summary.cases.size(), 1U);
  EXPECT_EQ(published(kCaseReminded).would, 1U);
}

TEST_F(RehearsalTest, ALongerDeadlineIsRemindedOfLaterAndNotEscalated) {
  const Id16 id = bench_.take(bench_.dispute());
  bench_.pass_until("2026-03-02T16:00:00+08:00");
  bench_.settle(id);

  const auto& summary = rehearse_rules(settled_within("5 hours"));
  EXPECT_THAT(
      lines_,
      ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | opened settlement medium "
                  "03-02T14:00 | deadline",
                  "03-02T11:00 | reminded settlement medium 03-02T11:00 | nothing | not_published",
                  "03-02T14:00 | nothing | reminded settlement medium 03-02T14:00 | published",
                  "03-02T15:00 | escalated settlement medium 03-02T11:00 | nothing | "
                  "not_published"));
  EXPECT_EQ(summary.later, 1U);
  EXPECT_EQ(summary.missed.was, 1U);
  EXPECT_EQ(summary.missed.would, 1U);
  EXPECT_EQ(summary.no_longer_missed, 0U);
  EXPECT_EQ(published(kCaseReminded).was, 1U);
  EXPECT_EQ(published(kCaseReminded).would, 1U);
  EXPECT_EQ(published(kCaseEscalated).was, 1U);
  EXPECT_EQ(published(kCaseEscalated).would, 0U);
}

TEST_F(RehearsalTest, WhatIsOpenAtTheEndIsCountedToo) {
  bench_.take(bench_.dispute());
  bench_.pass_until("2026-03-02T12:00:00+08:00");
  bench_.tick();

  const auto& summary = rehearse_rules(settled_within("24 hours"));
  EXPECT_EQ(summary.missed.was, 1U);
  EXPECT_EQ(summary.missed.would, 0U);
  EXPECT_EQ(summary.no_longer_missed, 1U);
  EXPECT_EQ(summary.ended, instant("2026-03-02T12:00:00+08:00"));
}

TEST_F(RehearsalTest, EscalationsAfterOneAnotherComeAtTheirOwnTimesOnAQuietLog) {
  bench_.take(bench_.dispute());
  bench_.set_now("2026-03-02T10:59:00+08:00");
  bench_.tick();

  rehearse_rules(rules_with({{"[dispute.medium]\nsettlement = \"2 hours\"",
                              "[dispute.medium]\nsettlement = \"30 minutes\""},
                             {"escalate_after = \"4 hours\"", "escalate_after = \"60 minutes\""},
                             {"mark_after = \"1 working day\"", "mark_after = \"80 minutes\""}}));
  EXPECT_THAT(
      lines_,
      ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | opened settlement medium "
                  "03-02T09:30 | deadline",
                  "03-02T09:30 | nothing | reminded settlement medium 03-02T09:30 | published",
                  "03-02T10:30 | nothing | escalated settlement medium 03-02T09:30 | published",
                  "03-02T10:50 | nothing | marked_overdue settlement medium 03-02T09:30 | "
                  "published"));
}

TEST_F(RehearsalTest, TheGateSendsOtherCasesToReview) {
  const Id16 fight = bench_.take(bench_.dispute());
  bench_.settle(fight);
  bench_.assess(fight, "none", {"gang_fight"});
  const Id16 unwilling = bench_.take(bench_.dispute());
  bench_.settle(unwilling);
  bench_.assess(unwilling, "none", {"unwilling_party"});
  EXPECT_EQ(bench_.state(fight), CaseState::kCaseReview);

  const auto& summary = rehearse_rules(
      rules_with({{"refused_on = [\"repeated_offence\", \"gang_fight\", \"provocation\", "
                   "\"unwilling_party\"]",
                   "refused_on = [\"gang_fight\"]"}}));
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | referred_to_case_review case_review medium "
                                  "03-10T00:00 | assessed dispatch medium 03-02T13:00 | move "
                                  "deadline desk"));
  EXPECT_EQ(summary.reviewed[0].size(), 2U);
  EXPECT_EQ(summary.reviewed[1].size(), 1U);
}

TEST_F(RehearsalTest, RepeatsRaiseTheSeverityLater) {
  bench_.take(bench_.dispute("1a"));
  bench_.take(bench_.dispute("1a"));
  bench_.take(bench_.dispute("1a"));

  rehearse_rules(rules_with({{"raise_severity_from = 1", "raise_severity_from = 2"}}));
  EXPECT_THAT(lines_,
              ElementsAre("03-02T09:00 | linked settlement high 03-02T10:00 | linked settlement "
                          "medium 03-02T11:00 | severity deadline"))
      << "the next is decided where the case stood in truth: high already";
}

TEST_F(RehearsalTest, AnAlertThatWouldOpenNoCaseIsToldOnceAndTheCaseGoesOn) {
  const Id16 id = bench_.take(bench_.dispute());
  bench_.settle(id);
  rehearse_rules(rules_with({{"classes = [\"dispute\"]", "classes = [\"brawl\"]"}}));
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | nothing | "
                                  "not_published"));
}

TEST_F(RehearsalTest, ADeskThatIsAnotherIsTold) {
  bench_.take(bench_.dispute());
  rehearse_rules(rules_with({{"station = \"station_on_duty\"", "station = \"night_station\""}}));
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | opened "
                                  "settlement medium 03-02T11:00 | desk"));
}

TEST_F(RehearsalTest, CasesUnderWayKeepTheirRulesAndThoseThatBeginTakeTheNewOnes) {
  const Id16 before = bench_.take(bench_.dispute());  // offset 1
  const Id16 reopened = bench_.settled_dispute();     // 2 .. 7
  bench_.settle(before);                              // 8
  bench_.take(bench_.dispute());                      // 9
  ReopeningSubmitted again;
  again.actor = "chief";
  again.case_id = reopened;
  again.reason = "relapse";
  bench_.ask(again);  // 10
  const std::string rules =
      rules_with({{"settlement = \"2 hours\"\nassessment = \"1 working day\"",
                   "settlement = \"60 minutes\"\nassessment = \"60 minutes\""}});

  rehearse_rules(rules, {Offset{8}, {}});
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | opened settlement medium 03-02T11:00 | opened "
                                  "settlement medium 03-02T10:00 | deadline",
                                  "03-02T09:00 | reopened assessment medium 03-04T00:00 | reopened "
                                  "assessment medium 03-02T10:00 | deadline"));
  EXPECT_EQ(summary_.first, Offset{8});
  EXPECT_EQ(summary_.inputs, 3U);

  rehearse_rules(rules, {Offset{8}, {}}, {Offset{9}, {}});
  EXPECT_EQ(summary_.differences, 1U);
  EXPECT_EQ(summary_.last, Offset{9});

  rehearse_rules(rules, {{}, instant("2026-03-03T00:00:00+08:00")});
  EXPECT_EQ(summary_.inputs, 0U);
}

TEST_F(RehearsalTest, ACaseMovedToTheNewestRulesTakesTheRehearsedOnes) {
  const Id16 id = bench_.take(bench_.dispute());          // offset 1
  bench_.publish("inner", 1, settled_within("3 hours"));  // 2
  RulesMoveSubmitted move;
  move.actor = "operator";
  move.case_id = id;
  bench_.ask(move);  // 3
  bench_.ask(move);  // 4, refused: they hold already

  rehearse_rules(settled_within("60 minutes"), {Offset{2}, {}});
  EXPECT_THAT(lines_, ElementsAre("03-02T09:00 | rules_moved settlement medium 03-02T12:00 | "
                                  "rules_moved settlement medium 03-02T10:00 | deadline"));
}

TEST_F(RehearsalTest, WhatIsPublishedMeanwhileIsSetAside) {
  bench_.take(bench_.dispute());
  bench_.publish("inner", 1, settled_within("30 minutes"));
  bench_.take(bench_.dispute());
  bench_.take(bench_.dispute());

  rehearse_rules(settled_within("30 minutes"));
  EXPECT_EQ(summary_.differences, 1U) << "only the first had others";
  rehearse_rules(std::string(default_rules()));
  EXPECT_EQ(summary_.differences, 2U);
  EXPECT_EQ(summary_.later, 2U);
}

TEST_F(RehearsalTest, ACalendarIsRehearsedByItself) {
  bench_.set_now("2026-02-13T09:00:00+08:00");
  const Id16 id = bench_.take(bench_.dispute());
  bench_.settle(id);

  RehearsalOptions options;
  options.documents = {{"calendar-2026", "year = 2026\nholidays = []\nworkdays = [2026-02-14]\n"}};
  rehearse_with(std::move(options));
  EXPECT_THAT(lines_, ElementsAre("02-13T09:00 | settled_on_spot assessment medium 02-17T00:00 | "
                                  "settled_on_spot assessment medium 02-15T00:00 | deadline"));
  EXPECT_FALSE(summary_.version);
}

TEST_F(RehearsalTest, BetweenTwoInstantsDeadlinesAreCountedToTheLast) {
  bench_.take(bench_.dispute());
  bench_.set_now("2026-03-02T12:00:00+08:00");
  bench_.take(bench_.dispute());

  const auto& summary =
      rehearse_rules(settled_within("60 minutes"), {}, {{}, instant("2026-03-02T10:30:00+08:00")});
  EXPECT_EQ(summary.inputs, 1U);
  EXPECT_EQ(summary.ended, instant("2026-03-02T10:30:00+08:00"));
  EXPECT_EQ(summary.missed.was, 0U);
  EXPECT_EQ(summary.missed.would, 1U);
  EXPECT_EQ(published(kCaseReminded).would, 1U);
}

TEST(OutputDifferences, EachFieldIsOfAKind) {
  CaseEvent event;
  event.move = "alert";
  event.state = "settlement";
  event.severity = "low";
  event.due = Stamp{TimeUs{1}, 480};
  event.ended_due = Stamp{TimeUs{1}, 480};
  const Output was{kCaseOpened, event};
  const auto with = [&](auto edit) {
    Output would = was;
    edit(std::get<CaseEvent>(would.said));
    return differences(was, would);
  };
  EXPECT_EQ(differences(was, was), 0);
  EXPECT_EQ(with([](CaseEvent& e) { e.rules = 7; }), 0);
  EXPECT_EQ(with([](CaseEvent& e) { e.ended_due = Stamp{TimeUs{2}, 480}; }), 0);
  EXPECT_EQ(with([](CaseEvent& e) { e.ended_due.reset(); }), bit(Differs::kContent));
  EXPECT_EQ(with([](CaseEvent& e) { e.state = "assessment"; }), bit(Differs::kMove));
  EXPECT_EQ(with([](CaseEvent& e) { e.severity = "high"; }), bit(Differs::kSeverity));
  EXPECT_EQ(with([](CaseEvent& e) { e.next_at = e.due; }), bit(Differs::kDeadline));
  EXPECT_EQ(with([](CaseEvent& e) { e.chief = "c"; }), bit(Differs::kDesk));
  EXPECT_EQ(with([](CaseEvent& e) { e.repeats = 1; }), bit(Differs::kContent));
  EXPECT_EQ(with([](CaseEvent& e) { e.version = 2; }), bit(Differs::kContent));
  const Output elsewhere{kCaseReopened, event};
  EXPECT_EQ(differences(was, elsewhere), bit(Differs::kMove));
  CaseRefused refusal;
  refusal.rule = "version";
  const Output refused{kCaseRefused, refusal};
  EXPECT_EQ(differences(was, refused), bit(Differs::kMove));
  refusal.rule = "reason";
  EXPECT_EQ(differences(refused, Output{kCaseRefused, refusal}), bit(Differs::kMove));
}

}  // namespace
}  // namespace lamplight::inner::test
