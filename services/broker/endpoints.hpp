#pragma once

#include <string>
#include <vector>

#include "base/env.hpp"

namespace lamplight::broker {

/// Makes the folders of ipc:// endpoints, and refuses what the bus must not listen at.
/// Errors: kInvalid (endpoint and rule named), kForbidden TCP without `insecure_tcp`, kIo.
[[nodiscard]] Result<void> prepare_endpoints(Disk& disk, const std::vector<std::string>& endpoints,
                                             bool insecure_tcp);

}  // namespace lamplight::broker
