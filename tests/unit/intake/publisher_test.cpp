#include "bench.hpp"

namespace lamplight::intake::test {
namespace {

using testing::Each;
using testing::Field;
using testing::SizeIs;

// How a first alert, the moment between, and a restart are varied: the rules of repeats hold alike in all of them.
enum class Between { kUnderWay, kAcknowledged, kFolded, kReplayed, kSnapshotted };

class Repeats : public PublisherBench, public testing::WithParamInterface<Between> {
 protected:
  /// Sends the first, brings the world to the state of the parameter, sends the second, and settles both.
  std::pair<Item, Item> first_and_then(const Said& first, std::string_view first_key,
                                       const Said& second, std::string_view second_key) {
    const BatchPtr one = send(first, first_key);
    if (GetParam() >= Between::kAcknowledged) acknowledge();
    if (GetParam() >= Between::kFolded) fold();
    if (GetParam() == Between::kReplayed) restart_from_replay();
    if (GetParam() == Between::kSnapshotted) restart_from_snapshot();
    const BatchPtr two = send(second, second_key);
    if (GetParam() == Between::kUnderWay) {
      EXPECT_EQ(two->items[0].outcome, Outcome::kOpen) << "a repeat waits for the first";
    }
    const Item answer = done(two);
    return {one->items[0], answer};
  }
};

INSTANTIATE_TEST_SUITE_P(AtAnyMoment, Repeats,
                         testing::Values(Between::kUnderWay, Between::kAcknowledged,
                                         Between::kFolded, Between::kReplayed,
                                         Between::kSnapshotted),
                         [](const auto& instance) {
                           switch (instance.param) {
                             case Between::kUnderWay: return "UnderWay";
                             case Between::kAcknowledged: return "Acknowledged";
                             case Between::kFolded: return "Folded";
                             case Between::kReplayed: return "AfterReplay";
                             case Between::kSnapshotted: return "AfterSnapshot";
                           }
                           return "";
                         });

TEST_P(Repeats, SameKeyAndBodyGetTheSame202) {
  const auto [first, second] = first_and_then({"a-1"}, "k", {"a-1"}, "k");

  EXPECT_EQ(second.outcome, Outcome::kAccepted);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.offset, first.offset);
  EXPECT_EQ(second.time, first.time);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Repeats, SameKeyWithAnotherBodyIsRefused) {
  const auto [first, second] = first_and_then({"a-1"}, "k", {"a-2"}, "k");

  EXPECT_EQ(second.outcome, Outcome::kKeyReused);
  EXPECT_EQ(second.id, first.id);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Repeats, SameReferenceAndBodyIsADuplicateOfTheFirst) {
  const auto [first, second] = first_and_then({"a-1"}, {}, {"a-1"}, {});

  EXPECT_EQ(second.outcome, Outcome::kDuplicate);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.offset, first.offset);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Repeats, SameReferenceUnderAnotherKeyIsADuplicateToo) {
  const auto [first, second] = first_and_then({"a-1"}, "k1", {"a-1"}, "k2");

  EXPECT_EQ(second.outcome, Outcome::kDuplicate);
  EXPECT_EQ(second.id, first.id);
}

TEST_P(Repeats, SameReferenceWithOtherWordsIsAConflictNamingTheFirst) {
  const auto [first, second] = first_and_then({"a-1", "theft"}, {}, {"a-1", "robbery"}, {});

  EXPECT_EQ(second.outcome, Outcome::kReferenceConflict);
  EXPECT_EQ(second.id, first.id);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Repeats, AnotherReferenceIsANewAlert) {
  const auto [first, second] = first_and_then({"a-1"}, "k1", {"a-2"}, "k2");

  EXPECT_EQ(second.outcome, Outcome::kAccepted);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(second.offset, first.offset.next());
}

TEST_P(Repeats, ARepeatedWithdrawalIsNoError) {
  const Item alert = post({"a-1"});
  const Said withdrawal{"w-1", "theft", "Actual", R"(,"withdraws":")" + to_uuid(alert.id) + '"'};

  const auto [first, second] = first_and_then(withdrawal, "k", withdrawal, "k");

  EXPECT_EQ(second.outcome, Outcome::kAccepted);
  EXPECT_EQ(second.id, first.id);
}

