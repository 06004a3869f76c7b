// What the inner loop promises of one case: no way out but verification.
#include <gmock/gmock.h>

#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Circulation, ADisputeSettledOnTheSpotGoesThroughAllFourSteps) {
  for (const std::string_view flag : {"", "none", "residual"}) {
    Bench bench;
    const Id16 id = bench.take(bench.dispute());
    EXPECT_EQ(bench.last(), "inner.opened");
    EXPECT_EQ(bench.state(id), CaseState::kSettlement);

    SettlementSubmitted settlement;
    settlement.actor = "officer-a";
    settlement.case_id = id;
    settlement.risk = flag;
    bench.ask(settlement);
    EXPECT_EQ(bench.last(), "inner.settled_on_spot");
    EXPECT_EQ(bench.state(id), CaseState::kAssessment) << "flagged '" << flag << "'";
    bench.assess(id);
    EXPECT_EQ(bench.last(), "inner.assessed");
    bench.dispatch(id);
    EXPECT_EQ(bench.last(), "inner.dispatched");
    bench.feed_back(id);
    EXPECT_EQ(bench.last(), "inner.feedback_received");
    EXPECT_EQ(bench.state(id), CaseState::kVerification);
    bench.verify(id);

    EXPECT_EQ(bench.last(), "inner.verified");
    EXPECT_EQ(bench.state(id), CaseState::kSettled);
    EXPECT_EQ(bench.at(id).version, 6);
    EXPECT_EQ(bench.decider().next_due(), std::nullopt);
  }
}

TEST(Circulation, EachCaseEventTellsIdVersionStateOwnerAndDeadline) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  const CaseEvent opened = bench.said().front().event();
  EXPECT_EQ(opened.case_id, id);
  EXPECT_EQ(opened.version, 1);
  EXPECT_EQ(opened.kind, "dispute");
  EXPECT_EQ(opened.state, "settlement");
  EXPECT_EQ(opened.severity, "medium");
  EXPECT_EQ(opened.owner, "station_on_duty");
  EXPECT_EQ(shown(opened.due), "2026-03-02T11:00:00+08:00");
  EXPECT_EQ(shown(opened.next_at), "2026-03-02T11:00:00+08:00");
  EXPECT_EQ(opened.alert, id);
  EXPECT_EQ(opened.area, "wuma");

  bench.pass_minutes(30);
  bench.settle(id);
  const CaseEvent settled = bench.said().front().event();
  EXPECT_EQ(settled.version, 2);
  EXPECT_EQ(settled.owner, "operations_centre");
  EXPECT_EQ(settled.actor, "officer-a");
  EXPECT_EQ(shown(settled.ended_due), "2026-03-02T11:00:00+08:00");
  EXPECT_EQ(shown(settled.due), "2026-03-04T00:00:00+08:00") << "one working day: all of Tuesday";
}

TEST(Circulation, ResidualRiskGoesToTheCommunityOfficerAndToNobodyElse) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id);
  bench.assess(id, "residual");

  bench.dispatch(id, "officer-c");
  EXPECT_EQ(bench.refusal(), "community_officer");
  bench.dispatch(id, "station_on_duty");
  EXPECT_EQ(bench.refusal(), "community_officer");
  EXPECT_EQ(bench.state(id), CaseState::kDispatch);

  bench.dispatch(id);
  EXPECT_EQ(bench.text(bench.at(id).owner), "community_officer");
}

TEST(Circulation, WithoutResidualRiskTheAskerNamesWhoHandlesIt) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id);
  bench.assess(id);
  bench.dispatch(id, "officer-c");
  EXPECT_EQ(bench.text(bench.at(id).owner), "officer-c");

  bench.dispatch(id);
  EXPECT_EQ(bench.text(bench.at(id).owner), "station_on_duty") << "dispatched again, by the rules";
  EXPECT_EQ(bench.state(id), CaseState::kFeedback);
}

