#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace lamplight::demo {

/// One synthetic alert as a partner would post it.
struct Alert {
  TimeUs reported_at;
  std::string json;  ///< one line, no line break
};

struct Span {
  std::chrono::sys_days first;  ///< both inclusive, civil days at +08:00
  std::chrono::sys_days last;
};

/// The hundred days that end with `last_day`.
[[nodiscard]] Span campaign_days(std::chrono::sys_days last_day);
/// The same calendar days a year before (29 February becomes the 28th).
[[nodiscard]] Span year_before(const Span& days);

/// The whole synthetic campaign: the year before and the hundred days, in order of reported_at. Counts by category and
/// sums of money are exactly those of figures.hpp; places, hours and response times are drawn from `seed`.
/// A few alerts more have status Exercise: they must never be counted.
[[nodiscard]] std::vector<Alert> make_campaign(const Span& days, std::uint64_t seed);

/// One alert of the live trickle, reported at `now`; `number` makes its reference.
[[nodiscard]] Alert make_live_alert(TimeUs now, std::uint64_t number, std::uint64_t seed);

}  // namespace lamplight::demo
