#include "tally/measure/compiled.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "model/civil.hpp"

namespace lamplight::tally {
namespace {

constexpr std::int64_t kFarUs = std::int64_t{1} << 60;

template <typename List>
const auto* named(const List& list, std::string_view name) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  return at == list.end() ? nullptr : &*at;
}

}  // namespace

void Block::start(const Records& records) {
  records_ = &records;
  touches_.clear();
  for (auto& column : columns_) column.clear();
}

const std::vector<Cell>& Block::column(const RecordField& field) {
  if (field.column >= columns_.size()) columns_.resize(field.column + 1);
  std::vector<Cell>& column = columns_[field.column];
  if (column.size() == touches_.size()) return column;
  column.resize(touches_.size());
  for (std::size_t i = 0; i < touches_.size(); ++i)
    column[i] = records_->cell(touches_[i].row, field);
  return column;
}

Compiled::Compiled(const CampaignDefinition& definition, const MeasureQuestion& question,
                   Aspect aspect, Names& names)
    : definition_(definition),
      measure_(*question.measure),
      names_(names),
      aspect_(std::move(aspect)),
      first_us_(-kFarUs),
      end_us_(kFarUs),
      cut_us_(std::int64_t{definition.day_cut_hour} * 3600 * kUsPerSecond) {
  dated_ = Records::find(measure_.from, measure_.dated);
  counts_ = Records::find(measure_.from, "counts");
  amount_ = Records::find(measure_.from, "amount_fen");
  if (aspect_.in_period && question.period) {
    if (!aspect_.from_the_beginning) first_us_ = question.period->first.value * kUsPerDay + cut_us_;
    end_us_ = question.period->last.plus(1).value * kUsPerDay + cut_us_;
  }
  if (aspect_.in_period && question.before_civil_us)
    end_us_ = std::min(end_us_, *question.before_civil_us);
  dated_only_ = first_us_ != -kFarUs || end_us_ != kFarUs;
  if (aspect_.filtered) {
    add_tests(measure_.where, true);
    add_tests(question.where, true);
    add_tests(measure_.except, false);
    without_leap_day_ = question.without_leap_day;
  }
  for (const std::string& name : aspect_.by) dims_.push_back(source(name));
  for (const std::string& name : aspect_.key) {
    keys_.push_back(source(name));
    if (name == "person") scope_ = Records::find(measure_.from, "person_scope");
  }
  levels_.resize(dims_.size());
  key_levels_.resize(keys_.empty() ? 0 : keys_.size() - 1);
  district_ = names_.watch("district");
  by_entry_ = measure_.count == CountBy::kSum && measure_.value != "amount_fen";
  for (const Source& dim : dims_) by_entry_ |= dim.kind == Kind::kEntry;
}

Compiled::Source Compiled::source(const std::string& name) {
  Source made;
  if (made.rollup = named(definition_.rollups, name); made.rollup != nullptr) {
    const Rollup* const rollup = made.rollup;
    made = source(rollup->of);
    made.rollup = rollup;
    for (const Rollup::Group& group : rollup->groups) {
      static_cast<void>(names_.watch(group.code));
      for (const std::string& member : group.members) static_cast<void>(names_.watch(member));
    }
    return made;
  }
  if (made.split = named(definition_.splits, name); made.split != nullptr) {
    made.kind = Kind::kSplit;
    const auto stamp = Records::find(measure_.from, made.split->stamp);
    LAMPLIGHT_CHECK(stamp.has_value(), "a split is made of a stamp of the record");
    made.field = *stamp;
    made.before = names_.make(made.split->before);
    made.after = names_.make(made.split->after);
    return made;
  }
  if (const auto field = Records::find(measure_.from, name)) {
    made.field = *field;
    made.kind = field->is_list()                  ? Kind::kList
                : field->shape == Shape::kInteger ? Kind::kNumber
                                                  : Kind::kText;
    return made;
  }
  static constexpr std::pair<std::string_view, Kind> kTimes[] = {{"day", Kind::kDay},
                                                                 {"month", Kind::kMonth},
                                                                 {"year", Kind::kYear},
                                                                 {"weekday", Kind::kWeekday},
                                                                 {"hour", Kind::kHour}};
  for (const auto& [word, kind] : kTimes) {
    if (word != name) continue;
    LAMPLIGHT_CHECK(dated_.has_value(), "a measure by time is dated");
    made.kind = kind;
    made.field = *dated_;
    return made;
  }
  LAMPLIGHT_CHECK(counts_.has_value() && (name == "what" || name == "kind" || name == "result"),
                  "the definition's reader refuses unknown dimensions");
  made.kind = Kind::kEntry;
  made.part = name == "what" ? Part::kWhat : name == "kind" ? Part::kKind : Part::kResult;
  return made;
}

