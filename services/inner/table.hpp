#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/inner_codes.hpp"

/// The state table of a case: state × move → state, with what each move publishes and does to the deadline. The one place
/// that says what may happen; README.md shows the same table, and a test holds the two equal.
namespace lamplight::inner {

inline constexpr std::size_t kStates = kCount<CaseState>;
inline constexpr std::size_t kMoves = kCount<Move>;

/// What a move does to the deadline of the step.
enum class Clock : std::uint8_t {
  kByState,  ///< a new state starts its own; the same state keeps it
  kTighten,  ///< as kByState, but in the same state a sooner deadline takes its place
  kRestart,  ///< starts anew, in the same state too
  kRecount,  ///< counted again from the step's start, by the rules that hold since
  kLadder,   ///< the deadline stands; the next rung of reminder, escalation and mark
};

/// kNone in `to` says that the move is not allowed there: no move leads to no case.
struct Row {
  Move move = Move::kAlert;
  std::string_view
      publishes;  ///< subject; a move from a closed state to an open one publishes inner.reopened
  Clock clock = Clock::kByState;
  std::array<CaseState, kStates> to{};  ///< by the state before
};

/// Rows in the order of Move.
struct Table {
  std::array<Row, kMoves> rows;

  [[nodiscard]] const Row& row(Move move) const { return rows.at(static_cast<std::size_t>(move)); }
  /// The state after, or kNone.
  [[nodiscard]] CaseState after(CaseState state, Move move) const {
    return row(move).to.at(static_cast<std::size_t>(state));
  }
  [[nodiscard]] bool allows(CaseState state, Move move) const {
    return after(state, move) != CaseState::kNone;
  }
  [[nodiscard]] std::string_view subject(CaseState state, Move move) const;
  /// What an edge may ask in that state, in the order of Ask.
  [[nodiscard]] std::vector<Ask> allowed(CaseState state) const;
};

extern const Table kTable;

/// The table as README.md holds it.
[[nodiscard]] std::string to_markdown(const Table& table);

}  // namespace lamplight::inner