TEST_P(Repeats, WhatIsWithdrawnCanNeitherBeCorrectedNorWithdrawnAgain) {
  const Item alert = post({"a-1"});
  const std::string id = to_uuid(alert.id);
  const Said withdrawal{"w-1", "theft", "Actual", R"(,"withdraws":")" + id + '"'};

  const BatchPtr one = send(withdrawal);
  if (GetParam() >= Between::kAcknowledged) acknowledge();
  if (GetParam() >= Between::kFolded) fold();
  if (GetParam() == Between::kReplayed) restart_from_replay();
  if (GetParam() == Between::kSnapshotted) restart_from_snapshot();
  const Item correction = send({"c-1", "theft", "Actual", R"(,"corrects":")" + id + '"'})->items[0];
  const Item second = send({"w-2", "theft", "Actual", R"(,"withdraws":")" + id + '"'})->items[0];

  EXPECT_EQ(correction.outcome, Outcome::kWithdrawn);
  EXPECT_EQ(second.outcome, Outcome::kWithdrawn);
}

TEST_P(Repeats, ACorrectionMayNameAnAlertInAnyOfTheseStates) {
  const BatchPtr one = send({"a-1"});
  if (GetParam() >= Between::kAcknowledged) acknowledge();
  if (GetParam() >= Between::kFolded) fold();
  if (GetParam() == Between::kReplayed) restart_from_replay();
  if (GetParam() == Between::kSnapshotted) restart_from_snapshot();
  acknowledge();  // the sender learns the id at the latest now
  const Item correction =
      post({"c-1", "robbery", "Actual", R"(,"corrects":")" + to_uuid(one->items[0].id) + '"'});

  EXPECT_EQ(correction.outcome, Outcome::kAccepted);
  const Record* corrected = state->by_id(one->items[0].id);
  ASSERT_NE(corrected, nullptr);
  EXPECT_EQ(state->corrected_by(*corrected)->id, correction.id);
}

class Publishing : public PublisherBench {};

TEST_F(Publishing, NothingIsAnsweredBeforeTheBusAcknowledges) {
  const BatchPtr batch = send_many({{"a-1"}, {"a-2"}, {"a-3"}});
  client->acknowledge(2);
  fold();
  EXPECT_EQ(batch->open, 1U);
  EXPECT_EQ(batch->items[2].outcome, Outcome::kOpen);

  acknowledge();

  EXPECT_THAT(batch->items, Each(Field(&Item::outcome, Outcome::kAccepted)));
  EXPECT_EQ(batch->items[2].offset, Offset{3});
}

TEST_F(Publishing, FieldOrderAndWhiteSpaceDoNotMakeAnotherBody) {
  const Item first = post({"a-1"});
  auto batch = std::make_shared<Batch>();
  read_item(reader,
            R"( { "area" : "wuma", "category":"theft", "class":"criminal",
                 "reported_at":"2024-05-01T08:00:00+08:00", "status":"Actual", "partner_ref":"a-1" } )",
            {}, "local", *batch);
  publisher->submit(batch, clock.now_us);

  const Item second = done(batch);

  EXPECT_EQ(second.outcome, Outcome::kDuplicate);
  EXPECT_EQ(second.id, first.id);
}

TEST_F(Publishing, TwoPartnersMayUseOneReferenceAndOneKey) {
  const Item first = post({"a-1"}, "k", "north");

  const Item second = post({"a-1"}, "k", "south");

  EXPECT_EQ(second.outcome, Outcome::kAccepted);
  EXPECT_NE(second.id, first.id);
}

TEST_F(Publishing, AnotherPartnersAlertIsUnknown) {
  const Item first = post({"a-1"}, {}, "north");
  const std::string names = R"(,"corrects":")" + to_uuid(first.id) + '"';

  const Item second = post({"c-1", "theft", "Actual", names}, {}, "south");

  EXPECT_EQ(second.outcome, Outcome::kUnknownAlert);
}

