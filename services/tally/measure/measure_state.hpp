#pragma once

#include <map>
#include <tuple>

#include "tally/measure/plan.hpp"

namespace lamplight::tally {

/// Figures in the form that adds up over logs: cells, the multiset of keys, and of keys that count once the report that
/// counts. Merging is commutative and associative and the empty state changes nothing, so the states of districts whose
/// senders differ come, in any order, to the state of all their events in one log. Words instead of numbers, so it travels.
class MeasureState {
 public:
  /// What makes one report of a key count before another: two times, two words; greatest first.
  using Order = std::tuple<std::int64_t, std::int64_t, std::string, std::string>;
  using Cells = std::map<KeyTexts, Sums>;
  struct Candidate {
    Order order;
    std::int64_t lowest = 0;  ///< number that any report of the key says
    std::int64_t highest = 0;
    Cells adds;  ///< what the report that counts adds
    bool operator==(const Candidate&) const = default;
  };
  using Key = std::vector<std::string>;

  MeasureState() = default;
  MeasureState(std::string question, CountBy count, Dimensions by)
      : question_(std::move(question)), count_(count), by_(std::move(by)) {}

  /// Errors: kInvalid the other state answers another question.
  [[nodiscard]] Result<void> merge(const MeasureState& other);
  [[nodiscard]] AmountTable table() const;
  /// Equal states give equal bytes.
  [[nodiscard]] std::string save() const;
  /// Errors: kInvalid the bytes are no state.
  [[nodiscard]] static Result<MeasureState> load(Bytes bytes);
  [[nodiscard]] bool operator==(const MeasureState&) const = default;

  void add(const KeyTexts& cell, const Sums& sums);
  void add_key(const KeyTexts& cell, const Key& key, std::uint64_t rows);
  void add_candidate(const Key& key, const Candidate& candidate);

 private:
  std::string question_;
  CountBy count_ = CountBy::kRows;
  Dimensions by_;
  Cells cells_;
  std::map<KeyTexts, std::map<Key, std::uint64_t>> keys_;
  std::map<Key, Candidate> candidates_;
};

}  // namespace lamplight::tally
