#include "import/time_format.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "model/rfc3339.hpp"

namespace lamplight::importer {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

// The place in a text and what was read so far.
struct TimeFormat::Reading {
  std::string_view rest;
  std::int32_t year = 1970;
  std::uint32_t month = 1;
  std::uint32_t day = 1;
  std::int32_t day_of_year = 0;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t micro = 0;
  bool half_day = false;
  bool afternoon = false;
  std::optional<std::int16_t> offset = {};
  std::optional<TimeUs> instant = {};

  // A number of `least` to `most` digits between `low` and `high`; -1 otherwise.
  std::int64_t number(std::size_t least, std::size_t most, std::int64_t low, std::int64_t high) {
    std::int64_t value = 0;
    std::size_t n = 0;
    for (; n < most && n < rest.size() && is_digit(rest[n]); ++n)
      value = value * 10 + (rest[n] - '0');
    if (n < least || value < low || value > high) return -1;
    rest.remove_prefix(n);
    return value;
  }
  template <typename T>
  bool number_into(T& out, std::size_t least, std::size_t most, std::int64_t low,
                   std::int64_t high) {
    const std::int64_t value = number(least, most, low, high);
    if (value < 0) return false;
    out = static_cast<T>(value);
    return true;
  }

  bool take(std::string_view literal) {
    if (!rest.starts_with(literal)) return false;
    rest.remove_prefix(literal.size());
    return true;
  }
  bool take_word(std::string_view word) {
    if (rest.size() < word.size()) return false;
    if (!std::equal(word.begin(), word.end(), rest.begin(),
                    [](char a, char b) { return a == lower(b); }))
      return false;
    rest.remove_prefix(word.size());
    return true;
  }
  // The whole name, or its first three letters; its index from 0, -1 for none.
  template <std::size_t N>
  int name(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; i < N; ++i) {
      if (take_word(names[i]) || take_word(names[i].substr(0, 3))) return static_cast<int>(i);
    }
    return -1;
  }
  bool take_space() {
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    return true;
  }

  bool half() {
    half_day = true;
    for (const std::string_view word : {"am", "a.m.", "上午"}) {
      if (take_word(word)) return true;
    }
    for (const std::string_view word : {"pm", "p.m.", "下午"}) {
      if (take_word(word)) return afternoon = true;
    }
    return false;
  }
  bool fraction() {
    std::int64_t unit = 100'000;
    std::size_t n = 0;
    for (; n < rest.size() && is_digit(rest[n]); ++n, unit /= 10) {
      if (n >= 6 && rest[n] != '0') return false;  // finer than a stamp holds
      micro += (rest[n] - '0') * unit;
    }
    rest.remove_prefix(n);
    return n > 0 && n <= 9;
  }
  bool zone() {
    if (take("Z") || take("z")) return (offset = std::int16_t{0}).has_value();
    const bool west = !rest.empty() && rest.front() == '-';
    if (!west && !rest.starts_with('+')) return false;
    rest.remove_prefix(1);
    const std::int64_t hours = number(2, 2, 0, 14);
    if (hours < 0) return false;
    take(":");
    std::int64_t minutes = 0;
    if (!rest.empty() && is_digit(rest.front())) minutes = number(2, 2, 0, 59);
    const std::int64_t all = hours * 60 + minutes;
    if (minutes < 0 || all > kMaxZoneMinutes) return false;
    offset = static_cast<std::int16_t>(west ? -all : all);
    return true;
  }
  bool epoch() {
    const std::int64_t seconds = number(1, 11, 0, 7'258'118'399);  // to the end of 2199
    if (seconds < 0) return false;
    std::int64_t us = seconds * kUsPerSecond;
    if (take(".")) {
      if (!fraction()) return false;
      us += micro;
    }
    instant = TimeUs{us};
    return true;
  }
  bool short_year() {
    const std::int64_t two = number(2, 2, 0, 99);
    year = static_cast<std::int32_t>(two < 69 ? 2000 + two : 1900 + two);
    return two >= 0;
  }
  bool month_name() {
    const int index = name(kMonths);
    month = static_cast<std::uint32_t>(index + 1);
    return index >= 0;
  }

  bool read(char letter) {
    switch (letter) {
      case 'Y': return number_into(year, 4, 4, 1, 9999);
      case 'y': return short_year();
      case 'm': return number_into(month, 1, 2, 1, 12);
      case 'b': return month_name();
      case 'd': take_space(); return number_into(day, 1, 2, 1, 31);
      case 'j': return number_into(day_of_year, 3, 3, 1, 366);
      case 'a': return name(kWeekdays) >= 0;
      case 'H': take_space(); return number_into(hour, 1, 2, 0, 23);
      case 'I': take_space(); return number_into(hour, 1, 2, 1, 12);
      case 'M': return number_into(minute, 1, 2, 0, 59);
      case 'S': return number_into(second, 1, 2, 0, 59);
      case 'f': return fraction();
      case 'p': return half();
      case 'z': return zone();
      case 's': return epoch();
      default: return take_space();
    }
  }
};

Result<TimeFormat> TimeFormat::compile(std::string_view format) {
  TimeFormat out;
  out.text_ = format;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (is_space(c)) {
      out.steps_.push_back({' ', {}});
    } else if (c != '%') {
      if (out.steps_.empty() || out.steps_.back().letter != 0) out.steps_.push_back({0, {}});
      out.steps_.back().literal.push_back(c);
    } else if (i + 1 == format.size()) {
      return Error(Code::kInvalid, "a format that ends in %; write %% for the sign itself");
    } else if (auto added = out.add_letter(format[++i]); !added) {
      return added.error();
    }
  }
  out.has_date_ = out.uses("Yys");
  if (auto fine = out.check(); !fine) return fine.error();
  return out;
}

