// The client without sockets, against a broker core: what is promised over lost connections and refusals.

#include "client_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Publishing : public ClientFixture {};
class Resending : public ClientFixture {};
class KnownKeys : public ClientFixture {
 protected:
  static ClientOptions seeding() {
    ClientOptions options;
    options.seed = true;
    return options;
  }
};
class Refusals : public ClientFixture {};
class Fenced : public ClientFixture {};
class Subscribing : public ClientFixture {
 protected:
  void follow(Line& line, SubscribeOptions options = {}) {
    id_ = line.core().subscribe(std::move(options), [this](const Delivery& delivery) {
      for (const Event& e : *delivery.events)
        got_.push_back({e.offset.value, std::string(as_text(e.payload))});
      scanned_.push_back(delivery.scanned.value);
    });
  }
  std::uint32_t id_ = 0;
  std::vector<Got> got_;
  std::vector<std::uint64_t> scanned_;
};
class Connecting : public ClientFixture {};

TEST_F(Publishing, GoesAtOnceWhenNothingIsUnderWayAndGathersOtherwise) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().end_of_round();
  ASSERT_THAT(intake->frames_under_way(), SizeIs(1));
  exchange(*intake);
  for (const char* payload : {"b", "c", "d"}) ASSERT_TRUE(put(*intake, payload));
  intake->core().end_of_round();
  EXPECT_THAT(intake->frames_under_way(), IsEmpty()) << "one is under way: the next gathers";

  sync();
  to_client(*intake);
  intake->core().end_of_round();

  EXPECT_THAT(intake->frames_under_way(), ElementsAre(frame("intake", 2, {{"b"}, {"c"}, {"d"}})));
  settle(*intake);
  EXPECT_THAT(answers_, ElementsAre("a@1", "b@2", "c@3", "d@4"));
}

TEST_F(Publishing, FlushSendsWhatIsGatheredWhileFramesAreUnderWay) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().end_of_round();
  ASSERT_TRUE(put(*intake, "b"));

  intake->core().flush();

  EXPECT_THAT(intake->frames_under_way(), SizeIs(2));
}

TEST_F(Publishing, AFullFrameDoesNotWait) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().end_of_round();

  while (intake->frames_under_way().size() < 2) ASSERT_TRUE(put(*intake, std::string(1000, 'x')));

  EXPECT_GE(intake->frames_under_way()[1].size(), PublishWindow::kFrameTarget);
  EXPECT_LT(intake->frames_under_way()[1].size(), PublishWindow::kFrameTarget + 2000);
}

TEST_F(Publishing, TheWindowIsBounded) {
  ClientOptions options;
  options.window_events = 3;
  const auto intake = line("intake", Role::kEdge, 1, options);
  for (const char* payload : {"a", "b", "c"}) ASSERT_TRUE(put(*intake, payload));

  EXPECT_EQ(put(*intake, "d").error().code(), Code::kOverloaded);

  settle(*intake);
  EXPECT_TRUE(put(*intake, "d"));
  settle(*intake);
  EXPECT_THAT(answers_, ElementsAre("a@1", "b@2", "c@3", "d@4"));
}

TEST_F(Publishing, WhatCannotBeAnEventIsRefusedAtOnce) {
  const auto intake = line("intake");

  EXPECT_EQ(put(*intake, "a", {}, "No Subject").error().code(), Code::kInvalid);
  EXPECT_EQ(put(*intake, std::string(kMaxEventBytes, 'x')).error().code(), Code::kTooLarge);

  EXPECT_EQ(intake->core().unacknowledged(), 0U);
}

TEST_F(Publishing, NeedsTheFirstConnectionAndTheEdgeRole) {
  ClientOptions options;
  options.name = "intake";
  options.role = Role::kEdge;
  Line early("intake1", options, 1);
  EXPECT_EQ(put(early, "a").error().code(), Code::kUnavailable);

  const auto follower = line("tally", Role::kFollower, 2);
  EXPECT_EQ(put(*follower, "a").error().code(), Code::kForbidden);
}

TEST_F(Publishing, ACallbackMayPublish) {
  const auto intake = line("intake");
  NewEvent event;
  event.subject = "alert.received";
  ASSERT_TRUE(intake->core().publish(
      event, {}, [&](const Result<Acked>&) { ASSERT_TRUE(put(*intake, "b")); }));

  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("b@2"));
}

