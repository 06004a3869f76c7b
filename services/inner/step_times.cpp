#include "inner/step_times.hpp"

#include <algorithm>

#include "runtime/metrics.hpp"

namespace lamplight::inner {

StepTimes::StepTimes() {
  for (Times& each : times_) each.counts.resize(runtime::human_bounds().size() + 1);
}

void StepTimes::record(std::size_t step, std::int64_t us) {
  us = std::max<std::int64_t>(us, 0);
  const std::vector<double>& bounds = runtime::human_bounds();
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), static_cast<double>(us) / 1e6);
  Times& times = times_.at(step);
  ++times.counts.at(static_cast<std::size_t>(bound - bounds.begin()));
  times.sum_us += us;
}

void StepTimes::save(runtime::SnapshotWriter& out) const {
  out.array(kSteps);
  for (const Times& each : times_) {
    out.array(static_cast<std::uint32_t>(each.counts.size() + 1));
    out.sint(each.sum_us);
    for (const std::int64_t count : each.counts) out.sint(count);
  }
}

void StepTimes::load(runtime::SnapshotReader& in) {
  if (in.array() != kSteps) return in.fail();
  for (Times& each : times_) {
    if (in.array() != each.counts.size() + 1) return in.fail();
    each.sum_us = in.sint();
    for (std::int64_t& count : each.counts) count = in.sint();
  }
}

}  // namespace lamplight::inner
