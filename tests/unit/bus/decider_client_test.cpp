// The client of a decider: whole frames, resent byte for byte, standing or falling together.
#include "decider_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DeciderClient : public ClientFixture {
 protected:
  DeciderClient() {
    auto edge = line("intake");
    for (const char* alert : {"1", "2", "3", "4", "5", "6"}) EXPECT_TRUE(put(*edge, alert));
    settle(*edge);
    answers_.clear();
  }
  /// Publishes and notes the answer: "through@offset" or "through!code".
  void decide(Line& line, const Stand& stand, const std::vector<Decided>& decided) {
    const std::string events = outputs(decided);
    const DecidedFrame frame{stand.epoch, Offset{stand.prev}, Offset{stand.through},
                             static_cast<std::uint32_t>(decided.size()), as_bytes(events)};
    const auto queued = line.core().publish_frame(
        frame, [this, through = stand.through](const Result<FrameAcked>& done) {
          answers_.push_back(std::to_string(through) +
                             (done ? "@" + std::to_string(done->first_offset.value)
                                   : "!" + std::string(to_string(done.error().code()))));
        });
    EXPECT_TRUE(queued.ok());
  }
  void control(Line& line, const Stand& stand, ControlVerb verb) {
    decide(line, stand, {{stand.through, "", control_subject("inner", verb)}});
  }
  std::unique_ptr<Line> decider(std::uint8_t instance = 1) {
    return line("inner", Role::kDecider, instance);
  }
};

TEST_F(DeciderClient, FramesUnderWayAreSentAgainByteForByteAndAnsweredOnce) {
  auto inner = decider();
  control(*inner, {1, 0, 0}, ControlVerb::kStarted);
  settle(*inner);
  decide(*inner, {1, 0, 2}, {{1}, {2}});
  decide(*inner, {1, 2, 4}, {{3}});
  const auto sent = inner->frames_under_way();
  to_bus(*inner);
  sync();  // both are on the log; the answers are lost with the connection

  inner->open(now_);
  exchange(*inner);
  settle(*inner);

  EXPECT_THAT(answers_, ElementsAre("0@7", "2@8", "4@10"));
  EXPECT_EQ(on_the_log().size(), 10U);
  EXPECT_EQ(inner->core().unacknowledged(), 0U);
  EXPECT_EQ(observer_.duplicates, 3U);
}

TEST_F(DeciderClient, WhatIsRefusedTakesAllBehindItAlong) {
  auto inner = decider();
  control(*inner, {1, 0, 0}, ControlVerb::kStarted);
  decide(*inner, {1, 0, 2}, {{1}});
  decide(*inner, {1, 3, 4}, {{4}});  // does not follow
  decide(*inner, {1, 4, 5}, {{5}});
  settle(*inner);
  EXPECT_THAT(answers_, ElementsAre("0@7", "2@8", "4!out_of_order", "5!out_of_order"));

  answers_.clear();
  control(*inner, {2, 2, 2}, ControlVerb::kStarted);  // begins anew from what is on the log
  decide(*inner, {2, 2, 4}, {{4}});
  settle(*inner);
  EXPECT_THAT(answers_, ElementsAre("2@9", "4@10"));
}

TEST_F(DeciderClient, LaterIsWaitedOut) {
  auto inner = decider();
  control(*inner, {1, 0, 0}, ControlVerb::kStarted);
  settle(*inner);
  log_.disk_full = true;
  decide(*inner, {1, 0, 2}, {{1}});
  decide(*inner, {1, 2, 4}, {{4}});
  settle(*inner);
  EXPECT_THAT(answers_, ElementsAre("0@7"));

  log_.disk_full = false;
  wait(*inner, 500'000);
  EXPECT_THAT(answers_, ElementsAre("0@7", "2@8", "4@9"));
}

TEST_F(DeciderClient, WhoWasFollowedWhileAwayHearsItWhenItIsBack) {
  auto old = decider(1);
  control(*old, {1, 0, 0}, ControlVerb::kStarted);
  settle(*old);
  old->to_bus.clear();
  pass(4'000'000);
  auto next = decider(2);
  control(*next, {2, 0, 0}, ControlVerb::kStarted);
  settle(*next);
  answers_.clear();

  decide(*old, {1, 0, 2}, {{1}});
  settle(*old);
  EXPECT_THAT(answers_, ElementsAre("2!fenced"));

  answers_.clear();
  old->open(now_);
  exchange(*old);
  control(*old, {3, 0, 0}, ControlVerb::kStarted);
  settle(*old);
  EXPECT_THAT(answers_, ElementsAre("0!exists"));
  EXPECT_EQ(on_the_log().size(), 8U);
}

TEST_F(DeciderClient, AStartedThatLostItsNumberToAnotherFindsTheNextOne) {
  auto old = decider(1);
  auto next = decider(2);  // heard of number 0
  control(*old, {1, 0, 0}, ControlVerb::kStarted);
  control(*old, {1, 0, 0}, ControlVerb::kStopped);
  settle(*old);
  answers_.clear();

  control(*next, {2, 0, 0}, ControlVerb::kStarted);
  settle(*next);
  ASSERT_THAT(answers_, ElementsAre("0!out_of_order"));
  control(*next, {2, 0, 0}, ControlVerb::kStarted);
  settle(*next);
  EXPECT_THAT(answers_, ElementsAre("0!out_of_order", "0@9"));
}

TEST_F(DeciderClient, PublishesFramesAndNothingElse) {
  auto inner = decider();
  EXPECT_EQ(put(*inner, "a").error().code(), Code::kForbidden);
  auto edge = line("console");
  EXPECT_EQ(edge->core().publish_frame({}, {}).error().code(), Code::kForbidden);
  EXPECT_EQ(inner->core().publish_frame({}, {}).error().code(), Code::kInvalid);
}

TEST_F(DeciderClient, APausedSubscriptionStopsAtItsCreditAndGoesOn) {
  auto edge = line("bulk");
  const std::string large(900'000, 'x');
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(put(*edge, large));
    settle(*edge);
  }
  auto inner = decider();
  std::size_t got = 0;
  SubscribeOptions options;
  options.credit_bytes = wire::kMinCreditBytes;
  options.subjects = {"alert.received"};
  options.producers = {"bulk"};
  std::uint32_t id = 0;
  id = inner->core().subscribe(options, [&](const Delivery& delivery) {
    got += delivery.events->size();
    if (got > 0) inner->core().pause(id, true);
  });
  settle(*inner);
  EXPECT_GT(got, 0U);
  EXPECT_LE(got, 3U) << "no more than the credit";
  const std::size_t before = got;
  inner->open(now_);
  exchange(*inner);
  settle(*inner);
  EXPECT_EQ(got, before) << "nor with a new session";

  while (got < 12) {
    const std::size_t seen = got;
    inner->core().pause(id, false);
    settle(*inner);
    ASSERT_GT(got, seen);
  }
  EXPECT_EQ(got, 12U);
}

}  // namespace
}  // namespace lamplight::bus::test
