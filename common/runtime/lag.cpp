#include "lag.hpp"

#include <algorithm>
#include <limits>

namespace lamplight::runtime {

namespace {
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }
}  // namespace

void show_lag(ServiceMetrics& metrics, const bus::BusState& bus, const Reached& reached,
              std::int64_t now_us, std::int64_t silence_us) {
  const bool ever = bus.heard_at_us != 0;
  const std::int64_t age = std::max<std::int64_t>(now_us - bus.heard_at_us, 0);
  metrics.set_heartbeat_age(ever ? seconds(age) : kUnknown);
  if (!ever || !bus.connected || age > silence_us)
    return metrics.set_fold(reached.shown, kUnknown, kUnknown);
  if (reached.has_all || reached.done >= bus.head) return metrics.set_fold(reached.shown, 0, 0);
  const std::int64_t behind = std::max<std::int64_t>(bus.bus_time.value - reached.time.value, 0);
  metrics.set_fold(reached.shown, static_cast<double>(bus.head.value - reached.done.value),
                   seconds(behind));
}

}  // namespace lamplight::runtime
