// Who is there, who is fenced, what garbage does, and bus time.

#include "bus_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Edges : public BusFixture {};
class Hello : public BusFixture {};
class Garbage : public BusFixture {};
class Heartbeats : public BusFixture {};
class SeededLog : public BusFixture {
 protected:
  SeededLog() : BusFixture(true) {}
};
class LiveLog : public BusFixture {};

constexpr std::int64_t kDay = 86'400'000'000;

TEST_F(Edges, TheNewestInstanceOfANameWinsAndTheOlderIsFenced) {
  hello("old", "intake", 1, 1);

  hello("new", "intake", 1, 2);

  ASSERT_EQ(take<wire::ErrorMessage>("old").at(0).code, "fenced");
  publish("old", 1, frame("intake", 1, {{"a"}}));
  EXPECT_EQ(take<wire::ErrorMessage>("old").at(0).code, "no_session");
  EXPECT_EQ(log_.head(), Offset{0});
  publish("new", 1, frame("intake", 1, {{"a"}}));
  sync();
  EXPECT_THAT(acks("new"), SizeIs(1));
}

TEST_F(Edges, AFencedInstanceDoesNotComeBack) {
  hello("old", "intake", 1, 1);
  hello("new", "intake", 1, 2);
  take<wire::ErrorMessage>("old");
  say("new", wire::Goodbye{});

  hello("old-again", "intake", 1, 1);

  EXPECT_EQ(take<wire::ErrorMessage>("old-again").at(0).code, "fenced");
}

TEST_F(Edges, AfterARestartOfTheBusTheNewerStillWinsWhoeverComesFirst) {
  hello("new", "intake", 1, 2);

  hello("old", "intake", 1, 1);

  EXPECT_EQ(take<wire::ErrorMessage>("old").at(0).code, "fenced");
  EXPECT_THAT(take<wire::ErrorMessage>("new"), IsEmpty());
}

TEST_F(Edges, TheSameInstanceOnANewConnectionSimplyMoves) {
  hello("A", "intake", 1, 1);
  publish("A", 1, frame("intake", 1, {{"a"}}));
  subscribe("A");

  const auto welcome = hello("A2", "intake", 1, 1);

  EXPECT_EQ(welcome.last_seq, Seq{1});
  EXPECT_THAT(take<wire::ErrorMessage>("A"), IsEmpty());
  sync();
  pump();
  EXPECT_THAT(deliveries("A"), IsEmpty()) << "the former connection's subscription went with it";
  EXPECT_EQ(observer_.connected, 1U);
}

TEST_F(Edges, FollowersShareANameAndFenceNobody) {
  hello("A", "tally", 1, 1);
  hello("R1", "tally", 0, 2);
  hello("R2", "tally", 0, 3);

  EXPECT_EQ(observer_.connected, 3U);
  EXPECT_THAT(take<wire::ErrorMessage>("A"), IsEmpty());
}

TEST_F(Hello, TellsLimitsLogAndHead) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();

  const auto welcome = hello("B", "tally", 0, 2);

  EXPECT_EQ(welcome.version, 1U);
  EXPECT_EQ(welcome.max_frame_bytes, 4U << 20);
  EXPECT_EQ(welcome.log_id, log_.header().id);
  EXPECT_EQ(welcome.head, Offset{1});
  EXPECT_EQ(welcome.last_seq, Seq{0});
  EXPECT_EQ(welcome.bus_time, TimeUs{kStart});
  EXPECT_FALSE(welcome.seeding);
}

TEST_F(Hello, TellsTheLastFramesHash) {
  hello("A", "intake");
  const std::string bytes = frame("intake", 1, {{"a"}});
  publish("A", 1, bytes);

  EXPECT_EQ(hello("A2", "intake").last_frame_hash,
            FrameView::parse(as_bytes(bytes)).value().hash());
}

