#pragma once

#include <string_view>

namespace lamplight::runtime {

[[nodiscard]] std::string_view version();  ///< "0.1.0"
[[nodiscard]] std::string_view
commit();  ///< short hash this was built from, "unknown" outside a repository

}  // namespace lamplight::runtime
