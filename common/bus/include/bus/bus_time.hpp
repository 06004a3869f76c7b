#pragma once

#include <cstdint>

#include "base/ids.hpp"

namespace lamplight::bus {

/// One look at the clocks, handed into the cores.
struct Now {
  TimeUs wall;
  std::int64_t monotonic_us = 0;
};

/// The bus's wall time: follows the wall clock, but no step of more than 5 s against the monotonic clock until it is
/// confirmed (time goes on with the monotonic clock meanwhile, or until the wall clock is back). Never goes back.
/// At the start the wall clock is believed, but for a time below `last`, the last on the log.
/// Threads: one.
class BusTime {
 public:
  static constexpr std::int64_t kStepUs = 5'000'000;

  BusTime(const Now& now, TimeUs last);
  [[nodiscard]] TimeUs at(const Now& now);
  /// A step of the wall clock waits for confirmation.
  [[nodiscard]] bool held() const { return held_; }
  /// How far the wall clock is from the time that goes on without it; positive: ahead.
  [[nodiscard]] std::int64_t step_us(const Now& now) const;
  /// An operator says that the wall clock is right.
  void confirm(const Now& now);

 private:
  Now followed_;  // the last look at which both clocks agreed
  TimeUs given_;
  bool held_ = false;
};

}  // namespace lamplight::bus
