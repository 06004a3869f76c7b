#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/ids.hpp"

namespace lamplight::inner {

/// Since when the open cases are open, or open again, by the hour: what a million of them cost is an entry an hour, and every
/// age below is counted from the beginning of that hour.
class BacklogAge {
 public:
  struct Class {
    std::string_view name;
    std::int64_t below_hours = 0;  ///< 0: no bound
  };
  static constexpr std::array<Class, 6> kClasses = {{{"under_1d", 24},
                                                     {"under_7d", 7 * 24},
                                                     {"under_30d", 30 * 24},
                                                     {"under_90d", 90 * 24},
                                                     {"under_365d", 365 * 24},
                                                     {"older", 0}}};

  void add(TimeUs since) { ++by_hour_[hour(since)]; }
  /// `since` as it was added.
  void remove(TimeUs since);

  /// Cases in each class, and in none before it.
  [[nodiscard]] std::array<std::int64_t, kClasses.size()> classes(TimeUs now) const;
  /// Beginning of the hour in which the one was opened that is open longest; nothing when none is.
  [[nodiscard]] std::optional<TimeUs> oldest() const;

 private:
  static constexpr std::int64_t kHourUs = 3'600'000'000;
  [[nodiscard]] static std::int64_t hour(TimeUs at) { return at.value / kHourUs; }

  std::map<std::int64_t, std::int64_t> by_hour_;  ///< hours since 1970 → cases, none with 0
};

}  // namespace lamplight::inner
