#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "tally/grouping.hpp"
#include "tally/sections.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

Period window_of(const Window& window, std::int32_t year) {
  const auto clamped = [year](std::uint32_t month, std::uint32_t day) {
    return day_of(CivilDate{year, month, std::min(day, days_in_month(year, month))});
  };
  return {clamped(window.first_month, window.first_day),
          clamped(window.last_month, window.last_day)};
}

Period month_period(std::int32_t month_number) {
  const auto year = static_cast<std::int32_t>(floor_div(month_number, 12));
  const auto month = static_cast<std::uint32_t>(month_number - year * 12 + 1);
  return {day_of(CivilDate{year, month, 1}),
          day_of(CivilDate{year, month, days_in_month(year, month)})};
}

std::int32_t month_number(Day day) {
  const CivilDate date = date_of(day);
  return date.year * 12 + static_cast<std::int32_t>(date.month) - 1;
}

std::vector<Pair> year_pairs(const Population& population, const ComparisonSpec& spec) {
  std::vector<std::int32_t> years = spec.years;
  if (years.empty() && population.span()) {
    const std::int32_t last = date_of(population.span()->last).year;
    for (std::int32_t year = date_of(population.span()->first).year; year <= last; ++year)
      years.push_back(year);
  }
  Window window;
  for (const Window& known : population.spec().windows) {
    if (known.name == spec.window) window = known;
  }
  std::vector<Pair> pairs;
  for (std::size_t i = 1; i < years.size(); ++i) {
    pairs.push_back({.name = fmt::format("{}_vs_{}", years[i], years[i - 1]),
                     .current = window_of(window, years[i]),
                     .previous = window_of(window, years[i - 1]),
                     .current_until = {},
                     .previous_until = {}});
  }
  return pairs;
}

std::vector<Pair> month_pairs(const Population& population, const ComparisonSpec& spec) {
  std::optional<Period> months = spec.months;
  if (!months && population.span()) {
    months =
        population
            .span();  // from the first whole month; the last one only when it is whole or compared as running
    if (date_of(months->first).day != 1)
      months->first = month_period(month_number(months->first)).last.plus(1);
    const Period last = month_period(month_number(months->last));
    if (last.last != months->last && !population.spec().to_the_minute)
      months->last = last.first.plus(-1);
  }
  std::vector<Pair> pairs;
  if (!months) return pairs;
  for (std::int32_t m = month_number(months->first) + 1; m <= month_number(months->last); ++m) {
    const auto name = [](std::int32_t n) { return to_string(month_period(n).first).substr(0, 7); };
    pairs.push_back({.name = name(m) + "_vs_" + name(m - 1),
                     .current = month_period(m),
                     .previous = month_period(m - 1),
                     .current_until = {},
                     .previous_until = {}});
  }
  return pairs;
}

std::vector<Pair> recent_pair(const Population& population, const std::optional<Period>& period,
                              const ComparisonSpec& spec) {
  if (!population.now_us()) return {};
  const Day today{static_cast<std::int32_t>(floor_div(*population.now_us(), kUsPerDay))};
  Pair pair;
  if (spec.kind == ComparisonKind::kAdjacent) {
    pair.current = {today.plus(1 - spec.days), today};
    pair.previous = {today.plus(1 - 2 * spec.days), today.plus(-spec.days)};
    pair.name = fmt::format("last_{0}_days_vs_{0}_before", spec.days);
  } else {
    const std::int32_t year = date_of(today).year;
    pair.current =
        period.value_or(Period{day_of(CivilDate{year, 1, 1}), day_of(CivilDate{year, 12, 31})});
    pair.previous = {year_before(pair.current.first, true), year_before(pair.current.last, false)};
    pair.name = to_string(pair.current) + "_vs_" + to_string(pair.previous);
  }
  return {pair};
}

bool by_calendar(ComparisonKind kind) {
  return kind == ComparisonKind::kYearOverYear || kind == ComparisonKind::kPreviousYear;
}

/// Half-open stretches of day-cut time that a pair really compares.
struct Bounds {
  std::int64_t current_from, current_until, previous_from, previous_until;
};

std::int64_t start_us(Day day) { return day.value * kUsPerDay; }

/// Equal periods: where the current one still runs, both end at the same minute.
Bounds bounds_of(const Population& population, ComparisonKind kind, const Pair& pair) {
  Bounds bounds{start_us(pair.current.first), start_us(pair.current.last.plus(1)),
                start_us(pair.previous.first), start_us(pair.previous.last.plus(1))};
  if (!population.spec().to_the_minute || !population.now_us()) return bounds;
  // The end of the minute that the last event lies in: what is known of it counts.
  const std::int64_t now = (floor_div(*population.now_us(), kUsPerMinute) + 1) * kUsPerMinute;
  if (now >= bounds.current_until) return bounds;
  bounds.current_until = std::max(now, bounds.current_from);
  std::int64_t same = bounds.previous_from + (bounds.current_until - bounds.current_from);
  if (by_calendar(kind)) {
    const Day day{static_cast<std::int32_t>(floor_div(bounds.current_until, kUsPerDay))};
    const Day before = year_before(day, true);
    same = start_us(before) + (is_leap_day(day) ? 0 : bounds.current_until - start_us(day));
  }
  bounds.previous_until = std::clamp(same, bounds.previous_from, bounds.previous_until);
  return bounds;
}

