#pragma once

#include <cstdint>

#include "bus/client.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::runtime {

/// How far a fold or a decider has come, for its gauges.
struct Reached {
  Offset shown;          ///< of a fold its cut; of a decider where its last acknowledged frame ends
  Offset done;           ///< up to here all is evolved; of a decider decided and told, too
  TimeUs time;           ///< bus time of the last place that the state has been at
  bool has_all = false;  ///< of a decider: nothing waits, and all there is was scanned
};

/// Sets `fold_*` and the heartbeat's age. Once nothing was heard of the bus for `silence_us`, lag is unknown (NaN).
void show_lag(ServiceMetrics& metrics, const bus::BusState& bus, const Reached& reached,
              std::int64_t now_us, std::int64_t silence_us);

}  // namespace lamplight::runtime
