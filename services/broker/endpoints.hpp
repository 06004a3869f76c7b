#pragma once

#include <string>
#include <vector>

#include "base/env.hpp"

namespace lamplight::broker {

/// Makes the folders of ipc:// endpoints, and refuses what the bus must not listen at.
/// Errors: kInvalid (endpoint and rule named); kForbidden TCP without `insecure_tcp`, or beyond loopback before the data folder
/// holds a key; kIo.
[[nodiscard]] Result<void> prepare_endpoints(Disk& disk, const std::string& data_folder,
                                             const std::vector<std::string>& endpoints,
                                             bool insecure_tcp);

}  // namespace lamplight::broker
