// What the bus promises a publisher (DESIGN §4.1 and §4.3), with the sync's outcome in the test's hand.

#include "bus_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DurableAck : public BusFixture {};
class Fence : public BusFixture {};
class Dedupe : public BusFixture {};
class LogFailure : public BusFixture {};
class Rights : public BusFixture {};
class BackPressure : public BusFixture {};
class Rebuild : public BusFixture {};

std::vector<std::string> codes(const std::vector<wire::Refused>& refusals) {
  std::vector<std::string> out;
  out.reserve(refusals.size());
  for (const auto& refusal : refusals) out.push_back(refusal.code);
  return out;
}

TEST_F(DurableAck, ComesOnlyAfterTheSyncThatCoversTheFrame) {
  hello("A", "intake");
  publish("A", 7, frame("intake", 1, {{"a"}, {"b"}}));
  EXPECT_THAT(acks("A"), IsEmpty());
  auto under_way = begin_sync();
  publish("A", 8, frame("intake", 3, {{"c"}}));
  EXPECT_THAT(acks("A"), IsEmpty());

  end_sync(std::move(under_way));

  const auto first = acks("A");
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].tag, 7U);
  EXPECT_EQ(first[0].count, 2U);
  EXPECT_EQ(first[0].first_offset, Offset{1});
  EXPECT_EQ(first[0].time, TimeUs{kStart});
  EXPECT_FALSE(first[0].duplicate);
  sync();
  const auto second = acks("A");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].first_offset, Offset{3});
}

TEST_F(DurableAck, WhatGathersDuringASyncSharesTheNextOne) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  auto under_way = begin_sync();
  for (std::uint64_t i = 2; i <= 50; ++i) publish("A", i, frame("intake", i, {{"x"}}));
  EXPECT_FALSE(core_->wants_sync());
  end_sync(std::move(under_way));
  EXPECT_THAT(acks("A"), SizeIs(1));

  end_sync(begin_sync());

  EXPECT_EQ(log_.batches(), 2U);
  EXPECT_EQ(take<wire::Ack>("A").size(), 1U) << "one message for all of them";
}

TEST_F(DurableAck, OfADuplicateWaitsForItsFirstCopy) {
  hello("A", "intake");
  const std::string bytes = frame("intake", 1, {{"a"}});
  publish("A", 1, bytes);
  auto under_way = begin_sync();
  publish("A", 2, bytes);
  EXPECT_THAT(acks("A"), IsEmpty());

  end_sync(std::move(under_way));

  const auto both = acks("A");
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_FALSE(both[0].duplicate);
  EXPECT_TRUE(both[1].duplicate);
  EXPECT_EQ(both[1].first_offset, Offset{1});
  EXPECT_EQ(both[1].time, TimeUs{kStart});
  EXPECT_EQ(log_.head(), Offset{1});
}

TEST_F(Fence, AResendAfterALostAckIsAcknowledgedWithItsFirstOffset) {
  hello("A", "intake");
  const std::string bytes = frame("intake", 1, {{"a"}, {"b"}});
  publish("A", 1, bytes);
  publish("A", 2, frame("intake", 3, {{"c"}}));
  sync();
  acks("A");
  pass(3'000'000);

  hello("A2", "intake");
  publish("A2", 9, bytes);

  const auto again = acks("A2");
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_EQ(again[0].first_offset, Offset{1});
  EXPECT_EQ(again[0].time, TimeUs{kStart}) << "the time of the first copy, not of the resend";
  EXPECT_EQ(log_.head(), Offset{3});
  EXPECT_EQ(observer_.duplicates, 2U);
}

TEST_F(Fence, RefusesAGapWithTheNumberItExpects) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();

  publish("A", 2, frame("intake", 3, {{"c"}}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].code, "out_of_order");
  EXPECT_EQ(refused[0].tag, 2U);
  EXPECT_EQ(refused[0].expected, Seq{2});
  EXPECT_EQ(log_.head(), Offset{1});
}

TEST_F(Fence, RefusesPartialOverlapAndOtherBytesUnderKnownNumbers) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}, {"b"}}));
  sync();

  publish("A", 2, frame("intake", 2, {{"b"}, {"c"}}));  // overlaps
  publish("A", 3, frame("intake", 1, {{"a"}}));         // a part
  publish("A", 4, frame("intake", 1, {{"a"}, {"B"}}));  // other bytes

  EXPECT_THAT(codes(take<wire::Refused>("A")),
              ElementsAre("out_of_order", "out_of_order", "out_of_order"));
  EXPECT_EQ(log_.head(), Offset{2});
}

TEST_F(Fence, ForgetsFramesBehindTheLast65536Numbers) {
  hello("A", "intake");
  const std::string oldest = frame("intake", 1, {{"a"}});
  publish("A", 1, oldest);
  const std::vector<Said> many(4096, Said{"x"});
  for (std::uint64_t i = 0; i < 16; ++i) publish("A", 2 + i, frame("intake", 2 + i * 4096, many));
  sync();
  take<wire::Ack>("A");

  publish("A", 100, oldest);
  publish("A", 101, frame("intake", 2, many));

  sync();
  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("out_of_order"));
  EXPECT_THAT(acks("A"), SizeIs(1)) << "the oldest that the window still holds";
}

