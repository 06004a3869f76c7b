// The inner loop against a second telling of it, over a million random events.
#include <cstdio>

#include "model_walk.hpp"

namespace lamplight::inner::test {
namespace {

constexpr std::uint64_t kSeed = 20'260'302;
constexpr std::uint64_t kInputs = 1'000'000;

/// Prints the table with how often each transition was taken; names those that were not.
std::string print_coverage(const Walk& walk) {
  std::string missing;
  std::printf("%-16s", "taken");
  for (std::size_t s = 0; s < kStates; ++s)
    std::printf(" %12s", std::string(to_string(static_cast<CaseState>(s))).c_str());
  std::printf("\n");
  for (std::size_t m = 0; m < kMoves; ++m) {
    const auto move = static_cast<Move>(m);
    std::printf("%-16s", std::string(to_string(move)).c_str());
    for (std::size_t s = 0; s < kStates; ++s) {
      const auto state = static_cast<CaseState>(s);
      const std::uint64_t taken = walk.taken()[s][m];
      if (kTable.allows(state, move))
        std::printf(" %12llu", static_cast<unsigned long long>(taken));
      else std::printf(" %12s", ".");
      if (kTable.allows(state, move) != (taken > 0))
        missing += std::string(to_string(state)) + " × " + std::string(to_string(move)) + "\n";
    }
    std::printf("\n");
  }
  return missing;
}

TEST(InnerModel, AMillionRandomEventsGiveTheStatesOfTheReference) {
  Walk walk(kSeed, kTable);
  for (std::uint64_t i = 0; i < kInputs; ++i) {
    ASSERT_TRUE(walk.step()) << "seed " << kSeed << ", input " << i << ": " << walk.difference();
    if (i % 100'000 == 0) {
      ASSERT_TRUE(walk.all_equal())
          << "seed " << kSeed << ", input " << i << ": " << walk.difference();
    }
  }
  ASSERT_TRUE(walk.all_equal()) << walk.difference();

  std::printf("%llu inputs, %llu outputs, %zu cases\n", static_cast<unsigned long long>(kInputs),
              static_cast<unsigned long long>(walk.outputs()), walk.cases());
  EXPECT_EQ(print_coverage(walk), "") << "each allowed transition is taken, and no other";
}

/// One cell of the table leads elsewhere, or nowhere.
std::string edit(Table& table, std::mt19937_64& random) {
  while (true) {
    Row& row = table.rows[random() % kMoves];
    CaseState& cell = row.to[random() % kStates];
    const auto other = static_cast<CaseState>(random() % kStates);
    // Cells that nothing leads to cannot be told apart.
    if (cell == CaseState::kNone || cell == other) continue;
    const auto column = static_cast<CaseState>(&cell - row.to.data());
    std::string what = std::string(to_string(column)) + " × " + std::string(to_string(row.move)) +
                       ": " + std::string(to_string(cell)) + " became " +
                       std::string(to_string(other));
    cell = other;
    return what;
  }
}

class EditedTable : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EditedTable, IsFoundOut) {
  std::mt19937_64 random(GetParam());
  Table table = kTable;
  const std::string what = edit(table, random);

  Walk walk(kSeed + GetParam(), table);
  std::uint64_t inputs = 0;
  while (inputs < kInputs && walk.step()) ++inputs;

  EXPECT_LT(inputs, kInputs) << what;
  std::printf("%s: found after %llu inputs\n", what.c_str(),
              static_cast<unsigned long long>(inputs));
}
INSTANTIATE_TEST_SUITE_P(Edits, EditedTable, ::testing::Values(1, 2, 3, 4, 5));

}  // namespace
}  // namespace lamplight::inner::test