TEST_F(Hello, RefusesNamesRolesAndVersionsItDoesNotKnow) {
  const auto refusal = [this](wire::Hello greeting) {
    say("X", greeting);
    const auto errors = take<wire::ErrorMessage>("X");
    return errors.empty() ? std::string("none") : errors[0].code;
  };
  EXPECT_EQ(refusal({1, "control", 1, key(1), false}), "forbidden");
  EXPECT_EQ(refusal({1, "No Name", 1, key(1), false}), "forbidden");
  EXPECT_EQ(refusal({1, "inner", 3, key(1), false}), "unsupported");
  EXPECT_EQ(refusal({0, "intake", 1, key(1), false}), "unsupported");
  EXPECT_EQ(observer_.connected, 0U);
}

TEST_F(Hello, ALaterVersionIsAnsweredWithOurs) {
  say("A", wire::Hello{9, "intake", 1, key(1), false});
  EXPECT_EQ(take<wire::Welcome>("A").at(0).version, 1U);
}

TEST_F(Garbage, IsAnsweredAndCountedAndChangesNothing) {
  hello("A", "intake");
  const std::array<std::string, 4> rubbish{"", "\xC1", std::string(100'000, 'x'),
                                           std::string("\x92\x03\xC0", 3)};
  for (const auto& one : rubbish) {
    const std::array<Bytes, 1> parts{as_bytes(one)};
    core_->on_message("A", parts, now_);
  }
  core_->on_message("A", {}, now_);
  const std::string publish_part = wire::encode(wire::ClientMessage(wire::Publish{1}));
  const std::array<Bytes, 3> three{as_bytes(publish_part), as_bytes("a"), as_bytes("b")};
  core_->on_message("A", three, now_);

  EXPECT_THAT(take<wire::ErrorMessage>("A"), SizeIs(6));
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();
  EXPECT_THAT(acks("A"), SizeIs(1)) << "the session goes on";
}

TEST_F(Garbage, WithoutASessionEverythingButHelloIsTurnedAway) {
  publish("X", 1, frame("intake", 1, {{"a"}}));
  say("X", wire::ClientHeartbeat{});
  say("X", wire::Goodbye{});

  const auto errors = take<wire::ErrorMessage>("X");
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].code, "no_session");
  EXPECT_EQ(log_.head(), Offset{0});
}

TEST_F(Heartbeats, CarryBusTimeAndTheSyncedHead) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  pass(options_.heartbeat_us);
  EXPECT_EQ(take<wire::BusHeartbeat>("A").back().head, Offset{0}) << "appended is not synced";
  sync();

  pass(options_.heartbeat_us);

  const auto beats = take<wire::BusHeartbeat>("A");
  ASSERT_THAT(beats, SizeIs(1));
  EXPECT_EQ(beats[0].head, Offset{1});
  EXPECT_EQ(beats[0].bus_time, now_.wall);
}

TEST_F(Heartbeats, ASilentSessionIsForgotten) {
  hello("A", "intake");
  for (int i = 0; i < 14; ++i) pass(1'000'000);
  say("A", wire::ClientHeartbeat{});
  for (int i = 0; i < 15; ++i) pass(1'000'000);
  EXPECT_EQ(observer_.connected, 1U);

  pass(1'000'000);

  EXPECT_EQ(observer_.connected, 0U);
}

TEST_F(Heartbeats, APeerThatTakesNothingIsKeptInOrderAndThenLetGo) {
  hello("A", "intake");
  transport_.full.insert("A");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();
  EXPECT_THAT(acks("A"), IsEmpty());
  transport_.full.clear();

  core_->tick(now_);

  EXPECT_THAT(acks("A"), SizeIs(1));
  transport_.gone.insert("A");
  pass(options_.heartbeat_us);
  EXPECT_EQ(observer_.connected, 0U);
}