Result<void> TimeFormat::add_letter(char letter) {
  const auto add = [this](std::string_view steps) {
    for (const char c : steps) {
      if (std::string_view("/-:").find(c) == std::string_view::npos) steps_.push_back({c, {}});
      else steps_.push_back({0, std::string(1, c)});
    }
  };
  switch (letter) {
    case 'Y':
    case 'y':
    case 'm':
    case 'b':
    case 'd':
    case 'j':
    case 'a':
    case 'H':
    case 'I':
    case 'M':
    case 'S':
    case 'f':
    case 'p':
    case 'z':
    case 's': add({&letter, 1}); return {};
    case 'B':
    case 'h': add("b"); return {};
    case 'e': add("d"); return {};
    case 'A': add("a"); return {};
    case 'k': add("H"); return {};
    case 'l': add("I"); return {};
    case 'n':
    case 't': add(" "); return {};
    case 'T': add("H:M:S"); return {};
    case 'R': add("H:M"); return {};
    case 'r': add("I:M:S p"); return {};
    case 'F': add("Y-m-d"); return {};
    case 'D': add("m/d/y"); return {};
    case '%': steps_.push_back({0, "%"}); return {};
    default:
      return Error(
          Code::kInvalid,
          fmt::format("%{} is no letter of a format; known are %Y %y %m %b %d %j %a %H %I %p %M "
                      "%S %f %z %s %F %D %T %R %r %%",
                      letter));
  }
}

bool TimeFormat::uses(std::string_view letters) const {
  return std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    return step.letter != 0 && letters.find(step.letter) != std::string_view::npos;
  });
}

// A format must say a whole date or none, and a time of day that is certain.
Result<void> TimeFormat::check() const {
  const auto wrong = [](std::string_view what) { return Error(Code::kInvalid, std::string(what)); };
  if (uses("s")) {
    return uses("YymbdjHIMSfpz") ? Result<void>(wrong("%s is a whole instant and stands alone"))
                                 : Result<void>();
  }
  if (uses("I") != uses("p"))
    return wrong("%I (12-hour clock) and %p (AM or PM) go together; use %H for 24 hours");
  if (uses("I") && uses("H")) return wrong("%H and %I exclude each other");
  if (uses("MSf") && !uses("HI")) return wrong("minutes without hours: add %H, or %I and %p");
  const bool day_in_year = uses("j") || (uses("mb") && uses("d"));
  if (has_date_ && !day_in_year) return wrong("a year without month and day: add %m and %d");
  if (!has_date_ && uses("mbdj")) return wrong("a date without a year: add %Y");
  if (!has_date_ && !uses("HI")) return wrong("neither a date nor a time: as in %Y-%m-%d %H:%M:%S");
  return {};
}

std::optional<CivilParts> TimeFormat::parse(std::string_view text) const {
  Reading reading{.rest = text};
  for (const Step& step : steps_) {
    if (step.letter == 0 ? !reading.take(step.literal) : !reading.read(step.letter))
      return std::nullopt;
  }
  if (!reading.rest.empty()) return std::nullopt;

  CivilParts parts;
  if (reading.instant) {
    parts.instant = reading.instant;
    return parts;
  }
  if (has_date_) {
    CivilDate date{reading.year, reading.month, reading.day};
    if (!is_valid(date)) return std::nullopt;
    if (reading.day_of_year == 366 && !is_leap_year(reading.year)) return std::nullopt;
    parts.day = reading.day_of_year > 0
                    ? day_of(CivilDate{reading.year, 1, 1}).plus(reading.day_of_year - 1)
                    : day_of(date);
  }
  if (reading.half_day) reading.hour = reading.hour % 12 + (reading.afternoon ? 12 : 0);
  parts.of_day_us =
      ((reading.hour * 60 + reading.minute) * 60 + reading.second) * kUsPerSecond + reading.micro;
  parts.offset_minutes = reading.offset;
  return parts;
}

}  // namespace lamplight::importer