TEST_F(Publishing, AWithdrawalCannotBeCorrected) {
  const Item alert = post({"a-1"});
  const Item withdrawal =
      post({"w-1", "theft", "Actual", R"(,"withdraws":")" + to_uuid(alert.id) + '"'});

  const Item correction =
      post({"c-1", "theft", "Actual", R"(,"corrects":")" + to_uuid(withdrawal.id) + '"'});

  EXPECT_EQ(correction.outcome, Outcome::kIsWithdrawal);
}

TEST_F(Publishing, WithdrawingACorrectionTakesTheWholeAlertOut) {
  const Item alert = post({"a-1"});
  const Item correction =
      post({"c-1", "robbery", "Actual", R"(,"corrects":")" + to_uuid(alert.id) + '"'});
  post({"w-1", "theft", "Actual", R"(,"withdraws":")" + to_uuid(correction.id) + '"'});

  const Item late =
      post({"c-2", "robbery", "Actual", R"(,"corrects":")" + to_uuid(alert.id) + '"'});

  EXPECT_EQ(late.outcome, Outcome::kWithdrawn);
}

TEST_F(Publishing, WithoutTheBusOnlyRepeatsAreAnswered) {
  const Item first = post({"a-1"});
  client->lose_connection();

  const Item fresh = send({"a-2"})->items[0];
  const Item repeat = send({"a-1"})->items[0];

  EXPECT_EQ(fresh.outcome, Outcome::kUnavailable);
  EXPECT_EQ(repeat.outcome, Outcome::kDuplicate);
  EXPECT_EQ(repeat.id, first.id);
  EXPECT_EQ(client->published, 1U);
}

TEST_F(Publishing, WhatTheBusDoesNotConfirmInTimeIsAnswered503AndCountsOnceWhenRepeated) {
  const BatchPtr slow = send({"a-1"}, "k");
  client->lose_connection();
  clock.now_us += 26'000'000;
  advance();
  EXPECT_EQ(slow->items[0].outcome, Outcome::kTimedOut);

  client->reconnect();
  const Item again = done(send({"a-1"}, "k"));

  EXPECT_EQ(again.outcome, Outcome::kAccepted);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_F(Publishing, ItemsThatTimedOutInLineAreNotPublishedLater) {
  client->window = 1;
  const BatchPtr batch = send_many({{"a-1"}, {"a-2"}});
  clock.now_us += 26'000'000;
  advance();

  acknowledge();
  fold();

  EXPECT_EQ(batch->items[1].outcome, Outcome::kTimedOut);
  EXPECT_EQ(client->published, 1U);
}

TEST_F(Publishing, AFullWindowDelaysAndLosesNothing) {
  client->window = 2;
  const BatchPtr batch = send_many({{"a-1"}, {"a-2"}, {"a-3"}, {"a-4"}, {"a-5"}});
  EXPECT_EQ(client->published, 2U);

  while (batch->open > 0) acknowledge();

  EXPECT_THAT(batch->items, Each(Field(&Item::outcome, Outcome::kAccepted)));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(batch->items[i].offset, Offset{i + 1});
}

TEST_F(Publishing, AlertsUnderWayAreBoundedWhenTheFoldLags) {
  publisher = std::make_unique<Publisher>(*client, ids, counts, Publisher::Options{25'000'000, 2});
  const BatchPtr batch = send_many({{"a-1"}, {"a-2"}, {"a-3"}});
  acknowledge();
  EXPECT_EQ(batch->open, 1U);

  fold();
  acknowledge();

  EXPECT_EQ(batch->open, 0U);
}

TEST_F(Publishing, ARepeatOfWhatTheBusRefusesIsTriedItself) {
  client->refuse_next = Error(Code::kOverloaded, "disk full");
  const BatchPtr first = send({"a-1"});
  const BatchPtr second = send({"a-1"});

  acknowledge();
  EXPECT_EQ(first->items[0].outcome, Outcome::kFailed);
  const Item answer = done(second);

  EXPECT_EQ(answer.outcome, Outcome::kAccepted);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_F(Publishing, WhatTheBusKnowsBeforeTheFoldDoesIsAnsweredFromTheFold) {
  post({"a-1"});
  state = std::make_unique<IntakeState>();  // as if the fold were behind the log
  folded = {};
  new_client();
  const BatchPtr repeat = send({"a-1"});
  acknowledge();
  EXPECT_EQ(repeat->items[0].outcome, Outcome::kOpen);

  fold();

  EXPECT_EQ(repeat->items[0].outcome, Outcome::kDuplicate);
  EXPECT_EQ(repeat->items[0].offset, Offset{1});
  EXPECT_EQ(counts.duplicates["bus"], 1);
}

TEST_F(Publishing, AFencedClientAnswersWhatItHeld503) {
  const BatchPtr batch = send({"a-1"});

  client->fence();
  advance();

  EXPECT_EQ(batch->items[0].outcome, Outcome::kFailed);
  EXPECT_EQ(publisher->unanswered(), 0U);
  EXPECT_EQ(send({"a-2"})->items[0].outcome, Outcome::kUnavailable);
}

TEST_F(Publishing, NothingIsDecidedWhileTheFoldReplays) {
  auto batch = std::make_shared<Batch>();
  read_item(reader, Said{"a-1"}.json(), {}, "local", *batch);
  publisher->submit(batch, clock.now_us);

  publisher->advance(nullptr, {}, clock.now_us);

  EXPECT_EQ(batch->items[0].outcome, Outcome::kOpen);
  EXPECT_EQ(client->published, 0U);
}

TEST_F(Publishing, ASeedingLogGetsTheAlertsOwnTime) {
  log.seeding = true;
  log.now = {0};
  client->reconnect();

  const Item item = post({"a-1"});

  EXPECT_EQ(item.time, TimeUs{1'714'521'600'000'000});
}

class OpenCodes : public PublisherBench {
 protected:
  OpenCodes() { limit(3); }
  void limit(std::size_t most) {
    Publisher::Options options;
    options.lists = &codes();
    options.max_open_codes = most;
    publisher = std::make_unique<Publisher>(*client, ids, counts, options);
  }
};

TEST_F(OpenCodes, AreBoundedByListAlsoWhileTheyAreUnderWay) {
  const BatchPtr batch = send_many(
      {{"a-1", "x1"}, {"a-2", "x2"}, {"a-3", "x1"}, {"a-4", "x3"}, {"a-5", "x4"}, {"a-6"}});
  acknowledge();

  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U})
    EXPECT_EQ(batch->items[i].outcome, Outcome::kAccepted) << i;
  EXPECT_EQ(batch->items[4].outcome, Outcome::kTooManyCodes);
  EXPECT_EQ(batch->items[4].full, CodeList::kCategory);
  fold();
  EXPECT_EQ(post({"a-7", "x4"}).outcome, Outcome::kTooManyCodes);
  EXPECT_EQ(post({"a-8", "x3"}).outcome, Outcome::kAccepted) << "known ones may come for ever";
  EXPECT_EQ(post({"a-9", "theft", "Actual", R"(,"places":{"beat":"7"})"}).outcome,
            Outcome::kAccepted)
      << "another list";
}

TEST_F(OpenCodes, AreCountedFromTheLogAfterARestart) {
  for (const char* code : {"x1", "x2", "x3"}) post({std::string("a-") + code, code});

  restart_from_snapshot();
  limit(3);
  EXPECT_EQ(post({"a-1", "x4"}).outcome, Outcome::kTooManyCodes);
  restart_from_replay();
  limit(3);
  EXPECT_EQ(post({"a-1", "x4"}).outcome, Outcome::kTooManyCodes);
  EXPECT_EQ(post({"a-2", "x2"}).outcome, Outcome::kAccepted);
}

TEST_F(Publishing, TheSecondSameAlertOfOneBatchIsItsDuplicate) {
  const BatchPtr batch = send_many({{"a-1"}, {"a-1"}, {"a-1", "robbery"}});
  acknowledge();

  EXPECT_EQ(batch->items[0].outcome, Outcome::kAccepted);
  EXPECT_EQ(batch->items[1].outcome, Outcome::kDuplicate);
  EXPECT_EQ(batch->items[1].id, batch->items[0].id);
  EXPECT_EQ(batch->items[2].outcome, Outcome::kReferenceConflict);
}

}  // namespace
}  // namespace lamplight::intake::test
