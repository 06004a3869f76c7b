#include "inner/backlog_age.hpp"

#include "base/check.hpp"

namespace lamplight::inner {

void BacklogAge::remove(TimeUs since) {
  const auto found = by_hour_.find(hour(since));
  LAMPLIGHT_CHECK(found != by_hour_.end(),
                  "a case that is closed was open since an hour that is known");
  if (--found->second == 0) by_hour_.erase(found);
}

std::array<std::int64_t, BacklogAge::kClasses.size()> BacklogAge::classes(TimeUs now) const {
  std::array<std::int64_t, kClasses.size()> out{};
  for (const auto& [opened, cases] : by_hour_) {
    const std::int64_t us = now.value - opened * kHourUs;
    std::size_t at = 0;
    while (kClasses.at(at).below_hours != 0 && us >= kClasses.at(at).below_hours * kHourUs) ++at;
    out.at(at) += cases;
  }
  return out;
}

std::optional<TimeUs> BacklogAge::oldest() const {
  if (by_hour_.empty()) return std::nullopt;
  return TimeUs{by_hour_.begin()->first * kHourUs};
}

}  // namespace lamplight::inner
