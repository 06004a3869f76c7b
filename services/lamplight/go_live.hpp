#pragma once

#include "base/result.hpp"
#include "bus/client.hpp"

namespace lamplight::cli {

/// Takes the seeded log behind a connected client live, for good; the offset of `control.log.went_live`.
/// Errors: kInvalid when it is live already; what the bus answered.
[[nodiscard]] Result<Offset> go_live(bus::Client& client);

}  // namespace lamplight::cli