TEST(Circulation, AssessingMustSayWhetherARiskRemains) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id);
  bench.assess(id, "");
  EXPECT_EQ(bench.refusal(), "code");
  bench.assess(id, "some");
  EXPECT_EQ(bench.refusal(), "code");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment);
}

TEST(Circulation, WhoSettledOrFedBackMayNotVerify) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id, "officer-a");
  bench.assess(id);
  bench.dispatch(id);
  bench.feed_back(id, "officer-b");
  for (const std::string_view actor : {"officer-a", "officer-b"}) {
    bench.verify(id, true, actor);
    EXPECT_EQ(bench.refusal(), "same_officer") << actor;
    bench.verify(id, false, actor);
    EXPECT_EQ(bench.refusal(), "same_officer") << actor;
  }
  EXPECT_EQ(bench.state(id), CaseState::kVerification);
  bench.verify(id, true, "operator");
  EXPECT_EQ(bench.state(id), CaseState::kSettled);
}

TEST(Circulation, AFailedVerificationGoesBackWithItsReasonToWhoHandledIt) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id);
  bench.assess(id);
  bench.dispatch(id, "officer-b");
  bench.feed_back(id);

  bench.verify(id, false, "reviewer", "");
  EXPECT_EQ(bench.refusal(), "reason");
  bench.verify(id, false, "reviewer", "because");
  EXPECT_EQ(bench.refusal(), "reason");
  bench.verify(id, false, "reviewer", "risk_remains");

  EXPECT_EQ(bench.last(), "inner.returned");
  EXPECT_EQ(bench.said().front().event().reason, "risk_remains");
  EXPECT_EQ(bench.state(id), CaseState::kRework);
  EXPECT_EQ(bench.text(bench.at(id).owner), "officer-b");
  bench.feed_back(id, "officer-d");
  bench.verify(id, true, "officer-d");
  EXPECT_EQ(bench.refusal(), "same_officer");
  bench.verify(id, true, "officer-b");
  EXPECT_EQ(bench.refusal(), "same_officer") << "fed back in the round before";
  bench.verify(id);
  EXPECT_EQ(bench.state(id), CaseState::kSettled);
}

TEST(Circulation, AnIllegalMoveIsRefusedWithStateRuleAndWhatIsAllowed) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.verify(id);

  ASSERT_EQ(bench.said().size(), 1U);
  const CaseRefused refused = bench.said().front().refused();
  EXPECT_EQ(bench.last(), "inner.refused");
  EXPECT_EQ(refused.case_id, id);
  EXPECT_EQ(refused.version, 1);
  EXPECT_EQ(refused.state, "settlement");
  EXPECT_EQ(refused.ask, "verification");
  EXPECT_EQ(refused.rule, "illegal_move");
  EXPECT_EQ(refused.actor, "reviewer");
  EXPECT_THAT(refused.allowed, ElementsAre("settlement", "rules_move"));
  EXPECT_EQ(bench.state(id), CaseState::kSettlement);
}

TEST(Circulation, WhatCannotBeReadOrFoundIsRefusedAsSuch) {
  Bench bench;
  bench.put(kFeedbackSubmitted, "console/edge", "no payload", id_of(900));
  EXPECT_EQ(bench.refusal(), "unreadable");
  bench.feed_back(id_of(901), "");
  EXPECT_EQ(bench.refusal(), "unreadable") << "nobody asks";
  bench.feed_back(id_of(901), std::string(65, 'x'));
  EXPECT_EQ(bench.refusal(), "unreadable") << "a key has at most 64 bytes";
  bench.feed_back(id_of(901));
  EXPECT_EQ(bench.refusal(), "no_case");
  EXPECT_EQ(bench.said().front().refused().state, "none");
}

