#include "tally/measure/plan.hpp"

#include <algorithm>

namespace lamplight::tally {
namespace {

Aspect aspect_of(const MeasureSpec& measure, const Dimensions& by, bool chosen) {
  Aspect aspect;
  aspect.in_period = !chosen;  // the stream has seen to it
  aspect.by = by;
  if (measure.count == CountBy::kDistinct) aspect.key = measure.key;
  return aspect;
}

}  // namespace

Plan::Plan(const CampaignDefinition& definition, const MeasureQuestion& question,
           const Dimensions& by, std::shared_ptr<Stream> stream, Names& names)
    : count_(question.measure->count),
      by_(by),
      stream_(std::move(stream)),
      compiled_(definition, question, aspect_of(*question.measure, by, stream_->chooses()), names) {
}

void Plan::add(const Block& block, std::vector<Sums>& cells) const {
  if (cells.size() < compiled_.cells()) cells.resize(compiled_.cells());
  for (const Item& item : items_) {
    const Touch& touch = block.touches()[item.touch];
    const std::int64_t one = touch.sign;
    Sums& sums = cells[item.cell];
    if (touch.role == Role::kConflicts) {
      if (item.first) sums.conflicts += one;
      continue;
    }
    if (touch.role == Role::kLacksKey || item.lacks_key) {
      if (item.first) sums.without_key += one;
      continue;
    }
    if (item.first) {
      sums.entries += one;
      if (item.scope != 0) sums.senders_keys += one;
    }
    if (count_ != CountBy::kSum) continue;
    sums.n += WideSum{one} * item.n;
    if (item.bound == Bound::kAtLeast) sums.at_least += one;
    if (item.bound == Bound::kReaches) sums.reaches += one;
  }
}

void Plan::count_keys(const Block& block) {
  constexpr std::size_t kAhead = 12;
  const auto name = [&](std::size_t i) {
    return KeyName{items_[i].cell, items_[i].scope, items_[i].key};
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i + kAhead < items_.size()) keys_.prefetch(name(i + kAhead));
    if (items_[i].lacks_key) continue;
    const Touch& touch = block.touches()[items_[i].touch];
    std::uint32_t& rows = keys_[name(i)];
    const std::uint32_t before = rows;
    rows += touch.sign > 0 ? 1U : ~0U;
    const std::int32_t adds = before == 0 ? 1 : rows == 0 ? -1 : 0;
    if (adds == 0) continue;
    steps_.push_back({touch.place, items_[i].cell, adds});
    cells_[items_[i].cell].n += adds;
  }
}

void Plan::take(Block& block, std::size_t until) {
  compiled_.run(block, items_);
  add(block, cells_);
  if (count_ == CountBy::kDistinct) count_keys(block);
  done_ = until;
  const std::size_t last = checkpoints_.empty() ? 0 : checkpoints_.back().places;
  if (done_ - last < std::max(kCheckpointEvery, 16 * cells_.size())) return;
  checkpoints_.push_back({done_, steps_.size(), cells_});
}

std::vector<Sums> Plan::cells_at(const Records& records, std::size_t places) {
  if (places >= done_) return cells_;
  const auto after =
      std::partition_point(checkpoints_.begin(), checkpoints_.end(),
                           [&](const Checkpoint& one) { return one.places <= places; });
  Checkpoint at;
  if (after != checkpoints_.begin()) at = *std::prev(after);
  Block block;
  for (std::size_t from = at.places; from < places; from += Block::kChanges) {
    stream_->fill(records, from, std::min(places, from + Block::kChanges), block);
    compiled_.run(block, items_);
    add(block, at.cells);
  }
  if (at.cells.size() < compiled_.cells()) at.cells.resize(compiled_.cells());
  for (std::size_t i = at.steps; i < steps_.size() && steps_[i].place < places; ++i)
    at.cells[steps_[i].cell].n += steps_[i].adds;
  return std::move(at.cells);
}

Amount amount_of(CountBy count, const Sums& sums) {
  Amount amount;
  if (count == CountBy::kDistinct) amount.n = bounded(sums.n);
  else if (count != CountBy::kSum) amount.n = sums.entries;
  else if (sums.entries != 0) amount.n = bounded(sums.n);
  if (sums.at_least != 0 || is_beyond(amount.n.value_or(0))) amount.bound = Bound::kAtLeast;
  else if (sums.reaches != 0) amount.bound = Bound::kReaches;
  amount.entries = static_cast<std::uint64_t>(sums.entries);
  amount.without_key = static_cast<std::uint64_t>(sums.without_key);
  amount.conflicts = static_cast<std::uint64_t>(sums.conflicts);
  amount.distinct_per_sender = sums.senders_keys != 0;
  return amount;
}

AmountTable Plan::table(const Records& records, const std::vector<Sums>& cells) const {
  AmountTable table;
  table.by = by_;
  for (std::uint32_t cell = 0; cell < cells.size(); ++cell) {
    if (cells[cell] == Sums{} && !by_.empty()) continue;
    table.rows.push_back({compiled_.texts(records, cell), amount_of(count_, cells[cell])});
  }
  if (by_.empty() && table.rows.empty()) table.rows.push_back({{}, amount_of(count_, {})});
  std::sort(table.rows.begin(), table.rows.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return table;
}

std::vector<std::pair<std::uint32_t, std::int64_t>> Plan::steps(const Records& records,
                                                                std::size_t from, std::size_t to) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> found;
  if (count_ == CountBy::kDistinct) {
    for (const Step& step : steps_) {
      if (step.place >= from && step.place < to) found.emplace_back(step.place, step.adds);
    }
    return found;
  }
  Block block;
  for (; from < to; from += Block::kChanges) {
    stream_->fill(records, from, std::min(to, from + Block::kChanges), block);
    compiled_.run(block, items_);
    for (const Item& item : items_) {
      const Touch& touch = block.touches()[item.touch];
      if (touch.role != Role::kCounts || (count_ != CountBy::kSum && !item.first)) continue;
      const std::int64_t n = count_ == CountBy::kSum ? add_up(0, item.n) : 1;
      found.emplace_back(touch.place, touch.sign * n);
    }
  }
  return found;
}

}  // namespace lamplight::tally
