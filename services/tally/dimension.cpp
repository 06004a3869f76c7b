#include "tally/dimension.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tally/hint.hpp"

namespace lamplight::tally {
namespace {

constexpr std::string_view kStagePrefix = "stage:";
constexpr std::string_view kPlacePrefix = "place:";
constexpr std::string_view kWindowPrefix = "window:";

const std::vector<std::string>& plain_names() {
  static const std::vector<std::string> names{
      "class", "category",      "area",    "partner", "operation", "day",         "month",
      "year",  "month_of_year", "weekday", "hour",    "second",    "reported_at", "occurred_at"};
  return names;
}

bool is_stamp(std::string_view name) {
  return name == "reported_at" || name == "occurred_at" ||
         (name.starts_with(kStagePrefix) && name.size() > kStagePrefix.size());
}

bool is_derivable(std::string_view name) {
  return name == "class" || name == "category" || name == "area" || name == "partner" ||
         (name.starts_with(kPlacePrefix) && name.size() > kPlacePrefix.size());
}

template <typename List>
auto find_named(const List& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(),
                      [&](const auto& item) { return item.name == name; });
}

/// Walks a spec and keeps the first thing that is wrong.
class Checker {
 public:
  explicit Checker(const ReportSpec& spec) : spec_(spec) {}

  Result<void> check() {
    unique("derive", spec_.derive);
    unique("window", spec_.windows);
    unique("count", spec_.counts);
    unique("comparison", spec_.comparisons);
    unique("interval", spec_.intervals);
    unique("duplicate", spec_.duplicates);
    unique("late_stage", spec_.late_stages);
    for (const Derive& derive : spec_.derive) {
      if (!is_derivable(derive.from)) {
        fail("derive " + derive.name +
             ".from takes class, category, area, partner or place:<scheme>");
      }
      const auto& taken = plain_names();
      if (std::find(taken.begin(), taken.end(), derive.name) != taken.end()) {
        fail("derive " + derive.name + ": that name is a dimension already");
      }
    }
    for (const CountSpec& count : spec_.counts) dimensions("count " + count.name, count.by);
    for (const ComparisonSpec& comparison : spec_.comparisons) check_comparison(comparison);
    for (const IntervalSpec& interval : spec_.intervals) check_interval(interval);
    for (const DuplicateSpec& duplicate : spec_.duplicates) {
      dimensions("duplicate " + duplicate.name, duplicate.key);
      for (const std::string& name : duplicate.key) single("duplicate " + duplicate.name, name);
      for (const std::string& name : duplicate.require) single("duplicate " + duplicate.name, name);
    }
    for (const LateStageSpec& late : spec_.late_stages) {
      stamp("late_stage " + late.name, late.origin);
      for (const std::string& stage : late.stages) stamp("late_stage " + late.name, stage);
    }
    for (const std::string& name : spec_.blanks) single("blanks", name);
    if (error_) return *error_;
    return {};
  }

 private:
  void fail(const std::string& message) {
    if (!error_) error_ = Error(Code::kInvalid, "report spec: " + message);
  }
  template <typename List>
  void unique(const std::string& where, const List& list) {
    std::set<std::string> names;
    for (const auto& item : list) {
      if (!names.insert(item.name).second) fail(where + " " + item.name + " stands there twice");
    }
  }
  void dimension(const std::string& where, const std::string& name) {
    const auto& plain = plain_names();
    if (std::find(plain.begin(), plain.end(), name) != plain.end() || is_stamp(name)) return;
    if (name.starts_with(kPlacePrefix) && name.size() > kPlacePrefix.size()) return;
    if (find_named(spec_.derive, name) != spec_.derive.end()) return;
    if (name.starts_with(kWindowPrefix)) return window(where, name.substr(kWindowPrefix.size()));
    std::vector<std::string> valid = plain;
    for (const Derive& derive : spec_.derive) valid.push_back(derive.name);
    valid.insert(valid.end(), {"stage:<stage>", "place:<scheme>", "window:<name>"});
    fail(where + ": no dimension \"" + name + "\"" + hint(name, valid));
  }
  void single(const std::string& where, const std::string& name) {
    if (name == "operation")
      return fail(where + ": operation has several values an alert and cannot stand here");
    dimension(where, name);
  }
  void dimensions(const std::string& where, const Dimensions& names) {
    if (names.size() > kMaxDimensions)
      fail(where + fmt::format(": over {} dimensions", kMaxDimensions));
    std::set<std::string> seen;
    for (const std::string& name : names) {
      if (!seen.insert(name).second) fail(where + ": dimension " + name + " stands there twice");
      dimension(where, name);
    }
  }
  void window(const std::string& where, const std::string& name) {
    if (find_named(spec_.windows, name) == spec_.windows.end()) {
      fail(where + ": no [[window]] is named \"" + name + "\"");
    }
  }
  void stamp(const std::string& where, const std::string& name) {
    if (!is_stamp(name))
      fail(where + ": \"" + name + "\" is no stamp: reported_at, occurred_at or stage:<stage>");
  }
  void check_comparison(const ComparisonSpec& comparison) {
    const std::string where = "comparison " + comparison.name;
    for (const Dimensions& by : comparison.by) {
      dimensions(where, by);
      for (const std::string& name : by) {
        if (name == "day" || name == "month" || name == "year" || name == "second") {
          fail(where + ": " + name +
               " differs between the periods by itself; use month_of_year, weekday or hour");
        }
      }
    }
    unique(where + " pair", comparison.pairs);
    if (!comparison.window.empty()) window(where, comparison.window);
  }
  void check_interval(const IntervalSpec& interval) {
    const std::string where = "interval " + interval.name;
    stamp(where, interval.from);
    stamp(where, interval.to);
    stamp(where, interval.origin);
    for (const Dimensions& by : interval.by) dimensions(where, by);
  }

