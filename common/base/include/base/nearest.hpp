#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamplight {

/// The candidate a mistyped `name` most likely meant: fewest edits (Levenshtein, ASCII case ignored), at most two or a
/// third of the name's length, the first of equals; none when nothing is that near. Names over 64 bytes are near none.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      const std::vector<std::string>& candidates);

}  // namespace lamplight