void Compiled::add_tests(const Filter& filter, bool wanted) {
  for (const auto& [name, values] : filter) {
    Test test;
    test.source = source(name);
    test.wanted = wanted;
    test.values = values;
    for (const std::string& value : values) static_cast<void>(names_.watch(value));
    (test.source.kind == Kind::kEntry ? entry_tests_ : tests_).push_back(std::move(test));
  }
}

/// Looks again for the definition's words where new codes have appeared.
void Compiled::refresh() {
  if (version_ == names_.version()) return;
  version_ = names_.version();
  const auto set_group = [&](Source& source, const std::string& word, std::uint32_t number) {
    const TextId code = names_.code(names_.watch(word));
    if (code == Names::kNowhere) return;
    if (code >= source.group_of.size()) source.group_of.resize(code + 1);
    source.group_of[code] = number;
  };
  const auto refresh_groups = [&](Source& source) {
    if (source.rollup == nullptr) return;
    for (const Rollup::Group& group : source.rollup->groups)
      set_group(source, group.code, names_.make(group.code));
    for (const Rollup::Group& group : source.rollup->groups) {
      for (const std::string& member : group.members)
        set_group(source, member, names_.make(group.code));
    }
  };
  for (auto* sources : {&dims_, &keys_}) {
    for (Source& source : *sources) refresh_groups(source);
  }
  for (auto* tests : {&tests_, &entry_tests_}) {
    for (Test& test : *tests) {
      refresh_groups(test.source);
      test.holds.clear();
      test.made.clear();
      for (const std::string& value : test.values) {
        test.made.push_back(names_.make(value));
        const TextId code = names_.code(names_.watch(value));
        if (code == Names::kNowhere) continue;
        if (code >= test.holds.size()) test.holds.resize(code + 1);
        test.holds[code] = true;
      }
    }
  }
}

bool Compiled::passes(const Test& test, std::uint32_t number) const {
  const Kind kind = test.source.kind;
  if (kind == Kind::kText || kind == Kind::kList || kind == Kind::kEntry || kind == Kind::kSplit) {
    if ((number & Names::kMade) == 0) return number < test.holds.size() && test.holds[number];
    return std::find(test.made.begin(), test.made.end(), number) != test.made.end();
  }
  if (number == kNoTime) return false;
  return std::find(test.values.begin(), test.values.end(), time_text(kind, number)) !=
         test.values.end();
}

