// A frame that the bus calls invalid: a fault of ours. Nothing more is decided, what stands is shown, and somebody is told.
#include <gmock/gmock.h>

#include "decider_fixture.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::AllOf;
using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;
constexpr const char* kHaltedOffset = "lamplight_service_halted_offset{service=\"ledger\"}";
constexpr const char* kIsHalted = "lamplight_service_state{service=\"ledger\",state=\"halted\"}";

void reach_beyond_the_log(bus::DecidedFrame& frame) { frame.through = frame.through.plus(1'000); }

void grow_too_large(bus::DecidedFrame& frame) {
  static const std::string large(kMaxFrameBytes, 'x');
  frame.events = as_bytes(large);
}

class RefusedFrame : public DeciderFixture {
 protected:
  RefusedFrame() {
    start(*one_);
    run();
    for (int i = 0; i < 3; ++i) ask(loud(i));
    live_through(2 * kSecond);
    decided_ = one_->host->acknowledged_cut();
    digest_ = one_->ledger().digest();
  }
  /// Spoils the next frame, or each from now on.
  void spoil(void (*how)(bus::DecidedFrame&), bool always = false) {
    one_->client->spoil = [this, how, always](bus::DecidedFrame& frame) {
      how(frame);
      if (!always) one_->client->spoil = nullptr;
    };
  }
  void expect_halted(const std::string& why) {
    EXPECT_EQ(one_->host->state(), DeciderState::kHalted);
    EXPECT_FALSE(one_->host->live());
    const std::string first_undecided = std::to_string(decided_.value + 1);
    EXPECT_THAT(one_->host->why_not_live(),
                AllOf(HasSubstr("halted at offset " + first_undecided + ":"),
                      HasSubstr("the bus refuses what was decided from there on"), HasSubstr(why)));
    EXPECT_EQ(metric(*one_, kHaltedOffset), first_undecided);
    EXPECT_EQ(metric(*one_, kIsHalted), "1");
    EXPECT_EQ(one_->ledger().digest(), digest_) << "what was decided before stands";
    EXPECT_EQ(history().epochs(), 1U) << "it takes no other epoch";
  }
  std::unique_ptr<Instance> one_ = instance(4);
  Offset decided_;
  std::uint64_t digest_ = 0;
};

TEST_F(RefusedFrame, HaltsAtTheFirstInputThatIsNotDecidedAndTellsTheReason) {
  const std::uint64_t outputs = history().outputs();
  spoil(reach_beyond_the_log);

  for (int i = 3; i < 12; ++i) ask(loud(i));
  run();
  live_through(10 * kSecond);

  expect_halted("through lies before prev or beyond the log");
  EXPECT_EQ(history().outputs(), outputs) << "nothing of what followed the refused frame is there";
  EXPECT_EQ(count("control.ledger.stopped"), 1U) << "another instance need not wait";
}

TEST_F(RefusedFrame, NobodyIsShownWhatWasRefused) {
  spoil(reach_beyond_the_log);
  std::optional<std::uint64_t> seen;
  std::optional<Result<Offset>> read;
  one_->host->on_evolved([&] {
    if (seen) return;
    seen = one_->ledger().digest();
    one_->host->when_acknowledged([&](const Result<Offset>& cut) { read = cut; });
  });
  for (int i = 3; i < 6; ++i) ask(loud(i));
  run();
  live_through(4 * kSecond);

  ASSERT_TRUE(seen && read);
  EXPECT_NE(*seen, digest_) << "it was decided here";
  ASSERT_FALSE(read->ok()) << "and is not to be";
  EXPECT_EQ(read->error().code(), Code::kFenced);
  expect_halted("through lies before prev or beyond the log");
  one_->host->when_acknowledged([&](const Result<Offset>& cut) { read = cut; });
  ASSERT_TRUE(read->ok()) << "as of before it reads are answered";
  EXPECT_LE(**read, decided_);
}

TEST_F(RefusedFrame, AFrameThatDoesNotEvenLeaveHaltsAsWell) {
  spoil(grow_too_large);
  for (int i = 3; i < 12; ++i) ask(loud(i));
  run();
  live_through(4 * kSecond);
  expect_halted("the limit is");
  EXPECT_EQ(count("control.ledger.stopped"), 1U);
}

TEST_F(RefusedFrame, WhereEvenStoppedIsRefusedItStaysHaltedAndDecidesNothing) {
  spoil(reach_beyond_the_log, true);
  ask(loud(3));
  run();
  live_through(10 * kSecond);
  expect_halted("through lies before prev or beyond the log");
  EXPECT_EQ(count("control.ledger.stopped"), 0U);
}

TEST_F(RefusedFrame, ItDrainsAndACorrectedBuildDecidesWhatWaits) {
  spoil(reach_beyond_the_log);
  ask(loud(3));
  run();
  live_through(kSecond);
  expect_halted("through lies before prev or beyond the log");
  for (int turn = 0; !one_->host->drain(); ++turn) {
    ASSERT_LT(turn, 10);
    run();
  }

  start(*one_);
  live_through(4 * kSecond);
  EXPECT_TRUE(one_->host->live()) << one_->host->why_not_live();
  EXPECT_GT(one_->host->acknowledged_cut(), decided_);
  EXPECT_EQ(one_->ledger().digest(), history().digest_at(one_->host->cut()));
  EXPECT_NE(one_->ledger().digest(), digest_);
}

TEST_F(RefusedFrame, MetDuringADrainGivesTheEpochBackAndEnds) {
  for (int i = 3; i < 6; ++i) ask(loud(i));
  run(false);
  sync();
  spoil(reach_beyond_the_log);
  run(false);
  int turns = 0;
  while (!one_->host->drain()) {
    ASSERT_LT(++turns, 20);
    run();
  }
  EXPECT_THAT(one_->host->why_not_live(), HasSubstr("the bus refuses what was decided"));
  EXPECT_EQ(count("control.ledger.stopped"), 1U);
  EXPECT_EQ(history().through(), decided_);
}

TEST_F(RefusedFrame, MetOnTheSpotByADrainGivesTheEpochBackWithWhatStands) {
  one_->cut_off = true;
  for (int i = 3; i < 5; ++i) {
    ask(loud(i));
    run(false);
    sync();
  }
  one_->cut_off = false;
  run(false);  // the first is under way, the second gathered
  ASSERT_EQ(one_->ledger().inputs(), 5U);
  ASSERT_LT(one_->host->acknowledged_cut(), one_->host->cut());
  spoil(grow_too_large);
  int turns = 0;
  while (!one_->host->drain()) {
    ASSERT_LT(++turns, 20);
    run();
  }
  EXPECT_FALSE(one_->client->spoil) << "it was met";
  EXPECT_THAT(one_->host->why_not_live(), HasSubstr("the limit is"));
  EXPECT_EQ(count("control.ledger.stopped"), 1U);
  history();
}

}  // namespace
}  // namespace lamplight::runtime