void note_bounds(const Population& population, Pair& pair, const Bounds& bounds) {
  const std::int64_t cut_us = population.spec().day_cut_hour * 3600 * kUsPerSecond;
  if (bounds.current_until != start_us(pair.current.last.plus(1))) {
    pair.current_until = civil_text(bounds.current_until + cut_us);
    pair.previous_until = civil_text(bounds.previous_until + cut_us);
  }
  pair.baseline_incomplete = !population.span() || pair.previous.first < population.span()->first;
}

struct Sums {
  std::int64_t current = 0;
  std::int64_t previous = 0;
};

std::int64_t half_away(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t rounded = (2 * std::abs(numerator) + denominator) / (2 * denominator);
  return numerator < 0 ? -rounded : rounded;
}

}  // namespace

PercentChange change(std::int64_t current, std::int64_t previous) {
  PercentChange result{.current = current, .previous = previous, .pct_int = {}, .pct_1dp = {}};
  // Sums over 2^53 fen (90 million million yuan) would not fit the arithmetic; negative bases have no percentage.
  constexpr std::int64_t kLimit = std::int64_t{1} << 51;
  if (previous <= 0 || current > kLimit || previous > kLimit || current < -kLimit) return result;
  const std::int64_t difference = current - previous;
  result.pct_int = half_away(100 * difference, previous);
  const std::int64_t tenths = half_away(1000 * difference, previous);
  result.pct_1dp =
      fmt::format("{}{}.{}", tenths < 0 ? "-" : "", std::abs(tenths) / 10, std::abs(tenths) % 10);
  return result;
}

std::vector<Pair> make_pairs(const Population& population, const std::optional<Period>& period,
                             const ComparisonSpec& spec) {
  switch (spec.kind) {
    case ComparisonKind::kYearOverYear: return year_pairs(population, spec);
    case ComparisonKind::kMonthOverMonth: return month_pairs(population, spec);
    case ComparisonKind::kAdjacent:
    case ComparisonKind::kPreviousYear: return recent_pair(population, period, spec);
    case ComparisonKind::kPairs: break;
  }
  std::vector<Pair> pairs;
  for (const PairSpec& pair : spec.pairs) {
    pairs.push_back({.name = pair.name,
                     .current = pair.current,
                     .previous = pair.previous,
                     .current_until = {},
                     .previous_until = {}});
  }
  return pairs;
}

Comparison make_comparison(const Population& population, const std::optional<Period>& period,
                           const ComparisonSpec& spec) {
  Comparison comparison{.name = spec.name, .measure = spec.measure, .pairs = {}, .tables = {}};
  comparison.pairs = make_pairs(population, period, spec);
  std::vector<Bounds> bounds;
  for (Pair& pair : comparison.pairs) {
    bounds.push_back(bounds_of(population, spec.kind, pair));
    note_bounds(population, pair, bounds.back());
  }
  for (const Dimensions& by : spec.by) {
    const Grouping grouping(population, by);
    GroupMap<std::vector<Sums>> groups;
    if (by.empty())
      groups[GroupKey{}].resize(bounds.size());  // a total stands there even of nothing
    for (const Alert& alert : population.alerts()) {
      const std::int64_t at = population.world_us(alert);
      const bool left_out = by_calendar(spec.kind) && is_leap_day(alert.day);
      const Row& row = population.row(alert);
      const std::int64_t value = spec.measure == Measure::kAlerts ? 1
                                 : row.has_amount                 ? row.amount_fen
                                                                  : 0;
      grouping.for_each_key(alert, [&](const GroupKey& key) {
        std::vector<Sums>& sums = groups[key];
        sums.resize(bounds.size());
        for (std::size_t p = 0; p < bounds.size() && !left_out; ++p) {
          if (bounds[p].current_from <= at && at < bounds[p].current_until)
            sums[p].current = add_up(sums[p].current, value);
          if (bounds[p].previous_from <= at && at < bounds[p].previous_until)
            sums[p].previous = add_up(sums[p].previous, value);
        }
      });
    }
    auto& table = comparison.tables.emplace_back();
    table.by = by;
    for (const auto* entry : grouping.sorted(groups)) {
      auto& row = table.rows.emplace_back();
      row.key = grouping.texts(entry->first);
      for (const Sums& sums : entry->second)
        row.changes.push_back(change(sums.current, sums.previous));
    }
  }
  return comparison;
}

}  // namespace lamplight::tally