TEST(Circulation, WhoHasReadAnOlderVersionIsRefused) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  FeedbackSubmitted feedback;
  feedback.actor = "officer-b";
  feedback.case_id = id;
  SettlementSubmitted settlement;
  settlement.actor = "officer-a";
  settlement.case_id = id;
  settlement.expected_version = 2;
  bench.ask(settlement);
  EXPECT_EQ(bench.refusal(), "version");
  EXPECT_EQ(bench.said().front().refused().version, 1);

  settlement.expected_version = 1;
  bench.ask(settlement);
  EXPECT_EQ(bench.last(), "inner.settled_on_spot");
  bench.ask(settlement);
  EXPECT_EQ(bench.refusal(), "version") << "sent twice, in effect once";
}

TEST(Circulation, OnlyAlertsThatTheRulesNameOpenACase) {
  Bench bench;
  AlertReceived theft = bench.dispute();
  theft.class_code = "criminal";
  theft.category = "theft";
  bench.take(theft);
  EXPECT_THAT(bench.said(), IsEmpty());

  AlertReceived exercise = bench.dispute();
  exercise.status = AlertStatus::kExercise;
  bench.take(exercise);
  EXPECT_THAT(bench.said(), IsEmpty());
  EXPECT_THAT(bench.decider().book().cases(), IsEmpty());
}

TEST(Circulation, AnAlertTakenBackBeforeAnybodyActedEndsItsCase) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  AlertReceived withdrawal = bench.dispute();
  withdrawal.withdraws = id;
  bench.take(withdrawal);
  EXPECT_EQ(bench.last(), "inner.withdrawn");
  EXPECT_EQ(bench.state(id), CaseState::kWithdrawn);
  EXPECT_EQ(bench.decider().next_due(), std::nullopt);
}

TEST(Circulation, AnAlertTakenBackLaterEndsNothing) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.settle(id);
  AlertReceived withdrawal = bench.dispute();
  withdrawal.withdraws = id;
  bench.take(withdrawal);
  EXPECT_EQ(bench.last(), "inner.withdrawn");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment) << "noted, and it still has to be verified";
}

TEST(Circulation, ACorrectionStaysWithItsCase) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  AlertReceived correction = bench.dispute("aa11");
  correction.corrects = id;
  correction.area = "qidu";
  const Id16 corrected = bench.take(correction);
  EXPECT_EQ(bench.last(), "inner.corrected");
  EXPECT_EQ(bench.text(bench.at(id).area), "qidu");
  EXPECT_EQ(bench.decider().book().cases().size(), 1U);

  AlertReceived withdrawal = bench.dispute();
  withdrawal.withdraws = corrected;
  bench.take(withdrawal);
  EXPECT_EQ(bench.state(id), CaseState::kWithdrawn);
}

TEST(Circulation, HistoryTellsEveryEventWithItsCause) {
  Bench bench;
  const Id16 id = bench.settled_dispute();
  const Case& of = bench.at(id);
  ASSERT_EQ(of.history.size(), 6U);
  std::vector<Move> moves;
  std::uint64_t cause = 0;
  for (const HistoryEntry& entry : of.history) {
    moves.push_back(entry.move);
    EXPECT_EQ(entry.cause.value, ++cause);
  }
  EXPECT_THAT(moves, ElementsAre(Move::kAlert, Move::kSettle, Move::kAssess, Move::kDispatch,
                                 Move::kFeedback, Move::kVerifyPass));
  EXPECT_EQ(of.history.back().state, CaseState::kSettled);
  EXPECT_EQ(bench.text(of.history.back().actor), "reviewer");
}

TEST(Circulation, ARequestChangesNothingUntilItIsAnswered) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  const std::string before = bench.snapshot();
  MsgpackWriter payload;
  SettlementSubmitted settlement;
  settlement.actor = "officer-a";
  settlement.case_id = id;
  encode(settlement, payload);
  Event input;
  input.subject = kSettlementSubmitted;
  input.producer = "console/edge";
  input.payload = payload.bytes();
  input.time = bench.now();
  input.offset = {77};
  bench.decider().evolve(input);
  EXPECT_EQ(bench.snapshot(), before);
}

}  // namespace
}  // namespace lamplight::inner::test
