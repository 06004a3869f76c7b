#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lamplight::tally {

/// Whether a printed percentage can be true of a count.
struct Feasible {
  bool rounded = false;                  ///< a whole baseline gives it, rounded half away from zero
  bool cut = false;                      ///< a whole baseline gives it, cut towards zero
  std::optional<std::int64_t> baseline;  ///< the one that comes closest
  struct Near {
    std::int64_t baseline = 0;
    std::string pct_1dp;
  };
  std::optional<Near> above,
      below;  ///< the nearest ones that give at least, and less than, the percentage
};

/// Exact search over whole numbers b > 0 of 100·(count − b)/b. Counts of 0 to 2^40.
[[nodiscard]] Feasible feasible_baseline(std::int64_t count, std::int64_t percent);

}  // namespace lamplight::tally
