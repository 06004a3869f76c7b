// The promises of the bus hold under every fault that the simulation knows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "quiet.hpp"
#include "world.hpp"

namespace lamplight::simtest {
namespace {

constexpr std::uint64_t kLeastSeeds = 25;
constexpr std::chrono::seconds kTime{20};

class Simulation : public testing::Test {
 protected:
  void SetUp() override { be_quiet(); }
};

TEST_F(Simulation, EverySeedKeepsEveryPromise) {
  const auto until = std::chrono::steady_clock::now() + kTime;
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t seed = 1;
  for (; seed <= kLeastSeeds || std::chrono::steady_clock::now() < until; ++seed) {
    const Outcome outcome = World(seed, nullptr).run();
    for (const auto& [kind, count] : outcome.faults) faults[kind] += count;
    ASSERT_TRUE(outcome.ok()) << "seed " << seed << ": " << outcome.violations.front()
                              << "\nagain with: ./dev sim --trace --seed " << seed;
  }
  fmt::print("{} seeds kept every promise; faults:", seed - 1);
  for (const auto& [kind, count] : faults) fmt::print(" {}={}", kind, count);
  fmt::print("\n");
}

TEST_F(Simulation, ASeedRunsTheSameEveryTime) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome once = World(seed, nullptr).run();
    const Outcome again = World(seed, nullptr).run();
    EXPECT_EQ(once.trace_hash, again.trace_hash) << "seed " << seed;
    EXPECT_NE(once.trace_hash, World(seed + 1, nullptr).run().trace_hash);
  }
}

}  // namespace
}  // namespace lamplight::simtest
