#include "tally/measure/measure_state.hpp"

#include <algorithm>

namespace lamplight::tally {
namespace {

void put(Sums& into, const Sums& more) {
  into.n += more.n;
  into.entries += more.entries;
  into.at_least += more.at_least;
  into.reaches += more.reaches;
  into.without_key += more.without_key;
  into.conflicts += more.conflicts;
  into.senders_keys += more.senders_keys;
}

}  // namespace

void MeasureState::add(const KeyTexts& cell, const Sums& sums) { put(cells_[cell], sums); }

void MeasureState::add_key(const KeyTexts& cell, const Key& key, std::uint64_t rows) {
  keys_[cell][key] += rows;
}

void MeasureState::add_candidate(const Key& key, const Candidate& candidate) {
  const auto [at, fresh] = candidates_.try_emplace(key, candidate);
  if (fresh) return;
  Candidate& held = at->second;
  held.lowest = std::min(held.lowest, candidate.lowest);
  held.highest = std::max(held.highest, candidate.highest);
  if (held.order >= candidate.order) return;
  held.order = candidate.order;
  held.adds = candidate.adds;
}

Result<void> MeasureState::merge(const MeasureState& other) {
  if (question_ != other.question_ || count_ != other.count_ || by_ != other.by_)
    return Error(Code::kInvalid, "figures of \"" + other.question_ +
                                     "\" cannot be added to those of \"" + question_ +
                                     "\": merge states of one question and one definition");
  for (const auto& [cell, sums] : other.cells_) add(cell, sums);
  for (const auto& [cell, keys] : other.keys_) {
    for (const auto& [key, rows] : keys) add_key(cell, key, rows);
  }
  for (const auto& [key, candidate] : other.candidates_) add_candidate(key, candidate);
  return {};
}

AmountTable MeasureState::table() const {
  Cells cells = cells_;
  for (const auto& [cell, keys] : keys_) cells[cell].n += static_cast<std::int64_t>(keys.size());
  for (const auto& [key, candidate] : candidates_) {
    for (const auto& [cell, sums] : candidate.adds) {
      put(cells[cell], sums);
      if (count_ == CountBy::kSum && candidate.lowest != candidate.highest) ++cells[cell].conflicts;
    }
  }
  if (by_.empty()) cells.try_emplace({});
  AmountTable table{by_, {}};
  for (const auto& [cell, sums] : cells) table.rows.push_back({cell, amount_of(count_, sums)});
  return table;
}

}  // namespace lamplight::tally
