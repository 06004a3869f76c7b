#include "console/cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "case_events.hpp"
#include "console/state.hpp"
#include "console/worklist.hpp"

namespace lamplight::console {
namespace {

using test::append;
using test::case_id;
using test::CaseSaid;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CasesFold : public ::testing::Test {
 protected:
  const Cases& folded() {
    for (; seen_ < log.events.size(); ++seen_) state_.evolve(log.view(log.events[seen_]));
    return state_.cases();
  }
  static std::string bytes_of(const ConsoleState& state) {
    MsgpackWriter out;
    state.save(out);
    return out.take();
  }
  std::vector<int> numbers(ListKind kind, std::string area = {}, std::size_t most = 100,
                           std::optional<ListPlace> after = std::nullopt) {
    Worklist wanted{kind, std::move(area), most, after};
    const WorklistPage page = pick(folded(), state_.officers(), officer, wanted, test::kStart);
    next = page.next;
    std::vector<int> out;
    for (const Case* one : page.cases) out.push_back(one->now.id.bytes[15]);
    return out;
  }

  test::FakeLog log;
  identity::Officer officer;
  std::optional<ListPlace> next;

 private:
  ConsoleState state_{test::read_desks};
  std::size_t seen_ = 0;

 protected:
  const ConsoleState& state() {
    folded();
    return state_;
  }
};

TEST_F(CasesFold, ACaseStandsAsItsLastEventSays) {
  append(log, {.version = 1, .area = "wuma"});
  append(log,
         {.version = 2, .state = "dispatch", .owner = "operations_centre", .actor = test::kWang},
         kCaseAssessed);

  const Case* one = folded().find(case_id(1));
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->now.version, 2);
  EXPECT_EQ(one->now.state, "dispatch");
  EXPECT_EQ(one->now.area, "wuma") << "what an event does not say is as it was known";
  EXPECT_EQ(one->history.size(), 2U);
  EXPECT_TRUE(one->involved.contains(test::kWang));
}

TEST_F(CasesFold, ItCanBeSeenAsItWasAtAnyOffset) {
  const Offset first = append(log, {.version = 1});
  append(log, {.number = 2});
  const Offset third = append(log, {.version = 2, .state = "dispatch"}, kCaseAssessed);

  const Case* one = folded().find(case_id(1));
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->at({first.value - 1}), std::nullopt);
  EXPECT_EQ(one->at(first)->state, "assessment");
  EXPECT_EQ(one->at({third.value - 1})->version, 1);
  EXPECT_EQ(one->at(third)->state, "dispatch");
}

TEST_F(CasesFold, ASnapshotHoldsAllOfItAndNothingElseDoes) {
  test::add_officer(log, test::kWang, {"operator"}, {"operations_centre"});
  append(log, {.version = 1});
  append(log, {.number = 2, .owner = test::kLi, .due_minutes = -1});
  append(log, {.version = 2, .state = "settled", .owner = "", .due_minutes = -1}, kCaseVerified);
  CaseRefused refused;
  refused.rule = "illegal_move";
  refused.allowed = {"dispatch"};
  FeedbackSubmitted asked;
  asked.actor = test::kWang;
  test::Stored request = test::stored(kFeedbackSubmitted, asked);
  request.id = case_id(99);
  const Offset at = log.append(request).offset;
  log.append(test::stored(kCaseRefused, refused, at));
  const std::string saved = bytes_of(state());

  ConsoleState back{test::read_desks};
  MsgpackReader reader(as_bytes(saved));
  back.load(reader);

  ASSERT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(bytes_of(back), saved);
  EXPECT_EQ(back.cases().open(), state().cases().open());
  EXPECT_EQ(back.cases().changes().size(), 3U);
  const Request* known = back.requests().by_id(case_id(99));
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->rule, "illegal_move");
  EXPECT_THAT(known->allowed, ElementsAre("dispatch"));
}

TEST_F(CasesFold, WhatCannotBeReadIsCountedAndChangesNothing) {
  append(log, {.version = 1});
  test::Stored broken;
  broken.subject = kCaseAssessed;
  broken.payload = "\xc1";
  broken.producer = "inner";
  log.append(broken);

  EXPECT_EQ(folded().unreadable(), 1U);
  EXPECT_EQ(folded().find(case_id(1))->now.version, 1);
}

TEST_F(CasesFold, WhatAnotherProducerSaysIsNoEventOfACase) {
  append(log, {.version = 1});
  test::Stored forged = test::stored(kCaseVerified, CaseSaid{.version = 2}.event());
  forged.producer = "console";
  log.append(forged);

  EXPECT_EQ(folded().find(case_id(1))->now.version, 1);
  EXPECT_EQ(folded().changes().size(), 1U);
}

TEST_F(CasesFold, AnAnswerBelongsToTheRequestThatCausedIt) {
  test::Stored request = test::stored(kDispatchSubmitted, DispatchSubmitted{});
  request.id = case_id(50);
  append(log, {.version = 1});
  const Offset at = log.append(request).offset;
  append(log, {.number = 2});
  EXPECT_FALSE(state().requests().by_id(case_id(50))->answered());
  const Offset answer = append(log, {.version = 2}, kCaseDispatched, at);

  const Request* known = state().requests().by_id(case_id(50));
  EXPECT_EQ(known->answer, answer);
  EXPECT_FALSE(known->refused());
  EXPECT_EQ(known->case_id, case_id(1));
  EXPECT_EQ(state().requests().by_offset(at), known);
}