TEST_F(Publishing, EventsOfOneInstantShareAFrame) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a", {}, "alert.received", TimeUs{1}));
  ASSERT_TRUE(put(*intake, "b", {}, "alert.received", TimeUs{1}));
  ASSERT_TRUE(put(*intake, "c", {}, "alert.received", TimeUs{2}));
  intake->core().flush();

  EXPECT_THAT(intake->frames_under_way(), ElementsAre(frame("intake", 1, {{"a"}, {"b"}}, TimeUs{1}),
                                                      frame("intake", 3, {{"c"}}, TimeUs{2})));
}

TEST_F(Resending, AfterALostAckTheSameBytesGoAgainAndAreAnsweredOnce) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().end_of_round();
  const auto first = intake->frames_under_way();
  to_bus(*intake);
  sync();

  intake->open(now_);  // the acknowledgement goes with the former connection
  to_bus(*intake);
  to_client(*intake);

  EXPECT_EQ(intake->frames_under_way(), first);
  settle(*intake);
  EXPECT_THAT(answers_, ElementsAre("a@1"));
  EXPECT_THAT(on_the_log(), ElementsAre(Got{1, "a"}));
}

TEST_F(Resending, AfterARestartThatForgotUnsyncedFramesNothingIsLost) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  settle(*intake);
  ASSERT_TRUE(put(*intake, "b"));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "c"));
  intake->core().flush();
  to_bus(*intake);

  restart();
  intake->core().end_of_round();
  intake->core().tick(now_.monotonic_us + 2'000'000);  // a heartbeat, answered with "no session"
  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("a@1", "b@2", "c@3"));
}

TEST_F(Resending, ALogFailureKeepsWhatIsUnacknowledgedForTheNextBroker) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().flush();
  to_bus(*intake);
  fail_sync(begin_sync());
  exchange(*intake);
  EXPECT_THAT(answers_, IsEmpty());

  restart();
  wait(*intake, 2'000'000);

  EXPECT_THAT(answers_, ElementsAre("a@1"));
}

TEST_F(KnownKeys, InTheMiddleOfAFrameTheRestAndWhatFollowedGoUnderTheSameNumbers) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "old", key(1)));
  settle(*intake);
  ASSERT_TRUE(put(*intake, "a"));
  ASSERT_TRUE(put(*intake, "again", key(1)));
  ASSERT_TRUE(put(*intake, "b", key(2)));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "c"));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "d"));

  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("old@1", "a@2", "again=1", "b@3", "c@4", "d@5"));
  EXPECT_THAT(on_the_log(),
              ElementsAre(Got{1, "old"}, Got{2, "a"}, Got{3, "b"}, Got{4, "c"}, Got{5, "d"}));
  EXPECT_EQ(hello("probe", "intake", 0, 9).last_seq, Seq{5}) << "numbers stay dense";
  EXPECT_EQ(intake->peer(), "intake1#1")
      << "the answers to what followed are no reason to reconnect";
}

TEST_F(KnownKeys, AWindowFullOfThemTakesAFewMessagesEachNotOneAPair) {
  log_ = MemoryLog(true);
  restart();
  const auto first = line("intake", Role::kEdge, 1, seeding());
  constexpr int kEvents = 100;  // one instant each, so one frame each
  const auto put_all = [this](Line& line) {
    for (int i = 0; i < kEvents; ++i) {
      const std::string payload = std::to_string(i);
      ASSERT_TRUE(
          put(line, payload, key(static_cast<std::uint8_t>(i)), "alert.received", TimeUs{i + 1}));
    }
    line.core().flush();
  };
  put_all(*first);
  settle(*first);
  const auto again = line("intake", Role::kEdge, 2, seeding());
  observer_.refusals.clear();
  answers_.clear();

  put_all(*again);
  settle(*again);

  ASSERT_THAT(answers_, SizeIs(kEvents));
  for (std::size_t i = 0; i < kEvents; ++i) {
    EXPECT_EQ(answers_[i], std::to_string(i) + "=" + std::to_string(i + 1));
  }
  EXPECT_LT(observer_.refusals["out_of_order"], 2U * kEvents) << "little is sent in vain";
}

TEST_F(KnownKeys, AllOfAFrameMayBeKnown) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "x", key(1)));
  ASSERT_TRUE(put(*intake, "y", key(2)));
  settle(*intake);
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "x2", key(1)));
  ASSERT_TRUE(put(*intake, "y2", key(2)));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "b"));
  intake->core().flush();

  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("x@1", "y@2", "a@3", "x2=1", "y2=2", "b@4"));
}

