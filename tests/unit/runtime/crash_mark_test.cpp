// What a start knows of the deaths before it.
#include "crash_mark.hpp"

#include <gtest/gtest.h>

#include "decider_fixture.hpp"

namespace lamplight::runtime {
namespace {

using testing::DeciderFixture;
using testing::FakeWorld;

constexpr char kFolder[] = "snapshots/ledger";
constexpr Versions kCode{1, 1};

class CrashMarkTest : public ::testing::Test {
 protected:
  /// A run that goes through 1 to 100, ten at a time, and dies of `deadly`, as a host does.
  void run(std::uint64_t deadly) {
    CrashMark mark(world_.disk, kFolder, kCode);
    for (std::uint64_t from = 1; from <= 100; from += 10) {
      const bool each = mark.suspects(Offset{from}, Offset{from + 9});
      for (std::uint64_t at = from; at < from + 10; ++at) {
        if (each || at == from) mark.enter(Offset{at}, Offset{each ? at : from + 9});
        if (at == deadly) return;
        if (each) mark.leave();
      }
      if (!each) mark.leave();
    }
  }
  std::optional<Offset> deadly() { return CrashMark(world_.disk, kFolder, kCode).deadly(); }
  FakeWorld world_;
};

TEST_F(CrashMarkTest, ThreeDeathsOfOneInputNameIt) {
  run(47);
  run(47);
  EXPECT_FALSE(CrashMark(world_.disk, kFolder, kCode).deadly());
  run(47);
  EXPECT_EQ(deadly(), Offset{47});
}

TEST_F(CrashMarkTest, DeathsOfDifferentInputsNameNone) {
  run(47);
  run(12);
  run(88);
  run(33);
  EXPECT_FALSE(deadly());
}

TEST_F(CrashMarkTest, WhoGetsPastItIsNoLongerSuspected) {
  run(47);
  run(47);
  run(0);
  run(47);
  run(47);
  EXPECT_FALSE(deadly());
}

TEST_F(CrashMarkTest, CodeOfOtherVersionsTriesAgain) {
  for (int i = 0; i < 3; ++i) run(47);
  EXPECT_FALSE(CrashMark(world_.disk, kFolder, Versions{1, 2}).deadly()) << "it may be the fix";
}

TEST_F(CrashMarkTest, WithoutADiskNothingIsRememberedAndNothingFails) {
  world_.disk.full = true;
  for (int i = 0; i < 4; ++i) run(47);
  EXPECT_FALSE(deadly());
}

class DeadlyInput : public DeciderFixture {};

TEST_F(DeadlyInput, IsNotTriedAFourthTime) {
  auto one = instance();
  start(*one);
  ask_many(0, 20);
  run();
  live_through(2'000'000);
  end(*one);
  const Offset deadly{12};
  for (int i = 0; i < 3; ++i) {
    CrashMark mark(one->world.disk, one->options.snapshot_folder, kCode);
    mark.enter(deadly, deadly);
  }
  live_through(4'000'000);

  start(*one);
  live_through(2'000'000);
  EXPECT_EQ(one->host->state(), DeciderState::kHalted);
  EXPECT_NE(one->host->why_not_live().find("offset 12"), std::string::npos);
  EXPECT_EQ(one->host->cut(), Offset{11});
  EXPECT_EQ(one->ledger().digest(), history().digest_at(Offset{11})) << "read as of before it";
}

}  // namespace
}  // namespace lamplight::runtime
