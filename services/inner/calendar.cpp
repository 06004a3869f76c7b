#include "inner/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "inner/toml_fields.hpp"

namespace lamplight::inner {

namespace {

bool holds(const std::vector<Day>& days, Day day) {
  return std::binary_search(days.begin(), days.end(), day);
}

bool is_weekend(Day day) { return weekday(day) >= 6; }

void check(const CalendarYear& made, TomlFields& in) {
  for (const Day day : made.holidays) {
    if (date_of(day).year != made.year)
      in.fail("holidays", fmt::format("holds {}, a day of another year", to_string(day)));
    if (holds(made.workdays, day))
      in.fail("holidays", fmt::format("holds {}, which is a working day too", to_string(day)));
  }
  for (const Day day : made.workdays) {
    if (date_of(day).year != made.year)
      in.fail("workdays", fmt::format("holds {}, a day of another year", to_string(day)));
    if (!is_weekend(day))
      in.fail("workdays", fmt::format("holds {}, which is no Saturday or Sunday: such days are "
                                      "working days as they are",
                                      to_string(day)));
  }
}

}  // namespace

std::optional<CalendarYear> calendar_from_toml(std::string_view document,
                                               std::vector<Error>* mistakes) {
  Mistakes met("calendar");
  CalendarYear made;
  if (const auto table = parse_toml(document, met)) {
    TomlFields in(*table, "", met);
    made.year = static_cast<std::int32_t>(in.integer("year", 1970, 2199, true).value_or(1970));
    made.holidays = in.days("holidays", kMaxHolidays);
    made.workdays = in.days("workdays", kMaxWorkdays);
    check(made, in);
    in.finish();
  }
  if (mistakes != nullptr) *mistakes = met.all();
  if (!met.all().empty()) return std::nullopt;
  return made;
}

bool Calendar::is_working_day(Day day) const {
  const auto year = years_.find(date_of(day).year);
  if (year == years_.end()) return !is_weekend(day);
  if (holds(year->second.workdays, day)) return true;
  return !is_weekend(day) && !holds(year->second.holidays, day);
}

std::optional<Span> span_from(std::string_view text) {
  std::int32_t count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (fault != std::errc{} || count < 1) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto is = [&](std::string_view one, std::string_view many) {
    return unit == one || unit == many;
  };
  if (is(" minute", " minutes") && count <= kMaxSpanMinutes)
    return Span{Span::Unit::kMinutes, count};
  if (is(" hour", " hours") && count <= kMaxSpanMinutes / 60)
    return Span{Span::Unit::kMinutes, count * 60};
  if (is(" day", " days") && count <= kMaxSpanDays) return Span{Span::Unit::kDays, count};
  if (is(" working day", " working days") && count <= kMaxSpanDays)
    return Span{Span::Unit::kWorkingDays, count};
  return std::nullopt;
}

std::string to_string(const Span& span) {
  const char* unit = span.unit == Span::Unit::kMinutes ? "minute"
                     : span.unit == Span::Unit::kDays  ? "day"
                                                       : "working day";
  return fmt::format("{} {}{}", span.count, unit, span.count == 1 ? "" : "s");
}

TimeUs due_after(const Span& span, TimeUs from, std::int16_t clock_minutes,
                 const Calendar& calendar) {
  if (span.unit == Span::Unit::kMinutes) return from.plus_us(span.count * kUsPerMinute);
  const std::int64_t zone_us = clock_minutes * kUsPerMinute;
  Day day{static_cast<std::int32_t>(floor_div(from.value + zone_us, kUsPerDay))};
  if (span.unit == Span::Unit::kDays) {
    day = day.plus(span.count);
  } else {
    // Ends: a year has at most kMaxHolidays days without work beside its weekends.
    for (std::int32_t left = span.count; left > 0;) {
      day = day.plus(1);
      if (calendar.is_working_day(day)) --left;
    }
  }
  return TimeUs{(std::int64_t{day.value} + 1) * kUsPerDay - zone_us};
}

}  // namespace lamplight::inner