class Worklists : public CasesFold {
 protected:
  Worklists() {
    officer.key = test::kWang;
    officer.roles.add(identity::Role::kOperator);
    officer.units = {"operations_centre"};
    test::add_officer(log, test::kWang, {"operator"}, {"operations_centre"});
    test::add_officer(log, test::kLi, {"operator"});
    append(log, {.number = 1, .owner = test::kWang, .due_minutes = 60, .area = "wuma"});
    append(log, {.number = 2, .owner = "operations_centre", .due_minutes = 0, .area = "nanpu"});
    append(log, {.number = 3, .owner = test::kLi, .due_minutes = 0, .area = "wuma"});
    append(log, {.number = 4, .owner = "case_review", .due_minutes = -1});
    append(log, {.number = 5, .state = "settled", .owner = "", .due_minutes = -1});
  }
};

TEST_F(Worklists, AreInOrderOfDeadlineAndHoldOpenCasesOnly) {
  EXPECT_THAT(numbers(ListKind::kOpen), ElementsAre(2, 3, 1, 4));
}

TEST_F(Worklists, MineAreTheOfficersAndTheirUnits) {
  EXPECT_THAT(numbers(ListKind::kMine), ElementsAre(2, 1));
}

TEST_F(Worklists, OverdueAreThoseWhoseDeadlineHasCome) {
  EXPECT_THAT(numbers(ListKind::kOverdue), ElementsAre(2, 3));
}

TEST_F(Worklists, UnassignedWaitForNobodyInPerson) {
  EXPECT_THAT(numbers(ListKind::kUnassigned), ElementsAre(2, 4));
}

TEST_F(Worklists, AnAreaNarrowsThem) {
  EXPECT_THAT(numbers(ListKind::kOpen, "wuma"), ElementsAre(3, 1));
  EXPECT_THAT(numbers(ListKind::kOpen, "elsewhere"), IsEmpty());
}

TEST_F(Worklists, ComePageByPage) {
  EXPECT_THAT(numbers(ListKind::kOpen, {}, 3), ElementsAre(2, 3, 1));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(place_from(to_string(*next)), next);
  EXPECT_THAT(numbers(ListKind::kOpen, {}, 3, next), ElementsAre(4));
  EXPECT_FALSE(next.has_value());
  EXPECT_FALSE(place_from("1").has_value() || place_from("x.1").has_value() ||
               place_from("1.2.3").has_value());
}

TEST_F(Worklists, ACommunityOfficerSeesWhatTheyHaveAPartIn) {
  officer.roles = {};
  officer.roles.add(identity::Role::kCommunityOfficer);
  officer.units = {};
  EXPECT_THAT(numbers(ListKind::kOpen), ElementsAre(1));
  append(log,
         {.number = 1,
          .version = 2,
          .state = "verification",
          .owner = "operations_centre",
          .due_minutes = 90},
         kCaseFeedbackReceived);
  EXPECT_THAT(numbers(ListKind::kMine), IsEmpty());
  EXPECT_THAT(numbers(ListKind::kOpen), ElementsAre(1)) << "they gave the feedback";
}

TEST_F(CasesFold, WhatWaitsForAnOfficerWhoIsNoneIsUnassigned) {
  officer.roles.add(identity::Role::kDutyChief);
  test::add_officer(log, test::kWang, {"community_officer"});
  test::add_officer(log, test::kLi, {"community_officer"});
  append(log, {.number = 1, .owner = test::kWang});
  append(log, {.number = 2, .owner = test::kLi});
  append(log, {.number = 3, .owner = test::kChen});
  append(log, {.number = 4, .owner = "wuma"});
  EXPECT_THAT(numbers(ListKind::kUnassigned), ElementsAre(3, 4)) << "nobody knows the third's key";

  test::revoke_officer(log, test::kLi);

  EXPECT_THAT(numbers(ListKind::kUnassigned), ElementsAre(2, 3, 4));
}

TEST_F(Worklists, MineAreThoseThatTheOfficerMayActOn) {
  append(log, {.number = 6, .state = "verification", .owner = "operations_centre"});
  append(log, {.number = 8, .state = "case_review", .owner = "case_review"});
  append(log, {.number = 7, .state = "dispatch", .owner = "operations_centre"});
  EXPECT_THAT(numbers(ListKind::kMine), ElementsAre(2, 7, 1)) << "an operator may not verify";

  officer = {};
  officer.key = test::kChen;
  officer.roles.add(identity::Role::kReviewer);
  officer.units = {"case_review"};
  test::add_officer(log, test::kChen, {"reviewer"}, {"case_review"});
  EXPECT_THAT(numbers(ListKind::kMine), ElementsAre(6, 8))
      << "nobody at the centre may verify, so a reviewer sees it";

  const std::string second(32, 'e');
  test::add_officer(log, second, {"reviewer"}, {"operations_centre"});
  EXPECT_THAT(numbers(ListKind::kMine), ElementsAre(8)) << "now somebody there may";
  test::revoke_officer(log, second);
  EXPECT_THAT(numbers(ListKind::kMine), ElementsAre(6, 8));
}

}  // namespace
}  // namespace lamplight::console
