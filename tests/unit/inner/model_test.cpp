// The inner loop against a second telling of it, over a million random events.
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

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

/// What is wrong with the edited table.
enum class Edit : std::uint8_t {
  kElsewhere,  ///< an allowed move leads elsewhere, or nowhere
  kIllegal,    ///< a move that is not allowed leads somewhere
  kClock,      ///< a move does something else to the deadline
  kSubject,    ///< a move publishes another subject
};
constexpr std::string_view kEditNames[] = {"Elsewhere", "Illegal", "Clock", "Subject"};

/// Whether a walk makes the service look at the cell: what is never read, no input tells apart.
bool looked_at(CaseState state, Move move) {
  const bool settled = state == CaseState::kSettled;
  const bool opens = move == Move::kAlert || move == Move::kPetition;
  if (state == CaseState::kNone) return opens;  // who asks about no case is told `no_case` before
  switch (move) {
    case Move::kAlert:
      return false;  // makes a case, or is a linked one
    // A case of a petition begins at assessment, is not withdrawn, and no ground refers it to review.
    case Move::kPetition:
      return state != CaseState::kSettlement && state != CaseState::kCaseReview &&
             state != CaseState::kFiled && state != CaseState::kWithdrawn;
    // Too rare for a walk: grounds that somebody brings to a case that was withdrawn.
    case Move::kAssessGated:
    case Move::kFeedbackGated: return state != CaseState::kWithdrawn;
    case Move::kLinkedParty: return is_open(state) || settled;  // others are not found by a party
    case Move::kRemind:
    case Move::kEscalate:
    case Move::kMark:
    case Move::kRepeat: return is_open(state);  // others have no deadline
    default: return true;
  }
}

/// Whether the clock of the move is read: a new state starts its own whatever it says.
bool keeps_an_open_state(const Row& row) {
  for (std::size_t s = 0; s < kStates; ++s) {
    const auto state = static_cast<CaseState>(s);
    if (is_open(state) && row.to[s] == state) return true;
  }
  return false;
}

/// Edits the table at random; nothing when what was drawn makes no difference that could be seen.
std::optional<std::string> draw(Edit kind, Table& table, std::mt19937_64& random) {
  Row& row = table.rows[random() % kMoves];
  const auto state = static_cast<CaseState>(random() % kStates);
  const auto told = [&row](const auto& where, std::string_view was, std::string_view is) {
    return std::string(to_string(row.move)) + " " + std::string(where) + ": '" + std::string(was) +
           "' became '" + std::string(is) + "'";
  };
  switch (kind) {
    case Edit::kElsewhere:
    case Edit::kIllegal: {
      CaseState& to = row.to[static_cast<std::size_t>(state)];
      const auto other = static_cast<CaseState>(random() % kStates);
      const bool illegal = to == CaseState::kNone;
      if (illegal != (kind == Edit::kIllegal) || other == to || !looked_at(state, row.move))
        return std::nullopt;
      const CaseState was = std::exchange(to, other);
      return told("in " + std::string(to_string(state)), to_string(was), to_string(other));
    }
    case Edit::kClock: {
      const auto other = static_cast<Clock>(random() % 5);
      // Where severity and rules stay, a deadline from now on is none that is sooner.
      const bool never_sooner = row.clock == Clock::kByState && other == Clock::kTighten;
      if (other == row.clock || never_sooner || !keeps_an_open_state(row)) return std::nullopt;
      const Clock was = std::exchange(row.clock, other);
      return told("clock", std::to_string(static_cast<int>(was)),
                  std::to_string(static_cast<int>(other)));
    }
    case Edit::kSubject: {
      const std::string_view other = kCaseSubjects[random() % kCaseSubjects.size()];
      const std::string_view was = std::exchange(row.publishes, other);
      for (std::size_t s = 0; s < kStates; ++s) {
        const auto before = static_cast<CaseState>(s);
        if (kTable.allows(before, row.move) &&
            table.subject(before, row.move) != kTable.subject(before, row.move))
          return told("publishes", was, other);
      }
      row.publishes = was;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::string edit(Edit kind, Table& table, std::mt19937_64& random) {
  while (true) {
    if (auto what = draw(kind, table, random)) return *what;
  }
}

class EditedTable : public ::testing::TestWithParam<std::tuple<Edit, std::uint64_t>> {};

TEST_P(EditedTable, IsFoundOut) {
  const auto [kind, seed] = GetParam();
  std::mt19937_64 random(seed);
  Table table = kTable;
  const std::string what = edit(kind, table, random);

  std::printf("%s: ", what.c_str());
  std::fflush(stdout);
  Walk walk(kSeed + seed, table);
  std::uint64_t inputs = 0;
  while (inputs < kInputs && walk.step()) ++inputs;

  EXPECT_LT(inputs, kInputs) << what;
  std::printf("found after %llu inputs\n", static_cast<unsigned long long>(inputs));
}
INSTANTIATE_TEST_SUITE_P(
    Edits, EditedTable,
    ::testing::Combine(::testing::Values(Edit::kElsewhere, Edit::kIllegal, Edit::kClock,
                                         Edit::kSubject),
                       ::testing::Range(std::uint64_t{1}, std::uint64_t{9})),
    [](const ::testing::TestParamInfo<EditedTable::ParamType>& param) {
      return std::string(kEditNames[static_cast<std::size_t>(std::get<0>(param.param))]) +
             std::to_string(std::get<1>(param.param));
    });

}  // namespace
}  // namespace lamplight::inner::test
