#include "tally/measure/stream.hpp"

#include <algorithm>
#include <tuple>

#include "base/check.hpp"

namespace lamplight::tally {

std::string once_of(const MeasureSpec& measure) {
  if (measure.count != CountBy::kSum) return {};
  return measure.once.empty() && measure.from == kClearanceReported ? "joint" : measure.once;
}

Aspect choosing_aspect(const MeasureSpec& measure) {
  Aspect aspect;
  const bool latest = measure.count == CountBy::kLatest;
  aspect.filtered = !latest;  // the latest is looked for first and looked at then
  aspect.from_the_beginning = latest && measure.ever;
  aspect.key = latest ? measure.key : Dimensions{once_of(measure)};
  return aspect;
}

MeasureQuestion without_limits(MeasureQuestion question) {
  question.where.clear();
  question.without_leap_day = false;
  return question;
}

/// The rows of each key that stand, and which of them counts. Most keys have one: it lies in the table itself.
struct Stream::Chooser {
  struct Several {
    std::vector<std::uint32_t> heap;  ///< rows that stand or stood, the one that counts first
    std::map<std::int64_t, std::uint32_t>
        says;  ///< numbers that standing rows say, and how many do
  };
  struct Held {
    std::uint32_t row = StandingChange::kNoRow;  ///< that counts
    std::uint32_t several = StandingChange::kNoRow;
    bool contradicted = false;
  };

  Chooser(const CampaignDefinition& definition, const MeasureQuestion& question, Names& names)
      : latest(question.measure->count == CountBy::kLatest),
        compiled(definition, without_limits(question), choosing_aspect(*question.measure), names) {
    const auto reported_at = Records::find(question.measure->from, "reported_at");
    LAMPLIGHT_CHECK(reported_at.has_value(), "every record says when it was reported");
    reported = *reported_at;
    dated = Records::find(question.measure->from, question.measure->dated).value_or(reported);
  }

  /// Whether row `a` gives way to row `b`.
  [[nodiscard]] bool less(const Records& records, std::uint32_t a, std::uint32_t b) const {
    const auto words = [&](std::uint32_t row) {
      return std::pair(records.text(records.partner(row)), records.partner_ref(row));
    };
    const auto at = [&](std::uint32_t row, const RecordField& field) {
      const Cell cell = records.cell(row, field);
      return cell == kNothing ? -1 : stamp_of(cell).at.value;
    };
    if (latest && at(a, dated) != at(b, dated)) return at(a, dated) < at(b, dated);
    if (at(a, reported) != at(b, reported)) return at(a, reported) < at(b, reported);
    if (!latest) return words(a) < words(b);
    const auto [partner_a, ref_a] = words(a);
    const auto [partner_b, ref_b] = words(b);
    return std::pair(ref_a, partner_a) < std::pair(ref_b, partner_b);
  }

  void push(const Records& records, Several& several, std::uint32_t row) {
    several.heap.push_back(row);
    std::push_heap(several.heap.begin(), several.heap.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return less(records, a, b); });
  }

  void mark(std::uint32_t row, std::uint8_t flag, bool set) {
    if (row >= flags.size()) flags.resize(std::max<std::size_t>(row + 1, flags.size() * 2));
    flags[row] = static_cast<std::uint8_t>(set ? flags[row] | flag : flags[row] & ~flag);
  }
  [[nodiscard]] bool is(std::uint32_t row, std::uint8_t flag) const {
    return row < flags.size() && (flags[row] & flag) != 0;
  }

  void change(const Records& records, Held& held, const Touch& touch, std::int64_t n) {
    const bool stands = touch.sign > 0;
    if (held.several == StandingChange::kNoRow) {
      if (stands && held.row == StandingChange::kNoRow) {
        held.row = touch.row;
        single_says(touch.row, n);
        return;
      }
      if (!stands) {
        held.row = StandingChange::kNoRow;
        return;
      }
      held.several = static_cast<std::uint32_t>(many.size());
      many.emplace_back();
      mark(held.row, kStands | kQueued, true);
      push(records, many.back(), held.row);
      if (!latest) ++many.back().says[said_by(held.row)];
    }
    Several& several = many[held.several];
    mark(touch.row, kStands, stands);
    if (stands && !is(touch.row, kQueued)) {
      mark(touch.row, kQueued, true);
      push(records, several, touch.row);
    }
    if (!latest) {
      const auto said = several.says.try_emplace(n, 0).first;
      said->second += stands ? 1U : ~0U;
      if (said->second == 0) several.says.erase(said);
    }
    while (!several.heap.empty() && !is(several.heap.front(), kStands)) {
      mark(several.heap.front(), kQueued, false);
      std::pop_heap(several.heap.begin(), several.heap.end(),
                    [&](std::uint32_t a, std::uint32_t b) { return less(records, a, b); });
      several.heap.pop_back();
    }
    held.row = several.heap.empty() ? StandingChange::kNoRow : several.heap.front();
    held.contradicted = several.says.size() > 1;
  }

