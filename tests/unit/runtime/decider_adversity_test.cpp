// What a decider's host meets on a bad day: sessions that break, logs put back, inputs that kill, orders that it must not forget.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "decider_fixture.hpp"

namespace lamplight::runtime::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;

class DeciderAdversity : public DeciderFixture {
 protected:
  /// The bus comes back over `kept`, as from a backup.
  void put_back(const bus::test::MemoryLog& kept) {
    core_.reset();
    log_ = kept;
    log_.lose_power();
    transport_.sent.clear();
    BusFixture::start();
  }
  [[nodiscard]] static std::string lag(const Instance& one) {
    return metric(one, "lamplight_fold_lag_events{service=\"ledger\"}") + " " +
           metric(one, "lamplight_fold_lag_seconds{service=\"ledger\"}");
  }
};

TEST_F(DeciderAdversity, ASessionThatEndsBeforeTheFirstDeliveryLosesNoInput) {
  ask_many(0, 20);
  run();
  auto one = instance(64);
  start(*one);
  one->host->tick();  // subscribed; nothing has come
  restart();
  live_through(4 * kSecond);
  ask_many(20, 25);
  live_through(6 * kSecond);

  EXPECT_GE(one->ledger().inputs(), 25U);
  EXPECT_EQ(one->ledger().digest(), history().digest_at(one->host->cut()));
}

TEST_F(DeciderAdversity, AFollowerLeavesOutputsOfALogThatWasPutBack) {
  auto a = instance(64);
  auto b = instance(64);
  start(*a);
  run();
  start(*b);
  ask_many(0, 30);
  live_through(10 * kSecond);
  ask(loud(1));
  run(false);
  sync();
  const auto kept = log_;  // holds the input, not yet what was decided on it
  run();
  end(*a);
  b->cut_off = true;
  put_back(kept);
  auto c = instance(64);
  c->make = [] { return std::make_unique<Ledger>(7); };
  start(*c);
  live_through(5 * kSecond);
  ask_many(50, 60);
  live_through(5 * kSecond);

  b->cut_off = false;
  live_through(8 * kSecond);
  EXPECT_EQ(b->ledger().digest(), history().digest_at(b->host->cut()));
}

TEST_F(DeciderAdversity, AFollowerLeavesInputsOfALogThatWasPutBack) {
  auto b = instance(64);
  start(*b);
  ask_many(0, 10);
  live_through(5 * kSecond);
  while (!b->host->drain()) run();
  end(*b);
  const auto kept = log_;
  start(*b);
  live_through(kSecond);
  ask_many(10, 20);
  live_through(2 * kSecond);
  b->cut_off = true;
  put_back(kept);
  hello("X", "other", 1, 9);
  for (std::uint64_t i = 1; i <= 40; ++i)
    say("X", bus::wire::Publish{i}, bus::test::frame("other", i, {{"x", "ledger.asked"}}));
  sync();

  b->cut_off = false;
  live_through(12 * kSecond);
  EXPECT_GE(b->ledger().inputs(), 50U);
  EXPECT_EQ(b->ledger().digest(), history().digest_at(b->host->cut()));
}

TEST_F(DeciderAdversity, AStandbyThatHasEverythingLagsBehindNothing) {
  auto a = instance(64);
  auto b = instance(64);
  start(*a);
  run();
  start(*b);
  ask_many(0, 30);
  live_through(70 * kSecond);
  EXPECT_EQ(lag(*a), "0 0");
  EXPECT_EQ(lag(*b), "0 0");
}

TEST_F(DeciderAdversity, AnOrderToHandOverOutlivesADrainAndItsSnapshot) {
  auto one = instance(64);
  one->make = [] { return std::make_unique<Ledger>(7); };
  start(*one);
  ask_many(0, 20);
  live_through(9 * kSecond);
  hello("O", "operator", 0, 77);
  say("O", bus::wire::HandOver{1, bus::test::key(7), "ledger"});
  live_through(2 * kSecond);
  while (!one->host->drain()) run();
  end(*one);

  one->make = [] { return std::make_unique<Ledger>(1); };
  start(*one);
  live_through(10 * kSecond);
  EXPECT_TRUE(one->host->live()) << one->host->why_not_live();
}

TEST_F(DeciderAdversity, CodeOfAnOlderStateFollows) {
  auto one = instance(64);
  one->make = [] { return std::make_unique<Ledger>(1, 2); };
  start(*one);
  ask_many(0, 5);
  live_through(2 * kSecond);
  while (!one->host->drain()) run();
  end(*one);
  one->make = [] { return std::make_unique<Ledger>(1, 1); };
  start(*one);
  live_through(5 * kSecond);
  EXPECT_EQ(one->host->state(), DeciderState::kFollower);
  EXPECT_THAT(one->host->why_not_live(), HasSubstr("older code decides only after"));
}

