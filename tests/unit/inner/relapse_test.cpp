// What breaks out again is linked, opened again and weighs more; what may not be mediated goes to case review.
#include <gmock/gmock.h>

#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kParty = "party-0001-aaaa-bbbb";

TEST(Relapse, AnAlertAtTheSamePlaceOpensASettledCaseAgain) {
  Bench bench;
  const Id16 id = bench.settled_dispute("aa11");
  bench.pass_until("2026-04-01T09:00:00+08:00");
  const Id16 again = bench.take(bench.dispute("aa11"));

  ASSERT_EQ(bench.last(), "inner.reopened");
  const CaseEvent event = bench.said().front().event();
  EXPECT_EQ(event.case_id, id);
  EXPECT_EQ(event.alert, again);
  EXPECT_EQ(event.state, "settlement") << "somebody has to go there";
  EXPECT_EQ(event.severity, "high") << "a repeat weighs more";
  EXPECT_EQ(event.repeats, 1);
  EXPECT_EQ(bench.decider().book().cases().size(), 1U);
}

TEST(Relapse, BeyondTheWindowOrElsewhereItIsAnotherCase) {
  Bench bench;
  const Id16 id = bench.settled_dispute("aa11");
  bench.take(bench.dispute("bb22"));
  EXPECT_EQ(bench.last(), "inner.opened");
  bench.take(bench.dispute());
  EXPECT_EQ(bench.last(), "inner.opened") << "no place, no link";

  bench.set_now("2026-05-31T09:00:00+08:00");  // the 90th day
  bench.take(bench.dispute("aa11"));
  EXPECT_EQ(bench.last(), "inner.reopened");
  bench.settle(id);
  bench.assess(id);
  bench.dispatch(id);
  bench.feed_back(id);
  bench.verify(id);
  bench.set_now("2026-08-29T09:00:01+08:00");
  bench.take(bench.dispute("aa11"));
  EXPECT_EQ(bench.last(), "inner.opened");
}

TEST(Relapse, AnAlertAtThePlaceOfAnOpenCaseIsLinkedAndItIsAssessedAnew) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute("aa11"));
  bench.settle(id);
  bench.assess(id);
  bench.dispatch(id);
  bench.feed_back(id);
  bench.take(bench.dispute("aa11"));
  EXPECT_EQ(bench.last(), "inner.linked");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment);
  EXPECT_EQ(bench.at(id).severity, Severity::kHigh);
}

TEST(Relapse, ALinkMakesADeadlineSoonerAndNeverLater) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute("aa11"));  // medium: 11:00
  bench.pass_minutes(30);
  bench.take(bench.dispute("aa11"));  // high: 60 minutes from 9:30
  EXPECT_EQ(bench.at(id).due, instant("2026-03-02T10:30:00+08:00"));
  bench.pass_minutes(59);
  bench.take(bench.dispute("aa11"));  // critical: 30 minutes from 10:29
  EXPECT_EQ(bench.at(id).due, instant("2026-03-02T10:30:00+08:00"));
  EXPECT_EQ(bench.at(id).severity, Severity::kCritical);
}

TEST(Relapse, TheThirdRepeatIsARepeatedOffenceAndNotMediated) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute("aa11"));
  for (int i = 0; i < 3; ++i) bench.take(bench.dispute("aa11"));
  bench.settle(id);
  bench.assess(id);
  EXPECT_EQ(bench.last(), "inner.referred_to_case_review");
  EXPECT_THAT(bench.said().front().event().grounds, ElementsAre("repeated_offence"));
  EXPECT_EQ(bench.state(id), CaseState::kCaseReview);
  EXPECT_EQ(bench.text(bench.at(id).owner), "case_review");
}