TEST_F(Fence, TellsTheLastNumberInWelcomeSyncedOrNot) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}, {"b"}, {"c"}}));

  const auto welcome = hello("A2", "intake");

  EXPECT_EQ(welcome.last_seq, Seq{3});
  EXPECT_EQ(welcome.head, Offset{0});
}

TEST_F(Dedupe, AKnownKeyRefusesTheWholeFrameNamingIndexAndFirstOffset) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}, {"b", "alert.received", key(9)}}));
  sync();
  acks("A");

  publish("A", 2, frame("intake", 3, {{"c"}, {"again", "alert.received", key(9)}, {"d"}}));
  publish("A", 3, frame("intake", 6, {{"e"}}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, SizeIs(2));
  EXPECT_EQ(refused[0].code, "duplicate");
  EXPECT_EQ(refused[0].index, 1U);
  ASSERT_THAT(refused[0].known, SizeIs(1));
  EXPECT_EQ(refused[0].known[0].index, 1U);
  EXPECT_EQ(refused[0].known[0].offset, Offset{2});
  EXPECT_EQ(refused[0].known[0].time, TimeUs{kStart});
  EXPECT_EQ(refused[1].code, "out_of_order") << "what followed is refused too";
  EXPECT_EQ(refused[1].expected, Seq{3});
  EXPECT_EQ(log_.head(), Offset{2}) << "nothing of the frame is on the log";
}

TEST_F(Dedupe, IsNotToldBeforeTheKnownEventIsSynced) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a", "alert.received", key(9)}}));
  auto under_way = begin_sync();
  publish("A", 2, frame("intake", 2, {{"b", "alert.received", key(9)}}));
  EXPECT_THAT(take<wire::Refused>("A"), IsEmpty());

  end_sync(std::move(under_way));

  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("duplicate"));
}

TEST_F(Dedupe, HoldsAcrossProducersAndRestarts) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a", "alert.received", key(9)}}));
  sync();
  restart();

  hello("B", "console");
  publish("B", 1, frame("console", 1, {{"b", "alert.received", key(9)}}));

  const auto refused = take<wire::Refused>("B");
  ASSERT_THAT(refused, SizeIs(1));
  ASSERT_THAT(refused[0].known, SizeIs(1));
  EXPECT_EQ(refused[0].known[0].offset, Offset{1});
}

TEST_F(Dedupe, AllKnownKeysOfAFrameAreNamedAtOnce) {
  hello("A", "intake");
  publish("A", 1,
          frame("intake", 1, {{"a", "alert.received", key(1)}, {"b", "alert.received", key(2)}}));
  sync();

  publish("A", 2,
          frame("intake", 3,
                {{"b", "alert.received", key(2)},
                 {"c", "alert.received", key(3)},
                 {"a", "alert.received", key(1)}}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, SizeIs(1));
  ASSERT_THAT(refused[0].known, SizeIs(2));
  EXPECT_EQ(refused[0].known[0].offset, Offset{2});
  EXPECT_EQ(refused[0].known[1].index, 2U);
  EXPECT_EQ(refused[0].known[1].offset, Offset{1});
}

TEST_F(Dedupe, EndsAfter24HoursOfBusTime) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a", "alert.received", key(9)}}));
  sync();
  acks("A");
  now_.wall = now_.wall.plus_us(kDedupeUs);
  now_.monotonic_us += kDedupeUs;

  publish("A", 2, frame("intake", 2, {{"b", "alert.received", key(9)}}));

  sync();
  EXPECT_THAT(acks("A"), SizeIs(1));
}

TEST_F(Dedupe, RefusesAKeyThatStandsTwiceInOneFrame) {
  hello("A", "intake");

  publish("A", 1,
          frame("intake", 1, {{"a", "alert.received", key(9)}, {"b", "alert.received", key(9)}}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].code, "invalid");
  EXPECT_EQ(refused[0].index, 1U);
  EXPECT_EQ(log_.head(), Offset{0});
}

TEST_F(LogFailure, AcknowledgesNothingOfTheSyncAndRefusesEverythingAfter) {
  hello("A", "intake");
  hello("R", "tally", 0);
  subscribe("R");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  auto under_way = begin_sync();
  publish("A", 2, frame("intake", 2, {{"b"}}));

  fail_sync(std::move(under_way));
  publish("A", 3, frame("intake", 3, {{"c"}}));
  pump();

  EXPECT_THAT(acks("A"), IsEmpty());
  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("log_failed"));
  EXPECT_THAT(events("R"), IsEmpty());
  EXPECT_EQ(observer_.failures, 1);
  EXPECT_FALSE(core_->wants_sync()) << "a failed sync is never tried again";
  ASSERT_TRUE(core_->failure().has_value());
  EXPECT_EQ(take<wire::ErrorMessage>("A").at(0).code, "log_failed");
  say("B", wire::Hello{1, "console", 1, key(3), false});
  EXPECT_EQ(take<wire::ErrorMessage>("B").at(0).code, "log_failed");
}

