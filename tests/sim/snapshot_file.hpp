#pragma once

#include <string>

namespace lamplight::simtest {

/// Why a snapshot file (format in runtime/snapshot.hpp) is not whole; empty when it is.
[[nodiscard]] std::string why_not_whole(const std::string& file);

}  // namespace lamplight::simtest
