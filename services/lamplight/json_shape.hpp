#pragma once

#include <string_view>

namespace lamplight::cli {

/// Whether a text, of which this is the beginning, is one JSON object a line rather than a single object or array:
/// its first line is a whole object and something follows.
[[nodiscard]] bool is_lines(std::string_view beginning);

}  // namespace lamplight::cli
