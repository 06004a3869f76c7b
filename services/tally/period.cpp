#include <charconv>

#include "tally/spec.hpp"

namespace lamplight::tally {
namespace {

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A year, a month or a day as the stretch of days that it is.
std::optional<Period> one(std::string_view text) {
  if (text.size() == 10) {
    const auto day = day_from(text);
    if (!day) return std::nullopt;
    return Period{*day, *day};
  }
  if (text.size() != 4 && (text.size() != 7 || text[4] != '-')) return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  if (!year || *year == 0) return std::nullopt;
  const auto y = static_cast<std::int32_t>(*year);
  if (text.size() == 4) return Period{day_of(CivilDate{y, 1, 1}), day_of(CivilDate{y, 12, 31})};
  const auto month = digits(text.substr(5));
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  return Period{day_of(CivilDate{y, *month, 1}),
                day_of(CivilDate{y, *month, days_in_month(y, *month)})};
}

}  // namespace

Result<Period> parse_period(std::string_view text) {
  const Error wrong(Code::kInvalid,
                    "period \"" + std::string(text) +
                        "\": write 2022, 2022-06, 2022-06-25 or 2022-06-25..2022-08-25 "
                        "(both days inclusive)");
  const std::size_t dots = text.find("..");
  const auto first = one(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : one(text.substr(dots + 2));
  if (!first || !last || last->last < first->first) return wrong;
  return Period{first->first, last->last};
}

std::string to_string(const Period& period) {
  if (period.first == period.last) return to_string(period.first);
  return to_string(period.first) + ".." + to_string(period.last);
}

bool Window::holds(const CivilDate& date) const {
  const auto at = std::pair(date.month, date.day);
  return std::pair(first_month, first_day) <= at && at <= std::pair(last_month, last_day);
}

bool is_leap_day(Day day) {
  const CivilDate date = date_of(day);
  return date.month == 2 && date.day == 29;
}

Day year_before(Day day, bool as_first) {
  CivilDate date = date_of(day);
  --date.year;
  if (is_valid(date)) return day_of(date);
  return as_first ? day_of(CivilDate{date.year, 3, 1}) : day_of(CivilDate{date.year, 2, 28});
}

}  // namespace lamplight::tally