TEST_F(KnownKeys, AKeyPublishedTwiceInARowIsOnceOnTheLog) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a", key(1)));
  ASSERT_TRUE(put(*intake, "b", key(2)));
  ASSERT_TRUE(put(*intake, "a2", key(1)));

  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("a@1", "b@2", "a2=1"));
}

TEST_F(KnownKeys, ALostRefusalIsGivenAgain) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "old", key(1)));
  settle(*intake);
  ASSERT_TRUE(put(*intake, "a"));
  ASSERT_TRUE(put(*intake, "again", key(1)));
  intake->core().flush();
  to_bus(*intake);

  intake->open(now_);
  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("old@1", "a@2", "again=1"));
}

TEST_F(Refusals, OneBadEventDoesNotTakeItsNeighboursAlong) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  ASSERT_TRUE(put(*intake, "b", {}, "control.log.went_live"));
  ASSERT_TRUE(put(*intake, "c"));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "d"));

  settle(*intake);

  EXPECT_THAT(answers_, ElementsAre("a@1", "b!forbidden", "c@2", "d@3"));
}

TEST_F(Refusals, LaterIsWaitedOutWithTheSameBytes) {
  const auto intake = line("intake");
  log_.disk_full = true;
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().flush();
  ASSERT_TRUE(put(*intake, "b"));
  intake->core().flush();
  settle(*intake);
  EXPECT_THAT(answers_, IsEmpty());
  EXPECT_FALSE(intake->core().wants_write()) << "it waits, it does not spin";

  log_.disk_full = false;
  wait(*intake, 500'000);

  EXPECT_THAT(answers_, ElementsAre("a@1", "b@2"));
}

TEST_F(Refusals, LaterThatLastsIsToldUntilSomethingIsTaken) {
  const auto intake = line("intake");
  log_.disk_full = true;
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().flush();
  settle(*intake);
  EXPECT_FALSE(intake->core().state().later)
      << "a segment that is being made ready is no full disk";

  wait(*intake, 2'000'000);
  EXPECT_TRUE(intake->core().state().later);

  log_.disk_full = false;
  wait(*intake, 500'000);
  EXPECT_FALSE(intake->core().state().later);
  EXPECT_THAT(answers_, ElementsAre("a@1"));
}

TEST_F(Fenced, IsFinalAndAnswersEverything) {
  const auto old = line("intake", Role::kEdge, 1);
  std::optional<Error> told;
  old->core().on_change(
      [&told](const BusState&, const std::optional<Error>& fenced) { told = fenced; });
  ASSERT_TRUE(put(*old, "a"));
  const auto newer = line("intake", Role::kEdge, 2);

  settle(*old);

  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->code(), Code::kFenced);
  EXPECT_THAT(answers_, ElementsAre("a!fenced"));
  EXPECT_EQ(put(*old, "b").error().code(), Code::kFenced);
  EXPECT_FALSE(old->core().wants_reconnect());
}

TEST_F(Fenced, WhenTheBusHasNumbersThatWeDidNotSend) {
  const auto old = line("intake", Role::kEdge, 1);
  ASSERT_TRUE(put(*old, "a"));
  settle(*old);
  say(old->peer(), wire::Goodbye{});
  hello("B", "intake", 1, 2);
  publish("B", 1, frame("intake", 2, {{"of another process"}}));
  sync();
  restart();  // the bus remembers nobody

  old->open(now_);
  settle(*old);

  EXPECT_EQ(put(*old, "b").error().code(), Code::kFenced);
}

TEST_F(Fenced, WhenTheLogLostWhatWasAcknowledged) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  settle(*intake);
  core_.reset();
  log_ = MemoryLog();  // restored from too old a backup
  transport_.sent.clear();
  start();

  intake->open(now_);
  settle(*intake);

  EXPECT_EQ(put(*intake, "b").error().code(), Code::kFenced);
}

TEST_F(Resending, AnAcknowledgementWhoseTimeCannotBeReadWaitsUntilItCan) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  intake->core().end_of_round();
  to_bus(*intake);
  sync();  // its acknowledgement is lost with the connection
  log_.damaged_at = Offset{1};

  intake->open(now_);
  exchange(*intake);
  EXPECT_THAT(answers_, IsEmpty()) << "no time is better than a wrong one";
  log_.damaged_at.reset();
  wait(*intake, 1'000'000);

  EXPECT_THAT(answers_, ElementsAre("a@1"));
}

