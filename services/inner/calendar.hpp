#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/civil.hpp"

/// Working days and the deadlines that are counted in them.
namespace lamplight::inner {

/// One year's holidays (节假日) and make-up working days (调休), as the State Council's office announces them each autumn.
struct CalendarYear {
  std::int32_t year = 0;
  std::vector<Day> holidays;  ///< sorted
  std::vector<Day> workdays;  ///< Saturdays and Sundays that are worked; sorted
};

inline constexpr std::size_t kMaxHolidays = 60;
inline constexpr std::size_t kMaxWorkdays = 30;

/// Reads `calendar-<year>.toml`. Every mistake goes into `mistakes` with its line; nothing when there is one.
[[nodiscard]] std::optional<CalendarYear> calendar_from_toml(
    std::string_view document, std::vector<Error>* mistakes = nullptr);

/// The years that are known. In a year that is not, Monday to Friday are working days.
class Calendar {
 public:
  void set(CalendarYear year) { years_[year.year] = std::move(year); }
  [[nodiscard]] bool knows(std::int32_t year) const { return years_.contains(year); }
  [[nodiscard]] bool is_working_day(Day day) const;

 private:
  std::map<std::int32_t, CalendarYear> years_;
};

/// How long a step may take.
struct Span {
  enum class Unit : std::uint8_t { kMinutes, kDays, kWorkingDays };
  Unit unit = Unit::kMinutes;
  std::int32_t count = 1;
  bool operator==(const Span&) const = default;
};

inline constexpr std::int32_t kMaxSpanMinutes = 525'600;
inline constexpr std::int32_t kMaxSpanDays = 3'660;

/// "90 minutes", "4 hours", "60 days", "2 working days"; at least 1 of them.
[[nodiscard]] std::optional<Span> span_from(std::string_view text);
[[nodiscard]] std::string to_string(const Span& span);

/// The instant by which it must be done. Minutes count from `from`; days and working days begin the day after (the day of
/// the beginning does not count) and end at 24:00 of the last one, on the civil clock at `clock_minutes` from UTC.
[[nodiscard]] TimeUs due_after(const Span& span, TimeUs from, std::int16_t clock_minutes,
                               const Calendar& calendar);

}  // namespace lamplight::inner
