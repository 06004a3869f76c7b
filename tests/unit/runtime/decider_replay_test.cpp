// A decider's state out of its log alone: what it was as of any offset, in little memory however far it was behind.
#include "runtime/decider_replay.hpp"

#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>

#include "decider_fixture.hpp"

namespace lamplight::runtime {
namespace {

using test::Ledger;
using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;

/// What malloc has handed out; 0 where the allocator is another (sanitizers).
std::size_t heap_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Gives what another reader gives, and looks at the heap before each batch.
class WatchedReader final : public log::Reader {
 public:
  WatchedReader(std::unique_ptr<log::Reader> reader, std::size_t& most_in_use)
      : reader_(std::move(reader)), most_in_use_(most_in_use) {}
  Result<std::shared_ptr<const log::Batch>> next() override {
    most_in_use_ = std::max(most_in_use_, heap_in_use());
    return reader_->next();
  }

 private:
  std::unique_ptr<log::Reader> reader_;
  std::size_t& most_in_use_;
};

/// Gives the first `batches` of another reader.
class ShortReader final : public log::Reader {
 public:
  ShortReader(std::unique_ptr<log::Reader> reader, std::size_t batches)
      : reader_(std::move(reader)), left_(batches) {}
  Result<std::shared_ptr<const log::Batch>> next() override {
    if (left_ == 0) return std::shared_ptr<const log::Batch>();
    --left_;
    return reader_->next();
  }

 private:
  std::unique_ptr<log::Reader> reader_;
  std::size_t left_;
};

class DeciderReplay : public DeciderFixture {
 protected:
  DeciderReplay() {
    options_.service = "ledger";
    options_.subjects = {"ledger.asked"};
  }
  [[nodiscard]] OpenLog open_log() {
    return [this] { return log_.read(Offset{1}); };
  }
  /// One that decides a little, is down while `bytes` of inputs come, and decides them all.
  void be_behind(std::size_t bytes) {
    auto one = instance(64);
    start(*one);
    ask_many(0, 20);
    live_through(4 * kSecond);
    end(*one);
    for (std::size_t put = 0; put < bytes; put += kInputBytes) {
      ask(loud(static_cast<int>(put)) + std::string(kInputBytes, 'x'));
      run();
    }
    live_through(4 * kSecond);
    start(*one);
    live_through(4 * kSecond);
    ASSERT_TRUE(one->host->live());
  }
  static constexpr std::size_t kInputBytes = 100'000;
  ReplayOptions options_;
};

TEST_F(DeciderReplay, WhatItWasAsOfAnyOffsetComesOutOfTheLog) {
  auto one = instance(16);
  start(*one);
  ask_many(0, 60);
  live_through(4 * kSecond);
  const auto told = history();
  for (std::uint64_t as_of = 1; as_of <= log_.synced().value; ++as_of) {
    Ledger then;
    std::uint64_t inputs = 0;
    std::uint64_t outputs = 0;
    ReplayOptions options = options_;
    options.as_of = {as_of};
    options.on_input = [&](const Event& input) { inputs += input.offset.value <= as_of ? 1 : 100; };
    options.on_output = [&](const Event& output) { outputs += output.offset.value == 0 ? 1 : 100; };
    const Offset cut = replay_decider(open_log(), then, options).value();
    EXPECT_LE(cut, Offset{as_of});
    EXPECT_EQ(then.digest(), told.digest_at(cut)) << as_of;
    EXPECT_EQ(inputs, then.inputs());
    EXPECT_EQ(outputs, then.outputs());
  }
  Ledger last;
  EXPECT_EQ(replay_decider(open_log(), last, options_).value(), told.through());
  EXPECT_EQ(last.outputs(), told.outputs());
}

TEST_F(DeciderReplay, HoldsABatchOrTwoHoweverFarTheDeciderWasBehind) {
  constexpr std::size_t kBehind = 24'000'000;
  be_behind(kBehind);
  const std::size_t before = heap_in_use();
  if (before == 0) GTEST_SKIP() << "this allocator does not tell what is in use";

  std::size_t most = 0;
  Ledger last;
  const OpenLog watched = [&]() -> Result<std::unique_ptr<log::Reader>> {
    return std::unique_ptr<log::Reader>(
        std::make_unique<WatchedReader>(log_.read(Offset{1}).value(), most));
  };
  const Offset cut = replay_decider(watched, last, options_).value();

  EXPECT_LT(most - before, kBehind / 10);
  const auto told = history();
  EXPECT_EQ(cut, told.through());
  EXPECT_EQ(last.digest(), told.digest_at(cut));
  EXPECT_GE(last.inputs(), 20 + kBehind / kInputBytes);
}

TEST_F(DeciderReplay, EndsBeforeTheInputWhereItIsOver) {
  auto one = instance(16);
  start(*one);
  ask_many(0, 60);
  live_through(4 * kSecond);
  Ledger then;
  options_.over = [&] { return then.inputs() == 17; };

  const Offset cut = replay_decider(open_log(), then, options_).value();

  EXPECT_EQ(then.inputs(), 17U);
  EXPECT_EQ(then.digest(), history().digest_at(cut)) << "with all that was decided on the last";
}

TEST_F(DeciderReplay, InputsThatAFrameNamesAndTheLogDoesNotHoldAreNotPassedOver) {
  auto one = instance(16);
  start(*one);
  for (int i = 0; i < 10; ++i) {
    ask(loud(i));
    run();
  }
  bool first = true;
  Ledger then;
  const auto done = replay_decider(
      [&]() -> Result<std::unique_ptr<log::Reader>> {
        auto reader = log_.read(Offset{1}).value();
        if (std::exchange(first, false)) return reader;
        return std::unique_ptr<log::Reader>(std::make_unique<ShortReader>(std::move(reader), 4));
      },
      then, options_);

  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code(), Code::kDamaged);
  EXPECT_THAT(done.error().message(), HasSubstr("the log's inputs end at"));
}

TEST_F(DeciderReplay, AnOutputWhoseCauseIsNotAskedForIsNotSkipped) {
  auto one = instance();
  start(*one);
  ask_many(0, 20);
  live_through(2 * kSecond);
  options_.subjects = {"ledger.else"};
  Ledger then;
  const auto done = replay_decider(open_log(), then, options_);
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message(), HasSubstr("name every subject"));
}

}  // namespace
}  // namespace lamplight::runtime
