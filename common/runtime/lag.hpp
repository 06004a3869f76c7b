#pragma once

#include <cstdint>

#include "bus/client.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::runtime {

/// How far a decider has come, for its gauges.
struct DeciderPlace {
  Offset frame;          ///< where its last acknowledged frame ends
  Offset decided;        ///< up to here all is decided and told
  TimeUs time;           ///< bus time of the last place that the state has been at
  bool has_all = false;  ///< nothing waits to be evolved or decided, and all there is was scanned
};

/// Sets `fold_*` and the heartbeat's age. Once nothing was heard of the bus for `silence_us`, lag is unknown (NaN).
void show_lag(ServiceMetrics& metrics, const bus::BusState& bus, const DeciderPlace& place,
              std::int64_t now_us, std::int64_t silence_us);

}  // namespace lamplight::runtime