TEST_F(DeciderAdversity, ScannedEventsOfOthersAreToldInTheEnd) {
  auto one = instance(64);
  one->options.progress_scanned = 50;
  start(*one);
  run();
  hello("X", "other", 1, 9);
  for (std::uint64_t i = 1; i <= 60; ++i) {
    say("X", bus::wire::Publish{i}, bus::test::frame("other", i, {{"x", "other.happened"}}));
  }
  run();
  live_through(2 * kSecond);
  EXPECT_EQ(count("control.ledger.progressed"), 1U);
}

TEST_F(DeciderAdversity, WhatComesFasterThanItIsDecidedWaitsAtTheBus) {
  auto one = instance(1);
  one->options.credit_bytes = 1U << 20;
  start(*one);
  run();
  for (int i = 0; i < 40; ++i) ask(loud(i) + std::string(100'000, 'x'));
  run(false);
  while (core_->wants_sync()) sync();
  run(false);
  EXPECT_GT(one->client->pauses, 0);
  run();
  EXPECT_EQ(one->ledger().inputs(), 40U);
}

/// Says what it was shown; decides something that it may not on "bad".
class Teller final : public Decider {
 public:
  void evolve(const Event& event) override {
    if (event.offset.value != 0) seen.emplace_back(as_text(event.payload));
  }
  void decide(const Event& input, Outbox& out) const override {
    const bool bad = as_text(input.payload) == "bad";
    out.add(bad ? "inner.assessed" : "ledger.noted", 1, input.payload);
  }
  void save(SnapshotWriter& out) const override { out.array(0); }
  void load(SnapshotReader& in) override { static_cast<void>(in.array()); }
  [[nodiscard]] std::uint32_t newest_schema(std::string_view) const override { return 1; }
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }
  [[nodiscard]] std::uint32_t rules_version() const override { return 1; }
  std::vector<std::string> seen;
};

TEST_F(DeciderAdversity, WhileItHaltsNobodyIsShownTheInputThatItHaltsOn) {
  auto one = instance(16);
  one->make = [] { return std::make_unique<Teller>(); };
  start(*one);
  run();
  ask("a");
  run();
  live_through(2 * kSecond);
  ask("bad");
  run(false);
  sync();
  run(false);  // the epoch is given back, and not yet acknowledged
  ASSERT_EQ(decider_as<Teller>(*one->host).seen.back(), "bad");
  std::optional<Result<Offset>> read;
  bool reached = false;
  one->host->when_acknowledged([&](const Result<Offset>& at) { read = at; });
  one->host->when_at(Offset{1}, [&] { reached = true; });
  EXPECT_FALSE(read);
  EXPECT_FALSE(reached);
  EXPECT_EQ(one->host->state(), DeciderState::kHalted);

  run();
  live_through(kSecond);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->ok());
  EXPECT_TRUE(reached);
  EXPECT_EQ(decider_as<Teller>(*one->host).seen, (std::vector<std::string>{"a"}));
}

/// Dies of an input, as a fault in evolve does; `cured` by its rules' version.
class Mortal final : public Decider {
 public:
  explicit Mortal(std::uint32_t rules) : rules_(rules) {}
  void evolve(const Event& event) override {
    if (rules_ == 1 && as_text(event.payload).starts_with("deadly"))
      throw std::runtime_error("dies");
    if (event.offset.value != 0) ++inputs;
  }
  void decide(const Event& input, Outbox& out) const override {
    out.add("ledger.noted", 1, input.payload.first(2));
  }
  void save(SnapshotWriter& out) const override { out.uint(inputs); }
  void load(SnapshotReader& in) override { inputs = in.uint(); }
  [[nodiscard]] std::uint32_t newest_schema(std::string_view) const override { return 1; }
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }
  [[nodiscard]] std::uint32_t rules_version() const override { return rules_; }
  std::uint64_t inputs = 0;

 private:
  std::uint32_t rules_;
};

TEST_F(DeciderAdversity, ADeadlyInputDeepInABacklogHaltsTheFourthStartAndAFixGoesOn) {
  for (int i = 0; i < 50; ++i) {
    ask((i == 45 ? "deadly" : "fine  ") + std::to_string(i) + std::string(200'000, 'x'));
    if (i % 10 == 9) run();
  }
  run();
  auto one = instance(4096);
  one->make = [] { return std::make_unique<Mortal>(1); };
  for (int death = 1; death <= 3; ++death) {
    start(*one);
    EXPECT_THROW(live_through(5 * kSecond), std::runtime_error) << death;
    end(*one);
  }
  start(*one);
  live_through(5 * kSecond);
  EXPECT_EQ(one->host->state(), DeciderState::kHalted);
  EXPECT_THAT(one->host->why_not_live(), HasSubstr("offset 46"));
  end(*one);

  one->make = [] { return std::make_unique<Mortal>(2); };
  start(*one);
  live_through(8 * kSecond);
  EXPECT_TRUE(one->host->live()) << one->host->why_not_live();
  EXPECT_EQ(decider_as<Mortal>(*one->host).inputs, 50U);
}

}  // namespace
}  // namespace lamplight::runtime::testing
