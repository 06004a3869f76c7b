// The simulation can fail: each deliberate bug is found, and without it the same seed finds nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "planted.hpp"
#include "quiet.hpp"
#include "world.hpp"

namespace lamplight::simtest {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr int kFound = 10;
constexpr int kNotFound = 11;
constexpr int kFoundWithout = 12;
std::uint64_t current_seed = 0;

// A broken invariant ends the process: found as well.
void on_abort(int) {
  const std::string line =
      "found by seed " + std::to_string(current_seed) + ": an invariant broke\n";
  (void)!write(STDOUT_FILENO, line.data(), line.size());
  _exit(kFound);
}

int search(const NamedBug& bug) {
  std::signal(SIGABRT, on_abort);
  plant(bug.bug);
  for (current_seed = 1; current_seed <= kSeeds; ++current_seed) {
    const Outcome outcome = World(current_seed, nullptr).run();
    if (outcome.ok()) continue;
    fmt::print("{}: found by seed {}: {}\n", bug.name, current_seed, outcome.violations.front());
    std::fflush(stdout);
    plant(Bug::kNone);
    return World(current_seed, nullptr).run().ok() ? kFound : kFoundWithout;
  }
  return kNotFound;
}

class PlantedBug : public testing::TestWithParam<NamedBug> {};

TEST_P(PlantedBug, IsFound) {
  std::fflush(stdout);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    be_quiet();
    _exit(search(GetParam()));
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_NE(WEXITSTATUS(status), kNotFound) << "not found by " << kSeeds << " seeds";
  EXPECT_NE(WEXITSTATUS(status), kFoundWithout) << "the seed fails without the bug as well";
  EXPECT_EQ(WEXITSTATUS(status), kFound);
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedBug,
                         testing::ValuesIn(planted_bugs().begin(), planted_bugs().end()),
                         [](const testing::TestParamInfo<NamedBug>& one) {
                           return std::string(one.param.name);
                         });

}  // namespace
}  // namespace lamplight::simtest
