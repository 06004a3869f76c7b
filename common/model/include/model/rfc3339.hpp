#pragma once

#include <string>
#include <string_view>

#include "model/alert.hpp"

namespace lamplight {

/// What keeps a text from being a stamp. `rule_name` is what partners are told.
enum class StampFault {
  kNone,
  kShape,       ///< not yyyy-mm-ddThh:mm:ss[.ffffff] and a zone
  kZone,        ///< the zone is missing: a time alone names no instant
  kZoneRange,   ///< beyond ±14:00
  kDay,         ///< no such day in the calendar
  kTime,        ///< no such time of day
  kLeapSecond,  ///< second 60: civil clocks and reports cannot hold it
  kYear,        ///< before 1970 or after 2199
  kFraction,    ///< finer than microseconds
};

/// Reads an RFC 3339 time with its zone: `2022-08-25T20:15:00+08:00`, `...T12:15:00.5Z`. `t` and `z` will do, as the RFC
/// says; `-00:00` counts as UTC. `out` is written only when the answer is kNone.
[[nodiscard]] StampFault parse_rfc3339(std::string_view text, Stamp& out);

/// Stable name of the broken rule: timestamp, zone_required, leap_second, …
[[nodiscard]] std::string_view rule_name(StampFault fault);
/// What to do about it, for people.
[[nodiscard]] std::string_view hint(StampFault fault);

/// The stamp in its own zone, `Z` at offset 0, with no fraction, three digits or six as needed.
/// What is not sane is shown as the nearest instant that is.
void append_rfc3339(std::string& out, const Stamp& stamp);
[[nodiscard]] std::string to_rfc3339(const Stamp& stamp);
/// An instant in UTC, as for bus time.
[[nodiscard]] std::string to_rfc3339(TimeUs time);

inline constexpr std::int16_t kMaxZoneMinutes = 14 * 60;

/// Whether a stamp read from outside bytes can be formatted and counted: years 0001 .. 9999, zone within ±14:00.
[[nodiscard]] bool is_sane(const Stamp& stamp);

}  // namespace lamplight
