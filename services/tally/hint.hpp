#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lamplight::tally {

/// "; did you mean day_of?" for the candidate with the fewest edits, or a list of all when none is near.
[[nodiscard]] std::string hint(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace lamplight::tally
