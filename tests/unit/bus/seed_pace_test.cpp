// On a seeding log time goes on as fast as those who decide have decided.
#include "decider_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint8_t kDecider = 2;

/// One event lies on a seeding log, at time 1,000; `inner` has started at offset 2 and said nothing since.
class SeedPaceTest : public BusFixture {
 protected:
  SeedPaceTest() : BusFixture(true) {
    hello("E", "intake", 1, 1, true);
    seed(1'000);
    hello("A", "inner", kDecider, 1);
    say_as_decider(control_frame("inner", 1, {1, 0, 0}, ControlVerb::kStarted));
    drop_answers();
  }
  /// An event at that time; whether it got an answer.
  bool seed(std::int64_t time) {
    ++seeded_;
    publish("E", seeded_, frame("intake", seeded_, {{"s"}}, TimeUs{time}));
    sync();
    return answered();
  }
  bool answered() {
    for (const auto& ack : acks("E")) times_.push_back(ack.time.value);
    return times_.size() == seeded_;
  }
  void say_as_decider(const std::string& bytes) {
    publish("A", ++told_, bytes);
    sync();
  }
  /// `progressed`, with the next deadline.
  void progress(std::uint64_t prev, std::uint64_t through, std::optional<std::int64_t> due = {}) {
    MsgpackWriter payload;
    payload.array(1);
    if (due) payload.sint(*due);
    else payload.nil();
    say_as_decider(decided_frame("inner", ++seq_, {1, prev, through},
                                 {{through, std::string(as_text(payload.bytes())),
                                   control_subject("inner", ControlVerb::kProgressed)}}));
  }
  /// The newest that the decider was told.
  wire::BusHeartbeat beat() {
    const auto beats = take<wire::BusHeartbeat>("A");
    return beats.empty() ? wire::BusHeartbeat{} : beats.back();
  }
  void drop_answers() {
    answered();
    transport_.sent.clear();
  }
  std::uint64_t seeded_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t seq_ = 1;
  std::vector<std::int64_t> times_;
};

TEST_F(SeedPaceTest, TimeWaitsUntilAllThereIsIsDecided) {
  EXPECT_TRUE(seed(1'000)) << "no time would pass";
  EXPECT_FALSE(seed(2'000));
  EXPECT_EQ(beat().settle, Offset{3}) << "asked at once, for the last event";

  progress(0, 2);
  EXPECT_FALSE(answered());
  progress(2, 3);

  EXPECT_TRUE(answered());
  EXPECT_EQ(times_.back(), 2'000);
  pass(options_.heartbeat_us);
  EXPECT_EQ(beat().settle, Offset{}) << "nothing waits";
}

TEST_F(SeedPaceTest, ItsOwnOutputsAreNobodysWordOnTheNextDeadline) {
  EXPECT_FALSE(seed(2'000));
  say_as_decider(decided_frame("inner", ++seq_, {1, 0, 2}, {{1}}));
  EXPECT_FALSE(answered());
  EXPECT_EQ(beat().settle, Offset{3}) << "another decider may take that in";
  progress(2, 3);
  EXPECT_TRUE(answered());
}

TEST_F(SeedPaceTest, TimeStopsAtTheEarliestDeadline) {
  progress(0, 2, 1'500);
  EXPECT_FALSE(seed(2'000));
  EXPECT_EQ(beat().bus_time, TimeUs{1'500});

  hello("C", "inner/clock", 1, 5);
  publish("C", 1,
          frame("inner/clock", 1, {{"", control_subject("inner", ControlVerb::kTimeReached)}}));
  sync();
  const auto reached = acks("C");
  ASSERT_THAT(reached, SizeIs(1));
  EXPECT_EQ(reached[0].time, TimeUs{1'500});
  EXPECT_FALSE(answered());

  progress(2, reached[0].first_offset.value, 1'800);
  EXPECT_FALSE(answered());
  EXPECT_EQ(beat().bus_time, TimeUs{1'800}) << "and at the next one";
  publish("C", 2,
          frame("inner/clock", 2, {{"", control_subject("inner", ControlVerb::kTimeReached)}}));
  sync();
  progress(reached[0].first_offset.value, acks("C").at(0).first_offset.value);
  EXPECT_TRUE(answered());
}

TEST_F(SeedPaceTest, ADeadlineAtTheVeryInstantComesFirst) {
  progress(0, 2, 2'000);
  EXPECT_FALSE(seed(2'000));
  EXPECT_EQ(beat().bus_time, TimeUs{2'000});
}

TEST_F(SeedPaceTest, NothingOvertakesWhatWaitsOfTheSamePublisher) {
  EXPECT_FALSE(seed(2'000));
  EXPECT_FALSE(seed(1'000)) << "no time would pass, but its number is the second";
  hello("B", "console", 1, 3);
  publish("B", 1, frame("console", 1, {{"another"}}));
  sync();
  EXPECT_THAT(acks("B"), SizeIs(1)) << "others are not held up";

  progress(0, log_.head().value);

  EXPECT_TRUE(answered());
  EXPECT_EQ(times_, (std::vector<std::int64_t>{1'000, 2'000, 2'000}));
}

TEST_F(SeedPaceTest, WhatADeciderIsAskedAboutReachesItBeforeAnybodySpeaksAgain) {
  subscribe("A", 1, {"nothing_of_this"});
  pump();
  deliveries("A");
  EXPECT_TRUE(seed(1'000)) << "no time would pass";
  EXPECT_FALSE(seed(2'000));

  static_cast<void>(core_->pump(now_));

  const auto told = deliveries("A");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].head.scanned, Offset{3});
}

TEST_F(SeedPaceTest, WhoStopsIsNotWaitedFor) {
  EXPECT_FALSE(seed(2'000));
  say_as_decider(control_frame("inner", ++seq_, {1, 0, 1}, ControlVerb::kStopped));
  EXPECT_TRUE(answered());
}

TEST_F(SeedPaceTest, WhoDiesIsWaitedForAMinute) {
  EXPECT_FALSE(seed(2'000));
  say("A", wire::Goodbye{});
  for (int second = 0; second < 55; ++second) {
    pass(1'000'000);
    say("E", wire::ClientHeartbeat{});
  }
  EXPECT_FALSE(answered());
  for (int second = 0; second < 10; ++second) {
    pass(1'000'000);
    say("E", wire::ClientHeartbeat{});
  }
  sync();
  EXPECT_TRUE(answered());
}

TEST_F(SeedPaceTest, AfterARestartItHasToBeToldAnew) {
  progress(0, 2);
  restart();
  EXPECT_EQ(hello("E", "intake", 1, 1, true).last_seq, Seq{1});
  hello("A", "inner", kDecider, 1);
  EXPECT_FALSE(seed(2'000));
  EXPECT_EQ(beat().settle, log_.head());
  progress(2, log_.head().value);
  EXPECT_TRUE(answered());
}

TEST_F(SeedPaceTest, WhatWaitsIsForgottenWithItsSession) {
  EXPECT_FALSE(seed(2'000));
  for (std::int64_t past = 0; past <= options_.session_silence_us; past += 1'000'000) {
    pass(1'000'000);
    say("A", wire::ClientHeartbeat{});
  }
  progress(0, 2);
  EXPECT_EQ(log_.head(), Offset{3}) << "it is resent in the next session";
  EXPECT_THAT(acks("E"), IsEmpty());
}

}  // namespace
}  // namespace lamplight::bus::test