TEST_F(LiveLog, AStepOfTheWallClockIsNotFollowedUntilConfirmed) {
  hello("A", "intake");
  pass(1'000'000);
  now_.wall = now_.wall.plus_us(3'600'000'000);

  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();

  EXPECT_EQ(acks("A").at(0).time, TimeUs{kStart + 1'000'000});
  pass(1'000'000);
  EXPECT_TRUE(observer_.clock_is_held);
  EXPECT_TRUE(take<wire::BusHeartbeat>("A").back().clock_held);
  say("A", wire::ConfirmClock{9, key(7)});
  sync();
  publish("A", 2, frame("intake", 2, {{"b"}}));
  sync();

  const auto answers = acks("A");
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].tag, 9U);
  EXPECT_EQ(answers[0].time, TimeUs{kStart + 2'000'000}) << "the order itself is before the step";
  EXPECT_EQ(answers[1].time, now_.wall);
  EXPECT_FALSE(observer_.clock_is_held);
  EXPECT_FALSE(take<wire::BusHeartbeat>("A").back().clock_held);
}

TEST_F(LiveLog, AConfirmationIsAnEventOfTheBusThatTellsTheStep) {
  hello("A", "intake");
  now_.wall = now_.wall.plus_us(-7'200'000'000);
  pass(1'000'000);

  say("A", wire::ConfirmClock{9, key(7)});
  sync();

  subscribe("A", 1, {"control.clock.confirmed"});
  pump();
  MsgpackWriter step;
  step.array(1);
  step.sint(-7'200'000'000);
  EXPECT_THAT(events("A"), testing::ElementsAre(Got{1, step.take()}));
}

TEST_F(LiveLog, AConfirmedStepBackLetsTimeStandStillNotGoBack) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();
  now_.wall = now_.wall.plus_us(-7'200'000'000);
  pass(1'000'000);
  say("A", wire::ConfirmClock{9, key(7)});
  sync();
  const TimeUs confirmed = acks("A").back().time;

  publish("A", 2, frame("intake", 2, {{"b"}}));
  sync();
  EXPECT_EQ(acks("A").at(0).time, confirmed);
  pass(7'210'000'000);
  hello("A", "intake");
  publish("A", 3, frame("intake", 3, {{"c"}}));
  sync();
  EXPECT_EQ(acks("A").at(0).time, now_.wall);
}

TEST_F(LiveLog, WithoutAStepThereIsNothingToConfirm) {
  hello("A", "intake");

  say("A", wire::ConfirmClock{9, key(7)});

  const auto refusal = take<wire::Refused>("A");
  ASSERT_THAT(refusal, SizeIs(1));
  EXPECT_EQ(refusal[0].code, "invalid");
  EXPECT_EQ(refusal[0].tag, 9U);
  EXPECT_EQ(log_.head(), Offset{});
}

TEST_F(LiveLog, TimeNeverGoesBehindTheLogsLastAlsoAfterARestart) {
  hello("A", "intake");
  publish("A", 1, frame("intake", 1, {{"a"}}));
  sync();
  acks("A");
  now_.wall = TimeUs{kStart - kDay};
  restart();
  hello("A", "intake");

  publish("A", 2, frame("intake", 2, {{"b"}}));
  sync();

  EXPECT_EQ(acks("A").at(0).time, TimeUs{kStart});
}

TEST_F(LiveLog, TimeInAFrameHasNoEffect) {
  hello("A", "intake");

  publish("A", 1, frame("intake", 1, {{"a"}}, TimeUs{5}));
  sync();

  EXPECT_EQ(acks("A").at(0).time, TimeUs{kStart});
}

TEST_F(LiveLog, DoesNotGoLive) {
  hello("A", "intake");

  say("A", wire::GoLive{5, key(7)});

  EXPECT_EQ(take<wire::Refused>("A").at(0).code, "invalid");
}

TEST_F(SeededLog, TimeComesWithTheFramesAndALowerOneTakesTheLast) {
  EXPECT_TRUE(hello("A", "intake", 1, 1, true).seeding);
  publish("A", 1, frame("intake", 1, {{"a"}}, TimeUs{1000}));
  publish("A", 2, frame("intake", 2, {{"b"}}, TimeUs{3000}));
  publish("A", 3, frame("intake", 3, {{"c"}}, TimeUs{2000}));
  publish("A", 4, frame("intake", 4, {{"d"}}));
  sync();

  const auto all = acks("A");
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].time, TimeUs{1000});
  EXPECT_EQ(all[1].time, TimeUs{3000});
  EXPECT_EQ(all[2].time, TimeUs{3000});
  EXPECT_EQ(all[3].time, TimeUs{3000});
  EXPECT_EQ(log_.batches(), 2U) << "one batch an instant";
  pass(options_.heartbeat_us);
  EXPECT_EQ(take<wire::BusHeartbeat>("A").back().bus_time, TimeUs{3000});
}

TEST_F(SeededLog, ATimeThatNoClockShowsYetIsRefusedAndTheRestGoesOn) {
  constexpr std::int64_t kAhead = 24LL * 3600 * 1'000'000;
  hello("A", "intake", 1, 1, true);

  publish("A", 1, frame("intake", 1, {{"2098"}}, TimeUs{kStart + kAhead + 1}));
  publish("A", 2, frame("intake", 1, {{"clocks differ"}}, TimeUs{kStart + kAhead}));

  const auto refused = take<wire::Refused>("A");
  ASSERT_THAT(refused, testing::SizeIs(1));
  EXPECT_EQ(refused[0].code, "invalid");
  EXPECT_THAT(refused[0].message, testing::HasSubstr("24 h ahead"));
  sync();
  const auto taken = acks("A");
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].time, TimeUs{kStart + kAhead});
}

