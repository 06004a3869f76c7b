#include "bus/bus_time.hpp"

#include <algorithm>

namespace lamplight::bus {

BusTime::BusTime(const Now& now, TimeUs last) : followed_(now), given_(last) {}

TimeUs BusTime::at(const Now& now) {
  const TimeUs expected = followed_.wall.plus_us(now.monotonic_us - followed_.monotonic_us);
  const std::int64_t step = now.wall.value - expected.value;
  held_ = step > kStepUs || step < -kStepUs;
  if (!held_) followed_ = now;
  given_ = std::max(given_, held_ ? expected : now.wall);
  return given_;
}

void BusTime::confirm(const Now& now) {
  followed_ = now;
  held_ = false;
}

}  // namespace lamplight::bus