  const ReportSpec& spec_;
  std::optional<Error> error_;
};

}  // namespace

Result<void> check_dimensions(const ReportSpec& spec) { return Checker(spec).check(); }

StampSource::StampSource(const Population& population, std::string_view name)
    : population_(population),
      kind_(name == "reported_at"   ? Kind::kReported
            : name == "occurred_at" ? Kind::kOccurred
                                    : Kind::kStage) {
  if (kind_ == Kind::kStage) stage_ = population.view().find_text(name.substr(kStagePrefix.size()));
}

std::optional<StampSource::Value> StampSource::of(const Row& row) const {
  const auto value = [&](std::int64_t at_us, std::int16_t minutes) {
    return Value{at_us, population_.clock_us(at_us, minutes)};
  };
  if (kind_ == Kind::kReported) return value(row.reported_us, row.reported_minutes);
  if (kind_ == Kind::kOccurred) {
    if (!row.has_occurred) return std::nullopt;
    return value(row.occurred_us, row.occurred_minutes);
  }
  for (std::size_t i = 0; i < row.stages; ++i) {
    const StageEntry& stage = population_.view().stages[row.stages_at + i];
    if (stage.stage == stage_) return value(stage.at_us, stage.offset_minutes);
  }
  return std::nullopt;
}

Dimension::Dimension(const Population& population, std::string_view name)
    : population_(population) {
  static const std::map<std::string_view, Kind> kinds{{"class", Kind::kClass},
                                                      {"category", Kind::kCategory},
                                                      {"area", Kind::kArea},
                                                      {"partner", Kind::kPartner},
                                                      {"operation", Kind::kOperation},
                                                      {"day", Kind::kDay},
                                                      {"month", Kind::kMonth},
                                                      {"year", Kind::kYear},
                                                      {"month_of_year", Kind::kMonthOfYear},
                                                      {"weekday", Kind::kWeekday},
                                                      {"hour", Kind::kHour},
                                                      {"second", Kind::kSecond}};
  const ReportSpec& spec = population.spec();
  const auto scheme = [&](std::string_view place) {
    scheme_ = population.view().find_text(place.substr(kPlacePrefix.size()));
  };
  if (const auto derive = find_named(spec.derive, name); derive != spec.derive.end()) {
    kind_ = Kind::kDerived;
    derive_ = &*derive;
    source_ = Kind::kPlace;
    if (const auto plain = kinds.find(derive->from); plain != kinds.end()) source_ = plain->second;
    else scheme(derive->from);
  } else if (const auto plain = kinds.find(name); plain != kinds.end()) {
    kind_ = plain->second;
  } else if (name.starts_with(kPlacePrefix)) {
    kind_ = Kind::kPlace;
    scheme(name);
  } else if (name.starts_with(kWindowPrefix)) {
    kind_ = Kind::kWindow;
    window_ = &*find_named(spec.windows, name.substr(kWindowPrefix.size()));
  } else {
    kind_ = Kind::kStamp;
    stamp_.emplace(population, name);
  }
}

