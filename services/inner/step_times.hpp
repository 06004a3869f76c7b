#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "inner/rules.hpp"
#include "runtime/fold.hpp"

namespace lamplight::inner {

/// How long the steps took that have ended, counted by the bounds of runtime::human_bounds().
///
/// Part of the decider's state: the same after a replay or a restored snapshot. Other bounds make another state_version.
class StepTimes {
 public:
  /// Of one step.
  struct Times {
    std::vector<std::int64_t>
        counts;  ///< by the first bound that is not below it; the last: above all bounds
    std::int64_t sum_us = 0;
  };

  StepTimes();
  /// A step ended after so long; less than nothing counts as nothing.
  void record(std::size_t step, std::int64_t us);
  [[nodiscard]] const Times& of(std::size_t step) const { return times_.at(step); }

  void save(runtime::SnapshotWriter& out) const;
  void load(runtime::SnapshotReader& in);

 private:
  std::array<Times, kSteps> times_;
};

}  // namespace lamplight::inner