TEST(Relapse, APartyMetInAnotherDisputeOpensThatOneAgain) {
  Bench bench;
  const Id16 first = bench.settled_dispute("aa11", {kParty});
  const Id16 second = bench.take(bench.dispute("bb22"));
  EXPECT_EQ(bench.state(first), CaseState::kSettled);
  bench.settle(second, "officer-a", {kParty});

  ASSERT_EQ(bench.said().size(), 2U);
  EXPECT_EQ(bench.said()[0].event().case_id, second) << "the answer comes first";
  EXPECT_EQ(bench.said()[0].subject, "inner.settled_on_spot");
  EXPECT_EQ(bench.said()[0].event().repeats, 1);
  EXPECT_EQ(bench.said()[0].event().severity, "high");
  EXPECT_EQ(bench.said()[1].subject, "inner.reopened");
  EXPECT_EQ(bench.said()[1].event().case_id, first);
  EXPECT_EQ(bench.said()[1].event().other, second);
  EXPECT_EQ(bench.state(first), CaseState::kAssessment);

  bench.settle(second, "officer-a", {kParty});
  EXPECT_EQ(bench.said().size(), 1U) << "the same party once more is no news";
  EXPECT_EQ(bench.at(second).repeats, 1);
}

TEST(Relapse, AnOfficerMayReopenWithAReason) {
  Bench bench;
  const Id16 id = bench.settled_dispute();
  ReopeningSubmitted request;
  request.actor = "duty-chief";
  request.case_id = id;
  bench.ask(request);
  EXPECT_EQ(bench.refusal(), "reason");
  request.reason = "complaint";
  bench.ask(request);
  EXPECT_EQ(bench.last(), "inner.reopened");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment);
  bench.ask(request);
  EXPECT_EQ(bench.refusal(), "illegal_move") << "it is open";
}

TEST(Relapse, APetitionRegisteredAgainIsTheSameCase) {
  Bench bench;
  PetitionSubmitted petition;
  petition.actor = "petition-desk";
  petition.petition = "XF-2026-17";
  const Id16 id = bench.ask(petition);
  bench.ask(petition);
  EXPECT_EQ(bench.refusal(), "illegal_move");
  EXPECT_EQ(bench.said().front().refused().case_id, id) << "the answer names it";
  bench.assess(id);
  bench.dispatch(id);
  bench.feed_back(id);
  bench.verify(id);
  bench.pass_until("2030-03-02T09:00:00+08:00");
  bench.ask(petition);
  EXPECT_EQ(bench.last(), "inner.reopened");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment);
}

class Gate : public ::testing::TestWithParam<std::string_view> {};

TEST_P(Gate, ThisGroundLeadsToCaseReviewFromAssessmentAndFromFeedback) {
  Bench bench;
  const Id16 assessed = bench.take(bench.dispute());
  bench.settle(assessed);
  bench.assess(assessed, "none", {GetParam()});
  EXPECT_EQ(bench.last(), "inner.referred_to_case_review");
  EXPECT_THAT(bench.said().front().event().grounds, ElementsAre(GetParam()));

  const Id16 fed_back = bench.take(bench.dispute());
  bench.settle(fed_back);
  bench.assess(fed_back);
  bench.dispatch(fed_back);
  bench.feed_back(fed_back, "officer-b", {GetParam()});
  EXPECT_EQ(bench.last(), "inner.referred_to_case_review");
  EXPECT_EQ(bench.state(fed_back), CaseState::kCaseReview);
}
INSTANTIATE_TEST_SUITE_P(Grounds, Gate,
                         ::testing::Values("repeated_offence", "gang_fight", "provocation",
                                           "unwilling_party"));

TEST(CaseReview, EndsFiledOrBackInTheLoopWithItsGroundsWeighed) {
  Bench bench;
  const auto referred = [&] {
    const Id16 id = bench.take(bench.dispute());
    bench.settle(id);
    bench.assess(id, "none", {"gang_fight"});
    return id;
  };
  ReviewSubmitted review;
  review.actor = "reviewer";
  review.case_id = referred();
  review.outcome = "passed";
  bench.ask(review);
  EXPECT_EQ(bench.refusal(), "code");
  review.outcome = "filed";
  bench.ask(review);
  EXPECT_EQ(bench.last(), "inner.case_reviewed");
  EXPECT_EQ(bench.state(review.case_id), CaseState::kFiled);

  review.case_id = referred();
  review.outcome = "declined";
  bench.ask(review);
  EXPECT_EQ(bench.state(review.case_id), CaseState::kAssessment);
  bench.assess(review.case_id);
  EXPECT_EQ(bench.last(), "inner.assessed");
}

}  // namespace
}  // namespace lamplight::inner::test