TEST_F(Rights, AFrameCarriesTheSessionsOwnName) {
  hello("A", "intake");

  publish("A", 1, frame("console", 1, {{"a"}}));

  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("forbidden"));
}

TEST_F(Rights, AFollowerPublishesNothing) {
  hello("R", "tally", 0);

  publish("R", 1, frame("tally", 1, {{"a"}}));

  EXPECT_THAT(codes(take<wire::Refused>("R")), ElementsAre("forbidden"));
}

TEST_F(Rights, ControlSubjectsAreTheBussOwn) {
  hello("A", "intake");

  publish("A", 1, frame("intake", 1, {{"a"}, {"b", "control.log.went_live"}}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].code, "forbidden");
  EXPECT_EQ(refused[0].index, 1U);
  EXPECT_EQ(log_.head(), Offset{0});
}

TEST_F(Rights, BytesThatAreNoFrameAreRefusedAndChangeNothing) {
  hello("A", "intake");

  publish("A", 1, "garbage");
  publish("A", 2, frame("intake", 1, {{"a"}}) + "x");
  say("A", wire::Publish{3});  // no data part

  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("invalid", "invalid", "invalid"));
  publish("A", 4, frame("intake", 1, {{"a"}}));
  sync();
  EXPECT_THAT(acks("A"), SizeIs(1));
}

TEST_F(BackPressure, WhatTheLogCannotGatherWaitsForTheNextSyncInOrder) {
  log_.gather_limit = 400;
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{std::string(250, 'a')}}));
  ASSERT_TRUE(core_->accepting());

  publish("A", 2, frame("intake", 2, {{std::string(250, 'b')}}));
  EXPECT_FALSE(core_->accepting()) << "the host leaves messages in their queues";
  publish("A", 3, frame("intake", 3, {{"c"}}));

  sync();
  EXPECT_TRUE(core_->accepting());
  const auto all = acks("A");
  ASSERT_THAT(all, SizeIs(3));
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(all[i].first_offset.value, i + 1);
}

TEST_F(BackPressure, AFullDiskIsRefusedAsLaterAndTheSameBytesAreTakenOnceThereIsRoom) {
  hello("A", "intake");
  log_.disk_full = true;
  const std::string bytes = frame("intake", 1, {{"a", "alert.received", key(1)}});
  publish("A", 1, bytes);
  EXPECT_THAT(codes(take<wire::Refused>("A")), ElementsAre("overloaded"));

  log_.disk_full = false;
  publish("A", 2, bytes);

  sync();
  EXPECT_THAT(acks("A"), SizeIs(1));
}

TEST_F(BackPressure, AFullDiskThatLastsIsToldUntilThereIsRoom) {
  hello("A", "intake");
  log_.disk_full = true;
  const std::string bytes = frame("intake", 1, {{"a"}});
  publish("A", 1, bytes);
  pass(options_.heartbeat_us);
  EXPECT_EQ(observer_.no_room, "") << "a segment that is being made ready is no full disk";

  publish("A", 2, bytes);
  pass(options_.heartbeat_us);
  EXPECT_THAT(observer_.no_room, testing::HasSubstr("disk is full"));

  log_.disk_full = false;
  publish("A", 3, bytes);
  pass(options_.heartbeat_us);
  EXPECT_EQ(observer_.no_room, "");
}

TEST_F(BackPressure, LessThanTheReserveIsToldBeforeAnybodyAsks) {
  options_.reserve_bytes = std::uint64_t{1} << 62;
  restart();

  pass(options_.heartbeat_us);

  EXPECT_THAT(observer_.no_room, testing::HasSubstr("less than the reserve"));
}

TEST_F(Rebuild, FenceAndDedupeComeBackFromTheLogsIndexes) {
  hello("A", "intake");
  hello("B", "console");
  const std::string old = frame("console", 1, {{"b"}});
  publish("B", 1, old);
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();
  publish("A", 2, frame("intake", 2, {{"c"}, {"d"}}));
  sync();
  publish("A", 3, frame("intake", 4, {{"lost: never synced"}}));
  restart();

  EXPECT_EQ(hello("A", "intake").last_seq, Seq{3});
  EXPECT_EQ(hello("B", "console").last_seq, Seq{1}) << "from an older segment";
  publish("B", 5, old);
  const auto again = acks("B");
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_EQ(again[0].first_offset, Offset{1});
  publish("A", 6, frame("intake", 4, {{"sent again"}}));
  sync();
  EXPECT_EQ(acks("A").at(0).first_offset, Offset{5});
}

TEST_F(DurableAck, CountsWhatItAccepts) {
  hello("A", "intake");

  publish("A", 1, frame("intake", 1, {{"a"}, {"b"}, {"c", "inner.feedback_submitted.late"}}));
  sync();

  EXPECT_EQ(observer_.published_events["alert.received"], 2U);
  EXPECT_EQ(observer_.published_events["inner.feedback_submitted"], 1U);
  EXPECT_EQ(observer_.acks, 1U);
}

}  // namespace
}  // namespace lamplight::bus::test