std::int64_t Dimension::value(const Alert& alert) const {
  const Row& row = population_.row(alert);
  switch (kind_) {
    case Kind::kClass:
    case Kind::kCategory:
    case Kind::kArea:
    case Kind::kPartner:
    case Kind::kPlace: return source_text(row, kind_);
    case Kind::kDerived: return derived(source_text(row, source_));
    case Kind::kOperation: return value_at(alert, 0);
    case Kind::kDay: return alert.day.value;
    case Kind::kMonth: {
      const CivilDate date = date_of(alert.day);
      return std::int64_t{date.year} * 12 + date.month - 1;
    }
    case Kind::kYear: return date_of(alert.day).year;
    case Kind::kMonthOfYear: return date_of(alert.day).month;
    case Kind::kWeekday: return weekday(alert.day);
    case Kind::kHour:
      return floor_div(alert.civil_us, 3600 * kUsPerSecond) -
             floor_div(alert.civil_us, kUsPerDay) * 24;
    case Kind::kSecond: return floor_div(alert.civil_us, kUsPerSecond) * kUsPerSecond;
    case Kind::kStamp: {
      const auto stamp = stamp_->of(row);
      return stamp ? stamp->clock_us : kBlank;
    }
    case Kind::kWindow: return window_->holds(date_of(alert.day)) ? 0 : kBlank;
  }
  return kBlank;
}

std::size_t Dimension::values(const Alert& alert) const {
  return several() ? std::max<std::size_t>(1, population_.row(alert).operations) : 1;
}

std::int64_t Dimension::value_at(const Alert& alert, std::size_t i) const {
  if (!several()) return value(alert);
  const Row& row = population_.row(alert);
  return row.operations == 0 ? kBlank : population_.view().operations[row.operations_at + i];
}

std::int64_t Dimension::source_text(const Row& row, Kind kind) const {
  const auto text = [this](TextId id) {
    return population_.is_blank(id) ? kBlank : std::int64_t{id};
  };
  switch (kind) {
    case Kind::kClass: return text(row.class_code);
    case Kind::kCategory: return text(row.category);
    case Kind::kArea: return text(row.area);
    case Kind::kPartner: return text(row.partner);
    default: return place(row);
  }
}

std::int64_t Dimension::place(const Row& row) const {
  for (std::size_t i = 0; i < row.places; ++i) {
    const PlaceEntry& entry = population_.view().places[row.places_at + i];
    if (entry.scheme == scheme_ && !population_.is_blank(entry.code)) return entry.code;
  }
  return kBlank;
}

std::int64_t Dimension::derived(std::int64_t source) const {
  if (source == kBlank) return kBlank;
  if (const auto known = derived_of_.find(source); known != derived_of_.end()) return known->second;
  std::string_view text = population_.view().texts[static_cast<std::size_t>(source)];
  if (!derive_->after.empty()) {
    const std::size_t at = text.find(derive_->after);
    if (at != std::string_view::npos) text.remove_prefix(at + derive_->after.size());
  }
  if (text.starts_with(derive_->strip_prefix)) text.remove_prefix(derive_->strip_prefix.size());
  if (text.ends_with(derive_->strip_suffix)) text.remove_suffix(derive_->strip_suffix.size());
  std::int64_t number = kBlank;
  if (!text.empty()) {
    const auto [entry, is_new] = derived_numbers_.try_emplace(
        std::string(text), static_cast<std::int64_t>(derived_texts_.size()));
    if (is_new) derived_texts_.emplace_back(text);
    number = entry->second;
  }
  derived_of_.emplace(source, number);
  return number;
}

std::string_view Dimension::text_view(std::int64_t value) const {
  const auto number = static_cast<std::size_t>(value);
  return kind_ == Kind::kDerived ? std::string_view(derived_texts_[number])
                                 : population_.view().texts[number];
}

std::string Dimension::text(std::int64_t value) const {
  switch (kind_) {
    case Kind::kDay: return to_string(Day{static_cast<std::int32_t>(value)});
    case Kind::kMonth:
      return fmt::format("{:04}-{:02}", floor_div(value, 12),
                         value - floor_div(value, 12) * 12 + 1);
    case Kind::kYear: return fmt::format("{:04}", value);
    case Kind::kMonthOfYear:
    case Kind::kHour: return fmt::format("{:02}", value);
    case Kind::kWeekday: return fmt::format("{}", value);
    case Kind::kSecond:
    case Kind::kStamp: return civil_text(value);
    case Kind::kWindow: return window_->name;
    default: return std::string(text_view(value));
  }
}

bool Dimension::less(std::int64_t a, std::int64_t b) const {
  if (!is_text() || a == kBlank || b == kBlank)
    return a < b;  // numbers order as their texts do; kBlank is the least
  return text_view(a) < text_view(b);
}

std::string civil_text(std::int64_t civil_us) {
  const std::int64_t day = floor_div(civil_us, kUsPerDay);
  const std::int64_t us = civil_us - day * kUsPerDay;
  const std::int64_t s = us / kUsPerSecond;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", to_string(Day{static_cast<std::int32_t>(day)}), s / 3600,
                  s / 60 % 60, s % 60);
  if (us % kUsPerSecond != 0) text += fmt::format(".{:06}", us % kUsPerSecond);
  return text;
}

}  // namespace lamplight::tally