TEST_F(SeededLog, OnlyWhoHoldsTheRightGivesTime) {
  hello("B", "console", 1, 1, true);  // not among the bus's seed names
  publish("B", 1, frame("console", 1, {{"a"}}, TimeUs{1000}));
  EXPECT_EQ(take<wire::Refused>("B").at(0).code, "forbidden");
  hello("A", "intake", 1, 2, false);  // did not ask for it
  publish("A", 1, frame("intake", 1, {{"a"}}, TimeUs{1000}));
  EXPECT_EQ(take<wire::Refused>("A").at(0).code, "forbidden");

  publish("B", 2, frame("console", 1, {{"a"}}));

  sync();
  EXPECT_THAT(acks("B"), SizeIs(1)) << "without a time it takes the last";
}

TEST_F(SeededLog, GoLiveIsAnEventOfTheBusAndFromThenOnTimeIsTheWalls) {
  hello("A", "intake", 1, 1, true);
  hello("C", "cli", 0, 2);
  publish("A", 1, frame("intake", 1, {{"a"}}, TimeUs{1000}));
  sync();
  acks("A");

  publish("A", 9, frame("intake", 2, {{"still seeded"}}));
  auto before = begin_sync();
  say("C", wire::GoLive{5, key(7)});
  end_sync(std::move(before));
  pass(options_.heartbeat_us);
  EXPECT_TRUE(take<wire::BusHeartbeat>("A").back().seeding) << "not told before it is synced";
  sync();

  const auto done = acks("C");
  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(done[0].tag, 5U);
  EXPECT_EQ(done[0].first_offset, Offset{3});
  EXPECT_FALSE(take<wire::BusHeartbeat>("A").back().seeding) << "told at once";
  subscribe("C", 1, {"control.log.went_live"}, {"control"});
  pump();
  EXPECT_THAT(events("C"), SizeIs(1));
  acks("A");
  publish("A", 2, frame("intake", 3, {{"b"}}, TimeUs{2000}));
  sync();
  EXPECT_EQ(acks("A").at(0).time, now_.wall);
  restart();
  EXPECT_FALSE(hello("A", "intake").seeding) << "for good";
  EXPECT_TRUE(hello("A", "intake").seeded);
}

TEST_F(SeededLog, ANotSyncedGoLiveIsForgottenWithThePower) {
  hello("C", "cli", 0, 2);
  say("C", wire::GoLive{5, key(7)});

  restart();

  EXPECT_TRUE(hello("A", "intake").seeding);
}

}  // namespace
}  // namespace lamplight::bus::test
