#pragma once

#include <string_view>

/// Files of schemas/ carried in the binary; the source is generated while building.
namespace lamplight::embedded {

/// The file's text by its path below schemas/; empty when it is not carried.
[[nodiscard]] std::string_view file(std::string_view name);

}  // namespace lamplight::embedded