std::string Compiled::time_text(Kind kind, std::uint32_t number) {
  const auto two = [](std::uint32_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto four = [](std::uint32_t n) {
    std::string text = std::to_string(n);
    return std::string(text.size() < 4 ? 4 - text.size() : 0, '0') + text;
  };
  switch (kind) {
    case Kind::kDay: return to_string(Day{static_cast<std::int32_t>(number) - 1});
    case Kind::kMonth: return four(number / 12) + "-" + two(number % 12 + 1);
    case Kind::kYear: return four(number);
    case Kind::kHour: return two(number);
    default: return std::to_string(number);
  }
}

Day Compiled::day_of_cell(Cell cell) const {
  const std::int64_t civil = stamp_of(cell).at.value + definition_.clock_minutes * kUsPerMinute;
  return Day{static_cast<std::int32_t>(floor_div(civil - cut_us_, kUsPerDay))};
}

std::uint32_t Compiled::time_of(const Source& source, Cell cell) const {
  if (cell == kNothing) return kNoTime;
  const std::int64_t civil = stamp_of(cell).at.value + definition_.clock_minutes * kUsPerMinute;
  if (source.kind == Kind::kHour)
    return static_cast<std::uint32_t>((civil - floor_div(civil, kUsPerDay) * kUsPerDay) /
                                      (3600 * kUsPerSecond));
  const Day day = day_of_cell(cell);
  if (source.kind == Kind::kDay) return static_cast<std::uint32_t>(day.value + 1);
  if (source.kind == Kind::kWeekday) return static_cast<std::uint32_t>(weekday(day));
  const CivilDate date = date_of(day);
  if (source.kind == Kind::kYear) return static_cast<std::uint32_t>(date.year);
  return static_cast<std::uint32_t>(date.year) * 12 + date.month - 1;
}

std::uint32_t Compiled::single(const Source& source, Cell cell) const {
  switch (source.kind) {
    case Kind::kText: return cell == kNothing ? 0 : grouped(source, static_cast<TextId>(cell));
    case Kind::kNumber: return cell >= kNoTime ? kNoTime : static_cast<std::uint32_t>(cell);
    case Kind::kSplit: {
      if (cell == kNothing) return 0;
      return day_of_cell(cell) < source.split->day ? source.before : source.after;
    }
    default: return time_of(source, cell);
  }
}

std::uint32_t Compiled::entry_value(const Source& source, const CountCell& entry) const {
  return grouped(source, source.part == Part::kWhat   ? entry.what
                         : source.part == Part::kKind ? entry.kind
                                                      : entry.result);
}

void Compiled::keep_if(Block& block, const Test& test) {
  const std::vector<Cell>& column = block.column(test.source.field);
  const Records& records = block.records();
  const auto holds = [&](std::uint32_t touch) {
    const Cell cell = column[touch];
    if (test.source.kind != Kind::kList) return passes(test, single(test.source, cell));
    const Run run = cell == kNothing ? Run{} : run_of(cell);
    for (std::uint64_t i = 0; i < run.size; ++i) {
      if (passes(test, grouped(test.source, records.element(test.source.field, run.at + i))))
        return true;
    }
    return false;
  };
  std::erase_if(selected_, [&](std::uint32_t touch) { return holds(touch) != test.wanted; });
}

void Compiled::select(Block& block) {
  selected_.resize(block.touches().size());
  for (std::uint32_t i = 0; i < selected_.size(); ++i) selected_[i] = i;
  if (dated_only_) {
    if (!dated_) return selected_.clear();
    const std::vector<Cell>& column = block.column(*dated_);
    const std::int64_t clock = definition_.clock_minutes * kUsPerMinute;
    std::erase_if(selected_, [&](std::uint32_t touch) {
      const std::int64_t civil = static_cast<std::int64_t>(column[touch] >> 11) + clock;
      return column[touch] == kNothing || civil < first_us_ || civil >= end_us_;
    });
  }
  if (without_leap_day_ && dated_) {
    const std::vector<Cell>& column = block.column(*dated_);
    std::erase_if(selected_, [&](std::uint32_t touch) {
      return column[touch] == kNothing || is_leap_day(day_of_cell(column[touch]));
    });
  }
  for (const Test& test : tests_) keep_if(block, test);
}

void Compiled::expand_entries(Block& block, std::vector<Item>& items) {
  const std::vector<Cell>& column = block.column(*counts_);
  for (const std::uint32_t touch : selected_) {
    const Run run = column[touch] == kNothing ? Run{} : run_of(column[touch]);
    for (std::uint64_t i = 0; i < run.size; ++i) {
      const CountCell& entry = block.records().count(run.at + i);
      const bool out = std::any_of(entry_tests_.begin(), entry_tests_.end(), [&](const Test& test) {
        return passes(test, entry_value(test.source, entry)) != test.wanted;
      });
      if (out) continue;
      Item item;
      item.touch = touch;
      item.entry = run.at + i;
      item.n = entry.n;
      item.bound = entry.bound;
      items.push_back(item);
      if (!by_entry_) break;  // the report has such an entry: that is all that is asked
    }
  }
}

template <typename F>
void Compiled::expand(Block& block, const Source& source, std::vector<Item>& items, F&& set) {
  const Records& records = block.records();
  if (source.kind == Kind::kEntry) {
    for (Item& item : items) set(item, entry_value(source, records.count(item.entry)));
    return;
  }
  const std::vector<Cell>& column = block.column(source.field);
  if (source.kind != Kind::kList) {
    for (Item& item : items) set(item, single(source, column[item.touch]));
    return;
  }
  spare_.clear();
  std::vector<std::uint32_t> said;
  for (const Item& item : items) {
    const Cell cell = column[item.touch];
    const Run run = cell == kNothing ? Run{} : run_of(cell);
    said.clear();
    for (std::uint64_t i = 0; i < run.size; ++i) {
      const std::uint32_t value = grouped(source, records.element(source.field, run.at + i));
      if (std::find(said.begin(), said.end(), value) == said.end()) said.push_back(value);
    }
    if (said.empty()) said.push_back(0);
    for (const std::uint32_t value : said) {
      spare_.push_back(item);
      set(spare_.back(), value);
    }
  }
  items.swap(spare_);
}

void Compiled::add_keys(Block& block, std::vector<Item>& items) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const bool time = keys_[i].kind >= Kind::kNumber && keys_[i].kind <= Kind::kHour;
    expand(block, keys_[i], items, [&](Item& item, std::uint32_t value) {
      item.lacks_key |= value == (time ? kNoTime : 0);
      item.key = i == 0 ? value : key_levels_[i - 1].number(item.key, value);
    });
  }
  if (!scope_) return;
  const std::vector<Cell>& scopes = block.column(*scope_);
  const TextId district = names_.code(district_);
  for (Item& item : items) {
    if (scopes[item.touch] != district)
      item.scope = block.records().partner(block.touches()[item.touch].row) + 1;
  }
}

