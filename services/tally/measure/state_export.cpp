#include "tally/measure/state_export.hpp"
#include "base/check.hpp"
#include "tally/measure/measure_state.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kRowsAtATime = Block::kChanges;

/// What a row's items add, by the words of their cells.
void put_items(const Records& records, const Compiled& compiled, CountBy count,
               const std::vector<Item>& items, std::size_t from, std::size_t to,
               MeasureState::Cells& cells) {
  for (std::size_t i = from; i < to; ++i) {
    const Item& item = items[i];
    Sums& sums = cells[compiled.texts(records, item.cell)];
    if (item.lacks_key) {
      sums.without_key += item.first ? 1 : 0;
      continue;
    }
    sums.entries += item.first ? 1 : 0;
    sums.senders_keys += item.first && item.scope != 0 ? 1 : 0;
    if (count != CountBy::kSum) continue;
    sums.n += item.n;
    sums.at_least += item.bound == Bound::kAtLeast ? 1 : 0;
    sums.reaches += item.bound == Bound::kReaches ? 1 : 0;
  }
}

std::size_t end_of_touch(const std::vector<Item>& items, std::size_t at) {
  const std::uint32_t touch = items[at].touch;
  while (at < items.size() && items[at].touch == touch) ++at;
  return at;
}

template <typename F>
void for_blocks(const Records& records, const std::vector<std::uint32_t>& rows, Compiled& compiled,
                F&& f) {
  Block block;
  std::vector<Item> items;
  for (std::size_t from = 0; from < rows.size(); from += kRowsAtATime) {
    block.start(records);
    for (std::size_t i = from; i < rows.size() && i < from + kRowsAtATime; ++i)
      block.add({rows[i], static_cast<std::uint32_t>(i)});
    compiled.run(block, items);
    for (std::size_t at = 0; at < items.size();) {
      const std::size_t end = end_of_touch(items, at);
      f(block.touches()[items[at].touch].row, items, at, end);
      at = end;
    }
  }
}

MeasureState::Order order_of(const Records& records, const MeasureSpec& measure,
                             std::uint32_t row) {
  const auto at = [&](std::string_view name) {
    const auto field = Records::find(measure.from, name);
    const Cell cell = field ? records.cell(row, *field) : kNothing;
    return cell == kNothing ? -1 : stamp_of(cell).at.value;
  };
  const std::string partner(records.text(records.partner(row)));
  const std::string ref(records.partner_ref(row));
  if (measure.count == CountBy::kLatest)
    return {at(measure.dated), at("reported_at"), ref, partner};
  return {at("reported_at"), 0, partner, ref};
}

}  // namespace

void export_counts(const Records& records, const std::vector<std::uint32_t>& rows,
                   const MeasureSpec& measure, Compiled& compiled, MeasureState& state) {
  for_blocks(records, rows, compiled,
             [&](std::uint32_t, const std::vector<Item>& items, std::size_t from, std::size_t to) {
               MeasureState::Cells cells;
               put_items(records, compiled, measure.count, items, from, to, cells);
               for (const auto& [cell, sums] : cells) state.add(cell, sums);
               if (measure.count != CountBy::kDistinct) return;
               for (std::size_t i = from; i < to; ++i) {
                 if (items[i].lacks_key) continue;
                 state.add_key(compiled.texts(records, items[i].cell),
                               compiled.key_texts(records, items[i]), 1);
               }
             });
}

void export_choice(const Records& records, const std::vector<std::uint32_t>& rows,
                   const MeasureSpec& measure, Compiled& choosing, Compiled& counting,
                   MeasureState& state) {
  std::map<std::uint32_t, MeasureState::Key> by_row;
  std::vector<std::uint32_t> keyless;
  std::map<MeasureState::Key, std::pair<MeasureState::Candidate, std::uint32_t>> best;
  for_blocks(
      records, rows, choosing,
      [&](std::uint32_t row, const std::vector<Item>& items, std::size_t from, std::size_t to) {
        if (items[from].lacks_key) return keyless.push_back(row);
        MeasureState::Candidate candidate;
        for (std::size_t i = from; i < to; ++i)
          candidate.lowest = add_up(candidate.lowest, items[i].n);
        candidate.highest = candidate.lowest;
        candidate.order = order_of(records, measure, row);
        const auto [at, fresh] =
            best.try_emplace(choosing.key_texts(records, items[from]), std::pair(candidate, row));
        auto& [held, held_row] = at->second;
        held.lowest = std::min(held.lowest, candidate.lowest);
        held.highest = std::max(held.highest, candidate.highest);
        if (fresh || candidate.order < held.order) return;
        held.order = candidate.order;
        held_row = row;
      });
  std::vector<std::uint32_t> chosen;
  for (const auto& [key, one] : best) {
    chosen.push_back(one.second);
    by_row[one.second] = key;
  }
  for_blocks(
      records, chosen, counting,
      [&](std::uint32_t row, const std::vector<Item>& items, std::size_t from, std::size_t to) {
        put_items(records, counting, measure.count, items, from, to,
                  best.at(by_row[row]).first.adds);
      });
  for (const auto& [key, one] : best) state.add_candidate(key, one.first);
  for_blocks(records, keyless, counting,
             [&](std::uint32_t, const std::vector<Item>& items, std::size_t from, std::size_t to) {
               MeasureState::Cells cells;
               put_items(records, counting, measure.count, items, from, to, cells);
               for (auto& [cell, sums] : cells) {
                 Sums keep = sums;
                 if (measure.count == CountBy::kLatest) {
                   keep = {};
                   keep.without_key = sums.entries;
                 }
                 state.add(cell, keep);
               }
             });
}

}  // namespace lamplight::tally
