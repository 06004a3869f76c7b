#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/env.hpp"

namespace lamplight::sim {

/// Runs what is due in order of simulated time, what is due at once in the order it was asked for. Threads: one.
class Scheduler {
 public:
  [[nodiscard]] std::int64_t now_us() const { return now_us_; }
  void at(std::int64_t when_us, std::function<void()> work);
  void after(std::int64_t delay_us, std::function<void()> work) {
    at(now_us_ + delay_us, std::move(work));
  }
  /// Runs the next piece of work that is due at or before `until_us`; false when there is none, and it is then.
  bool step(std::int64_t until_us);

 private:
  std::int64_t now_us_ = 1'000'000;  // zero means "never" in some places
  std::uint64_t next_number_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, std::function<void()>> queue_;
};

/// The clock of one machine: monotonic time is simulated time, wall time may be stepped.
class SimClock final : public Clock {
 public:
  explicit SimClock(const Scheduler& scheduler) : scheduler_(scheduler) {}
  [[nodiscard]] TimeUs wall() const override {
    return {kBeginUs + scheduler_.now_us() + stepped_us_};
  }
  [[nodiscard]] std::int64_t monotonic_us() const override { return scheduler_.now_us(); }
  void step(std::int64_t us) { stepped_us_ += us; }

 private:
  static constexpr std::int64_t kBeginUs = 1'714'521'600'000'000;  // 2024-05-01
  const Scheduler& scheduler_;
  std::int64_t stepped_us_ = 0;
};

}  // namespace lamplight::sim