void Compiled::run(Block& block, std::vector<Item>& items) {
  refresh();
  items.clear();
  select(block);
  if (by_entry_ || !entry_tests_.empty()) {
    expand_entries(block, items);
  } else if (measure_.count == CountBy::kSum) {
    const std::vector<Cell>& amounts = block.column(*amount_);
    for (const std::uint32_t touch : selected_) {
      if (amounts[touch] == kNothing) continue;
      Item item;
      item.touch = touch;
      item.n = static_cast<std::int64_t>(amounts[touch]);
      items.push_back(item);
    }
  } else {
    items.resize(selected_.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i] = Item{};
      items[i].touch = selected_[i];
    }
  }
  add_keys(block, items);
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    expand(block, dims_[i], items, [&](Item& item, std::uint32_t value) {
      item.cell = levels_[i].number(item.cell, value);
    });
  }
  for (std::size_t i = 1; i < items.size(); ++i) {
    for (std::size_t j = i; j-- > 0 && items[j].touch == items[i].touch && items[i].first;) {
      items[i].first = items[j].cell != items[i].cell;
    }
  }
}

std::optional<std::string> Compiled::text(const Records& records, const Source& source,
                                          std::uint32_t number) const {
  const bool time = source.kind >= Kind::kNumber && source.kind <= Kind::kHour;
  if (number == (time ? kNoTime : 0)) return std::nullopt;
  return time ? time_text(source.kind, number) : names_.text(records, number);
}

KeyTexts Compiled::texts(const Records& records, std::uint32_t cell) const {
  KeyTexts words(dims_.size());
  for (std::size_t i = dims_.size(); i-- > 0;) {
    words[i] = text(records, dims_[i], levels_[i][cell].second);
    cell = levels_[i][cell].first;
  }
  return words;
}

std::vector<std::string> Compiled::key_texts(const Records& records, const Item& item) const {
  std::vector<std::string> words(keys_.size() + 1);
  if (item.scope != 0) words[0] = std::string(records.text(item.scope - 1));
  std::uint32_t key = item.key;
  for (std::size_t i = keys_.size(); i-- > 1;) {
    words[i + 1] = text(records, keys_[i], key_levels_[i - 1][key].second).value_or("");
    key = key_levels_[i - 1][key].first;
  }
  if (!keys_.empty()) words[1] = text(records, keys_[0], key).value_or("");
  return words;
}

}  // namespace lamplight::tally