  void single_says(std::uint32_t row, std::int64_t n) {
    if (latest) return;
    if (row >= says.size()) says.resize(std::max<std::size_t>(row + 1, says.size() * 2));
    says[row] = n;
  }
  [[nodiscard]] std::int64_t said_by(std::uint32_t row) const { return says[row]; }

  static constexpr std::uint8_t kStands = 1;
  static constexpr std::uint8_t kQueued = 2;
  bool latest;
  Compiled compiled;
  RecordField reported, dated;
  KeyTable<Held> held_by;
  std::vector<Several> many;
  std::vector<std::uint8_t> flags;  ///< by row
  std::vector<std::int64_t> says;   ///< by row
  std::vector<Item> items;
};

Stream::Stream(const CampaignDefinition& definition, const MeasureQuestion& question, Names& names)
    : from_(question.measure->from),
      chooser_(std::make_unique<Chooser>(definition, question, names)) {}
Stream::Stream(std::string from) : from_(std::move(from)) {}
Stream::~Stream() = default;

void Stream::take(Block& block, std::size_t until) {
  Chooser& chooser = *chooser_;
  chooser.compiled.run(block, chooser.items);
  const auto emit = [&](const Touch& touch, std::uint32_t row, int sign, Role role) {
    if (row != StandingChange::kNoRow)
      chosen_.push_back({touch.place, row, static_cast<std::int8_t>(sign), role});
  };
  for (std::size_t i = 0; i < chooser.items.size();) {
    const Item& item = chooser.items[i];
    std::uint64_t sum = 0;  // held against those of other reports alone: it may wrap
    for (; i < chooser.items.size() && chooser.items[i].touch == item.touch; ++i)
      sum += static_cast<std::uint64_t>(chooser.items[i].n);
    const Touch& touch = block.touches()[item.touch];
    if (item.lacks_key) {
      emit(touch, touch.row, touch.sign, chooser.latest ? Role::kLacksKey : Role::kCounts);
      continue;
    }
    Chooser::Held& held = chooser.held_by[{0, item.scope, item.key}];
    const Chooser::Held before = held;
    chooser.change(block.records(), held, touch, static_cast<std::int64_t>(sum));
    if (held.row != before.row) {
      emit(touch, before.row, -1, Role::kCounts);
      emit(touch, held.row, 1, Role::kCounts);
    }
    if (held.contradicted == before.contradicted && held.row == before.row) continue;
    if (before.contradicted) emit(touch, before.row, -1, Role::kConflicts);
    if (held.contradicted) emit(touch, held.row, 1, Role::kConflicts);
  }
  taken_ = until;
}

std::size_t Stream::size(const Records& records) const {
  return chooses() ? chosen_.size() : records.changes();
}

std::size_t Stream::until(const Records& records, Offset offset) const {
  const std::size_t changes = records.changes_until(offset);
  if (!chooses()) return changes;
  const auto at = std::partition_point(chosen_.begin(), chosen_.end(), [&](const Chosen& chosen) {
    return chosen.change < changes;
  });
  return static_cast<std::size_t>(at - chosen_.begin());
}

void Stream::fill(const Records& records, std::size_t from, std::size_t to, Block& block) const {
  block.start(records);
  for (std::size_t i = from; i < to; ++i) {
    const auto place = static_cast<std::uint32_t>(i);
    if (chooses()) {
      block.add({chosen_[i].row, place, chosen_[i].sign, chosen_[i].role});
      continue;
    }
    const StandingChange change = records.change(i);
    if (change.from != StandingChange::kNoRow) block.add({change.from, place, -1, Role::kCounts});
    if (change.to != StandingChange::kNoRow) block.add({change.to, place, 1, Role::kCounts});
  }
}

std::uint64_t Stream::offset(const Records& records, std::size_t place) const {
  return records.change(chooses() ? chosen_[place].change : place).offset;
}

}  // namespace lamplight::tally
