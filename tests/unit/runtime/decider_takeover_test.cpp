// Several instances of one decider: one history, whoever holds the epoch.
#include "decider_fixture.hpp"

#include <gmock/gmock.h>

namespace lamplight::runtime {
namespace {

using test::Ledger;
using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;

class TakeOver : public DeciderFixture {
 protected:
  TakeOver() {
    first_ = instance(64);
    second_ = instance(64);
    start(*first_);
    run();
    start(*second_);
    ask_many(0, 30);
    run();
    live_through(2 * kSecond);
  }
  /// Both have the state that the log tells at their cuts.
  void expect_one_history() {
    const auto told = history();
    for (const auto* one : {first_.get(), second_.get()}) {
      if (!one->host) continue;
      EXPECT_EQ(one->ledger().digest(), told.digest_at(one->host->cut()));
    }
  }
  std::unique_ptr<Instance> first_;
  std::unique_ptr<Instance> second_;
};

TEST_F(TakeOver, TheSecondInstanceFollowsAndSaysWhy) {
  EXPECT_TRUE(first_->host->live());
  EXPECT_EQ(second_->host->state(), DeciderState::kFollower);
  EXPECT_THAT(second_->host->why_not_live(), HasSubstr("another instance of ledger decides"));
  EXPECT_EQ(second_->ledger().digest(), first_->ledger().digest()) << "it is a warm standby";
  EXPECT_EQ(metric(*second_, "lamplight_service_state{service=\"ledger\",state=\"follower\"}"),
            "1");
  expect_one_history();
}

TEST_F(TakeOver, ADrainReleasesAtOnce) {
  while (!first_->host->drain()) run();
  live_through(kSecond);
  EXPECT_TRUE(second_->host->live());
  ask_many(30, 40);
  run();
  live_through(2 * kSecond);
  EXPECT_EQ(history().epochs(), 2U);
  EXPECT_EQ(second_->ledger().digest(), history().digest_at(second_->host->cut()));
}

TEST_F(TakeOver, AKilledInstanceIsFollowedAfterThreeSeconds) {
  const std::uint64_t before = history().outputs();
  end(*first_);
  ask_many(30, 40);
  live_through(2 * kSecond);
  EXPECT_FALSE(second_->host->live());
  live_through(3 * kSecond);
  EXPECT_TRUE(second_->host->live());
  live_through(2 * kSecond);
  expect_one_history();
  EXPECT_GT(history().outputs(), before);
}

TEST_F(TakeOver, AZombieDropsWhatItDecidedAndFollows) {
  first_->cut_off = true;
  live_through(5 * kSecond);
  ASSERT_TRUE(second_->host->live());
  ask_many(30, 50);
  live_through(2 * kSecond);

  // Back, with frames that it never sent: it still believes that it decides.
  first_->cut_off = false;
  ask_many(50, 60);
  run();
  live_through(3 * kSecond);

  EXPECT_EQ(first_->host->state(), DeciderState::kFollower);
  EXPECT_TRUE(second_->host->live());
  EXPECT_EQ(first_->ledger().digest(), second_->ledger().digest());
  expect_one_history();
}

TEST_F(TakeOver, WhatAZombieReadIsNotAnsweredFromAHistoryThatIsNotToBe) {
  ask("seen by the zombie alone");
  run(false);
  sync();
  run(false);
  std::optional<Result<Offset>> read;
  first_->host->when_acknowledged([&](const Result<Offset>& cut) { read = cut; });
  first_->cut_off = true;
  first_->client->line().to_bus.clear();  // its frame is lost
  live_through(6 * kSecond);
  ASSERT_TRUE(second_->host->live());
  first_->cut_off = false;
  live_through(3 * kSecond);
  ASSERT_TRUE(read);
  ASSERT_FALSE(read->ok()) << "its cut was never on the log";
  EXPECT_EQ(read->error().code(), Code::kFenced);
  expect_one_history();
}

TEST_F(TakeOver, OlderRulesFollowUntilAnOperatorHandsOver) {
  while (!first_->host->drain()) run();
  end(*first_);
  end(*second_);
  second_->make = [] { return std::make_unique<Ledger>(7); };
  start(*second_);
  live_through(2 * kSecond);
  ASSERT_TRUE(second_->host->live());

  start(*first_);
  live_through(kSecond);
  while (!second_->host->drain()) run();
  end(*second_);
  live_through(5 * kSecond);
  EXPECT_EQ(first_->host->state(), DeciderState::kFollower);
  EXPECT_THAT(first_->host->why_not_live(), HasSubstr("older code decides only after"));

  hello("O", "operator", 0, 77);
  say("O", bus::wire::HandOver{1, bus::test::key(7), "ledger"});
  live_through(3 * kSecond);
  EXPECT_TRUE(first_->host->live());
  ask_many(30, 40);
  live_through(2 * kSecond);
  expect_one_history();
}

TEST_F(TakeOver, AHolderWithNothingToSayLearnsThatAnotherDecides) {
  hello("O", "operator", 0, 77);
  say("O", bus::wire::HandOver{1, bus::test::key(7), "ledger"});
  live_through(2 * kSecond);

  EXPECT_TRUE(second_->host->live());
  EXPECT_EQ(first_->host->state(), DeciderState::kFollower);
  EXPECT_EQ(history().epochs(), 2U);
  ask_many(30, 40);
  live_through(kSecond);
  EXPECT_EQ(first_->ledger().digest(), second_->ledger().digest());
  expect_one_history();
}

TEST_F(TakeOver, AFollowerThatOnlyFollowsNeverTakesTheEpoch) {
  end(*second_);
  second_->options.follow_only = true;
  start(*second_);
  live_through(kSecond);
  EXPECT_EQ(second_->ledger().digest(), first_->ledger().digest());
  end(*first_);
  live_through(6 * kSecond);
  EXPECT_EQ(second_->host->state(), DeciderState::kFollower);
  EXPECT_EQ(history().epochs(), 1U);
}

}  // namespace
}  // namespace lamplight::runtime
