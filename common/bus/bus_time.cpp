#include "bus/bus_time.hpp"

#include <algorithm>

namespace lamplight::bus {

BusTime::BusTime(const Now& now, TimeUs last) : followed_(now), given_(last) {}

std::int64_t BusTime::step_us(const Now& now) const {
  return now.wall.value - followed_.wall.value - (now.monotonic_us - followed_.monotonic_us);
}

TimeUs BusTime::at(const Now& now) {
  const std::int64_t step = step_us(now);
  held_ = step > kStepUs || step < -kStepUs;
  if (!held_) followed_ = now;
  given_ = std::max(given_, held_ ? now.wall.plus_us(-step) : now.wall);
  return given_;
}

void BusTime::confirm(const Now& now) {
  followed_ = now;
  held_ = false;
}

}  // namespace lamplight::bus