TEST_F(Subscribing, GoesOnAfterAReconnectWithEachEventOnce) {
  const auto intake = line("intake");
  const auto tally = line("tally", Role::kFollower, 2);
  follow(*tally);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(put(*intake, std::to_string(i)));
    settle(*intake);
  }
  exchange(*tally);
  ASSERT_THAT(got_, SizeIs(3));
  ASSERT_TRUE(put(*intake, "4"));
  settle(*intake);
  pump();  // under way, and lost

  tally->open(now_);
  exchange(*tally);

  EXPECT_THAT(got_, ElementsAre(Got{1, "1"}, Got{2, "2"}, Got{3, "3"}, Got{4, "4"}));
}

/// Three deliveries under way, for the test to lose, repeat and reorder.
class DeliveriesUnderWay : public Subscribing {
 protected:
  DeliveriesUnderWay() {
    const auto intake = line("intake");
    follow(*tally_);
    exchange(*tally_);
    for (const char* payload : {"a", "b", "c"}) {
      EXPECT_TRUE(put(*intake, payload));
      settle(*intake);
      pump();
    }
    EXPECT_THAT(under_way(), SizeIs(3));
  }
  decltype(transport_.sent)::mapped_type& under_way() { return transport_.sent[tally_->peer()]; }
  void arrive_and_go_on() {
    to_client(*tally_);
    tally_->core().tick(now_.monotonic_us);
    exchange(*tally_);
  }
  const std::unique_ptr<Line> tally_ = line("tally", Role::kFollower, 2);
};

TEST_F(DeliveriesUnderWay, AMissingOneIsNoticedAndReadAgain) {
  under_way().erase(under_way().begin() + 1);

  arrive_and_go_on();

  EXPECT_THAT(got_, ElementsAre(Got{1, "a"}, Got{2, "b"}, Got{3, "c"}));
}

TEST_F(DeliveriesUnderWay, ARepeatedOneIsHandedOnOnce) {
  under_way().push_back(under_way().front());
  under_way().insert(under_way().begin(), under_way().front());

  arrive_and_go_on();

  EXPECT_THAT(got_, ElementsAre(Got{1, "a"}, Got{2, "b"}, Got{3, "c"}));
}

TEST_F(DeliveriesUnderWay, OneThatOvertakesIsNotHandedOnBeforeItsTurn) {
  std::swap(under_way()[0], under_way()[2]);

  arrive_and_go_on();

  EXPECT_THAT(got_, ElementsAre(Got{1, "a"}, Got{2, "b"}, Got{3, "c"}));
}

TEST_F(Subscribing, ABadCrcIsNeverHandedOnAndReadAgain) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  settle(*intake);
  const auto tally = line("tally", Role::kFollower, 2);
  follow(*tally);
  to_bus(*tally);
  pump();
  for (auto& message : transport_.sent[tally->peer()]) {
    if (!message.body.empty()) message.body.back() = static_cast<char>(message.body.back() ^ 1);
  }

  to_client(*tally);
  EXPECT_THAT(got_, IsEmpty());
  EXPECT_FALSE(tally->core().state().connected);
  tally->core().tick(now_.monotonic_us);
  exchange(*tally);

  EXPECT_THAT(got_, ElementsAre(Got{1, "a"}));
}

