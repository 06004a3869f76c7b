#include "tally/campaign_report/feasible.hpp"

#include <cstdlib>

#include "tally/report.hpp"

namespace lamplight::tally {
namespace {

constexpr std::int64_t kGreatest = std::int64_t{1} << 40;

bool rounds_to(std::int64_t count, std::int64_t baseline, std::int64_t percent) {
  return change(count, baseline).pct_int == percent;
}
bool cuts_to(std::int64_t count, std::int64_t baseline, std::int64_t percent) {
  return 100 * (count - baseline) / baseline == percent;  // C++ cuts towards zero
}

Feasible::Near near(std::int64_t count, std::int64_t baseline) {
  return {baseline, change(count, baseline).pct_1dp.value_or("")};
}

}  // namespace

Feasible feasible_baseline(std::int64_t count, std::int64_t percent) {
  Feasible found;
  if (count < 0 || count > kGreatest) return found;
  if (percent > 100 * kGreatest) return found;  // more than from 1 to the greatest
  if (percent < -100) return found;             // no count falls by more than all
  if (percent == -100) {  // nothing left; or so little of so much that it rounds to that
    found.rounded = true;
    found.cut = count == 0;
    found.baseline = count == 0 ? 1 : 200 * count;
    return found;
  }
  // The percentage falls as the baseline grows, so what gives it lies around 100·count/(100+percent).
  const std::int64_t middle = 100 * count / (100 + percent);
  if (middle >= 1) found.above = near(count, middle);
  found.below = near(count, middle + 1);
  // The baselines that give it are a stretch around that point, so one beside it gives it if any does.
  const auto search = [&](auto gives) -> std::optional<std::int64_t> {
    const auto give = [&](std::int64_t b) { return b >= 1 && gives(count, b, percent); };
    for (const std::int64_t b : {middle, middle + 1}) {
      if (give(b)) return b;
    }
    return std::nullopt;
  };
  if (const auto rounded = search(rounds_to)) found.rounded = true, found.baseline = rounded;
  if (const auto cut = search(cuts_to)) {
    found.cut = true;
    if (!found.baseline) found.baseline = cut;
  }
  return found;
}

}  // namespace lamplight::tally
