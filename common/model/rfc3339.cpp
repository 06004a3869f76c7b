#include "model/rfc3339.hpp"

#include <algorithm>

#include "model/civil.hpp"

namespace lamplight {

namespace {

constexpr std::int32_t kFirstYear = 1970;
constexpr std::int32_t kLastYear = 2199;

// A day inside years 0001 and 9999, so that any zone stays within them.
constexpr std::int64_t kFirstUs = std::int64_t{day_of(CivilDate{1, 1, 2}).value} * kUsPerDay;
constexpr std::int64_t kLastUs = std::int64_t{day_of(CivilDate{9999, 12, 30}).value} * kUsPerDay;

Stamp clamped(const Stamp& stamp) {
  return {TimeUs{std::clamp(stamp.at.value, kFirstUs, kLastUs)},
          std::clamp<std::int16_t>(stamp.offset_minutes, -kMaxZoneMinutes, kMaxZoneMinutes)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `count` digits at `at` as a number; -1 when there are no such digits.
std::int32_t digits(std::string_view text, std::size_t at, std::size_t count) {
  std::int32_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || !is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  char buffer[20];
  std::size_t n = 0;
  do {
    buffer[n++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (std::size_t i = n; i < width; ++i) out.push_back('0');
  while (n > 0) out.push_back(buffer[--n]);
}

// The fraction behind the seconds; moves `at` past it.
StampFault read_fraction(std::string_view text, std::size_t& at, std::int64_t& us) {
  if (at >= text.size() || text[at] != '.') return StampFault::kNone;
  const std::size_t from = ++at;
  std::int64_t value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (at - from == 6) return StampFault::kFraction;
    value = value * 10 + (text[at] - '0');
  }
  if (at == from) return StampFault::kShape;
  for (std::size_t n = at - from; n < 6; ++n) value *= 10;
  us = value;
  return StampFault::kNone;
}

StampFault read_zone(std::string_view zone, std::int32_t& minutes) {
  minutes = 0;
  if (zone.empty()) return StampFault::kZone;
  if (zone == "Z" || zone == "z") return StampFault::kNone;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
    return StampFault::kShape;
  const std::int32_t hour = digits(zone, 1, 2);
  const std::int32_t minute = digits(zone, 4, 2);
  if (hour < 0 || minute < 0) return StampFault::kShape;
  if (minute > 59 || hour * 60 + minute > kMaxZoneMinutes) return StampFault::kZoneRange;
  minutes = zone[0] == '-' ? -(hour * 60 + minute) : hour * 60 + minute;
  return StampFault::kNone;
}

}  // namespace

StampFault parse_rfc3339(std::string_view text, Stamp& out) {
  constexpr std::size_t kSecondsEnd = 19;
  const std::int32_t year = digits(text, 0, 4);
  const std::int32_t month = digits(text, 5, 2);
  const std::int32_t day = digits(text, 8, 2);
  const std::int32_t hour = digits(text, 11, 2);
  const std::int32_t minute = digits(text, 14, 2);
  const std::int32_t second = digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0)
    return StampFault::kShape;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return StampFault::kShape;
  }
  std::size_t at = kSecondsEnd;
  std::int64_t us = 0;
  if (const auto fault = read_fraction(text, at, us); fault != StampFault::kNone) return fault;
  std::int32_t zone = 0;
  if (const auto fault = read_zone(text.substr(at), zone); fault != StampFault::kNone) return fault;

  const CivilDate date{year, static_cast<std::uint32_t>(month), static_cast<std::uint32_t>(day)};
  if (!is_valid(date)) return StampFault::kDay;
  if (year < kFirstYear || year > kLastYear) return StampFault::kYear;
  if (second == 60 && hour < 24 && minute < 60) return StampFault::kLeapSecond;
  if (hour > 23 || minute > 59 || second > 59) return StampFault::kTime;

  const std::int64_t civil_seconds =
      std::int64_t{day_of(date).value} * 86'400 + hour * 3600 + minute * 60 + second;
  out.at = TimeUs{civil_seconds * kUsPerSecond + us - std::int64_t{zone} * kUsPerMinute};
  out.offset_minutes = static_cast<std::int16_t>(zone);
  return StampFault::kNone;
}

std::string_view rule_name(StampFault fault) {
  switch (fault) {
    case StampFault::kNone: return "";
    case StampFault::kShape: return "timestamp";
    case StampFault::kZone: return "zone_required";
    case StampFault::kZoneRange: return "zone_range";
    case StampFault::kDay: return "no_such_day";
    case StampFault::kTime: return "no_such_time";
    case StampFault::kLeapSecond: return "leap_second";
    case StampFault::kYear: return "year_range";
    case StampFault::kFraction: return "fraction";
  }
  return "timestamp";
}

std::string_view hint(StampFault fault) {
  switch (fault) {
    case StampFault::kNone: return "";
    case StampFault::kShape: return "write RFC 3339 with its zone: 2022-08-25T20:15:00+08:00";
    case StampFault::kZone:
      return "end with the zone, Z or such as +08:00: a time without one names no instant";
    case StampFault::kZoneRange: return "zones lie between -14:00 and +14:00";
    case StampFault::kDay: return "the calendar has no such day";
    case StampFault::kTime: return "hours are 00 to 23, minutes and seconds 00 to 59";
    case StampFault::kLeapSecond:
      return "second 60 is not taken: send 59, or 00 of the next minute";
    case StampFault::kYear: return "years 1970 to 2199 are taken";
    case StampFault::kFraction: return "at most six digits behind the second";
  }
  return "";
}

void append_rfc3339(std::string& out, const Stamp& told) {
  const Stamp stamp = clamped(told);
  const std::int64_t civil = stamp.civil_us();
  const std::int64_t day = floor_div(civil, kUsPerDay);
  const std::int64_t in_day = civil - day * kUsPerDay;
  const CivilDate date = date_of(Day{static_cast<std::int32_t>(day)});
  const std::int64_t seconds = in_day / kUsPerSecond;
  const std::int64_t us = in_day % kUsPerSecond;
  append_digits(out, date.year, 4);
  out.push_back('-');
  append_digits(out, date.month, 2);
  out.push_back('-');
  append_digits(out, date.day, 2);
  out.push_back('T');
  append_digits(out, seconds / 3600, 2);
  out.push_back(':');
  append_digits(out, seconds / 60 % 60, 2);
  out.push_back(':');
  append_digits(out, seconds % 60, 2);
  if (us != 0) {
    out.push_back('.');
    if (us % 1000 == 0) append_digits(out, us / 1000, 3);
    else append_digits(out, us, 6);
  }
  if (stamp.offset_minutes == 0) {
    out.push_back('Z');
    return;
  }
  const std::int32_t zone = stamp.offset_minutes < 0 ? -stamp.offset_minutes : stamp.offset_minutes;
  out.push_back(stamp.offset_minutes < 0 ? '-' : '+');
  append_digits(out, zone / 60, 2);
  out.push_back(':');
  append_digits(out, zone % 60, 2);
}

std::string to_rfc3339(const Stamp& stamp) {
  std::string out;
  out.reserve(32);
  append_rfc3339(out, stamp);
  return out;
}

std::string to_rfc3339(TimeUs time) { return to_rfc3339(Stamp{time, 0}); }

bool is_sane(const Stamp& stamp) {
  return stamp.at.value >= kFirstUs && stamp.at.value <= kLastUs &&
         stamp.offset_minutes >= -kMaxZoneMinutes && stamp.offset_minutes <= kMaxZoneMinutes;
}

std::string to_string(Day day) {
  const CivilDate date = date_of(day);
  std::string out;
  append_digits(out, date.year, 4);
  out.push_back('-');
  append_digits(out, date.month, 2);
  out.push_back('-');
  append_digits(out, date.day, 2);
  return out;
}

std::optional<Day> day_from(std::string_view text) {
  const std::int32_t year = digits(text, 0, 4);
  const std::int32_t month = digits(text, 5, 2);
  const std::int32_t day = digits(text, 8, 2);
  if (text.size() != 10 || year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-')
    return std::nullopt;
  const CivilDate date{year, static_cast<std::uint32_t>(month), static_cast<std::uint32_t>(day)};
  if (!is_valid(date)) return std::nullopt;
  return day_of(date);
}

}  // namespace lamplight