TEST_F(Subscribing, CreditIsGivenBackInHalves) {
  const auto intake = line("intake");
  const auto tally = line("tally", Role::kFollower, 2);
  follow(*tally);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(put(*intake, std::string(500'000, 'x')));
    settle(*intake);
    exchange(*tally);
  }

  EXPECT_THAT(got_, SizeIs(30)) << "15 MB through 8 MiB of credit";
}

TEST_F(Subscribing, UnsubscribedMeansNoMoreCallbacksEvenFromWithin) {
  const auto intake = line("intake");
  const auto tally = line("tally", Role::kFollower, 2);
  std::uint32_t id = 0;
  int calls = 0;
  id = tally->core().subscribe({}, [&](const Delivery&) {
    ++calls;
    tally->core().unsubscribe(id);
  });
  ASSERT_TRUE(put(*intake, "a"));
  settle(*intake);
  exchange(*tally);
  ASSERT_TRUE(put(*intake, "b"));
  settle(*intake);
  exchange(*tally);

  EXPECT_EQ(calls, 1);
}

TEST_F(Subscribing, DamageEndsTheConsumerWithTheReason) {
  const auto intake = line("intake");
  ASSERT_TRUE(put(*intake, "a"));
  settle(*intake);
  log_.damaged_at = Offset{1};
  const auto tally = line("tally", Role::kFollower, 2);
  std::optional<Error> told;
  tally->core().on_change(
      [&told](const BusState&, const std::optional<Error>& why) { told = why; });
  follow(*tally);

  exchange(*tally);

  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->code(), Code::kDamaged);
}

TEST_F(Connecting, SilenceOfTheBusBreaksTheConnectionAndItIsTriedAgain) {
  const auto intake = line("intake");
  ASSERT_TRUE(intake->core().state().connected);
  bool told = false;
  intake->core().on_change(
      [&told](const BusState& state, const std::optional<Error>&) { told = !state.connected; });

  now_.monotonic_us += 5'000'000;
  intake->core().tick(now_.monotonic_us);

  EXPECT_TRUE(told);
  EXPECT_TRUE(intake->core().wants_reconnect());
  exchange(*intake);
  EXPECT_TRUE(intake->core().state().connected);
}

TEST_F(Connecting, ALostHelloIsSaidAgainSoonAndThenLessOften) {
  ClientOptions options;
  options.name = "intake";
  Line lost("intake1", options, 1);
  lost.open(now_);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 7; ++i) {
    const std::int64_t from = now_.monotonic_us;
    while (!lost.core().wants_reconnect()) {
      now_.monotonic_us = std::max(now_.monotonic_us + 1, lost.core().next_tick_us());
      lost.core().tick(now_.monotonic_us);
    }
    waits.push_back((now_.monotonic_us - from) / 1000);
    lost.open(now_);
  }

  EXPECT_THAT(waits, ElementsAre(250, 500, 1000, 2000, 4000, 5000, 5000));
}

TEST_F(Connecting, GoodbyeOfTheBusMeansComingBackAtOnce) {
  const auto intake = line("intake");
  core_->say_goodbye();
  to_client(*intake);
  EXPECT_FALSE(intake->core().state().connected);

  intake->core().tick(now_.monotonic_us);

  EXPECT_TRUE(intake->core().wants_reconnect());
}

TEST_F(Connecting, HeartbeatsKeepTheSessionAndTellBusTime) {
  const auto intake = line("intake");

  wait(*intake, 60'000'000);

  EXPECT_TRUE(intake->core().state().connected);
  EXPECT_EQ(observer_.connected, 1U);
  EXPECT_GT(intake->core().state().bus_time.value, kStart + 58'000'000);
}

TEST_F(ClientFixture, AnOperatorsWordAboutTheClockIsAcknowledgedWhenDurable) {
  const auto cli = line("cli");
  now_.wall = now_.wall.plus_us(3'600'000'000);
  wait(*cli, 2'000'000);
  ASSERT_TRUE(cli->core().state().clock_held);
  std::vector<Result<Acked>> done;
  cli->core().confirm_clock(key(7),
                            [&done](const Result<Acked>& result) { done.push_back(result); });
  exchange(*cli);
  EXPECT_THAT(done, IsEmpty());

  settle(*cli);

  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(done[0].value().offset, Offset{1});
  EXPECT_FALSE(cli->core().state().clock_held);
}

class GoingLive : public ClientFixture {
 protected:
  GoingLive() : ClientFixture(true) {}
};

TEST_F(GoingLive, IsAcknowledgedWhenDurableAndTold) {
  const auto intake = line("intake");
  std::vector<Result<Acked>> done;
  intake->core().go_live(key(7), [&done](const Result<Acked>& result) { done.push_back(result); });
  exchange(*intake);
  EXPECT_THAT(done, IsEmpty());
  EXPECT_TRUE(intake->core().state().seeding);

  settle(*intake);

  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(done[0].value().offset, Offset{1});
  EXPECT_FALSE(intake->core().state().seeding);
  intake->core().go_live(key(8), [&done](const Result<Acked>& result) { done.push_back(result); });
  settle(*intake);
  ASSERT_THAT(done, SizeIs(2));
  EXPECT_EQ(done[1].error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lamplight::bus::test
