#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/alert.hpp"

/// The proleptic Gregorian calendar by arithmetic: no time zones, no tables. Good for years -9999 .. 9999.
namespace lamplight {

struct CivilDate {
  std::int32_t year = 1970;
  std::uint32_t month = 1;  ///< 1..12
  std::uint32_t day = 1;    ///< 1..31
  auto operator<=>(const CivilDate&) const = default;
};

/// A civil day, counted from 1970-01-01 = 0.
struct Day {
  std::int32_t value = 0;
  auto operator<=>(const Day&) const = default;
  [[nodiscard]] constexpr Day plus(std::int32_t days) const { return {value + days}; }
};

inline constexpr std::int64_t kUsPerSecond = 1'000'000;
inline constexpr std::int64_t kUsPerMinute = 60 * kUsPerSecond;
inline constexpr std::int64_t kUsPerDay = 86'400 * kUsPerSecond;

/// Rounds towards the past: the instant before 1970-01-01 00:00 lies in day -1.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

[[nodiscard]] constexpr bool is_leap_year(std::int32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

[[nodiscard]] constexpr std::uint32_t days_in_month(std::int32_t year, std::uint32_t month) {
  constexpr std::uint32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[(month - 1) % 12];
}

[[nodiscard]] constexpr bool is_valid(const CivilDate& date) {
  return date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= days_in_month(date.year, date.month);
}

/// The day of a valid date (H. Hinnant's days_from_civil: eras of 400 years that begin in March).
[[nodiscard]] constexpr Day day_of(const CivilDate& date) {
  const std::int32_t y = date.year - (date.month <= 2 ? 1 : 0);
  const std::int32_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int32_t year_of_era = y - era * 400;
  const auto month = static_cast<std::int32_t>(date.month);
  const std::int32_t day_of_year =
      (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + static_cast<std::int32_t>(date.day) - 1;
  return {era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
          719'468};
}

[[nodiscard]] constexpr CivilDate date_of(Day day) {
  const std::int32_t z = day.value + 719'468;
  const std::int32_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const std::int32_t day_of_era = z - era * 146'097;
  const std::int32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int32_t mp = (5 * day_of_year + 2) / 153;
  const std::int32_t month = mp < 10 ? mp + 3 : mp - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), static_cast<std::uint32_t>(month),
          static_cast<std::uint32_t>(day_of_year - (153 * mp + 2) / 5 + 1)};
}

/// The civil day that the stamp names in its own zone.
[[nodiscard]] inline Day day_of(const Stamp& stamp) {
  return {static_cast<std::int32_t>(floor_div(stamp.civil_us(), kUsPerDay))};
}

/// 1 = Monday .. 7 = Sunday (ISO 8601).
[[nodiscard]] constexpr std::int32_t weekday(Day day) {
  const std::int32_t from_monday = (day.value + 3) % 7;  // 1970-01-01 was a Thursday
  return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

/// "2022-08-25"
[[nodiscard]] std::string to_string(Day day);
/// Nothing unless exactly yyyy-mm-dd and a day of the calendar.
[[nodiscard]] std::optional<Day> day_from(std::string_view text);

}  // namespace lamplight
