#pragma once

#include <string>
#include <vector>

#include "model/code_lists.hpp"
#include "tally/gang/gangs.hpp"

namespace lamplight::tally {

/// What became of the groups, event by event, for a terminal: one line a change, merges and splits by number.
[[nodiscard]] std::string gang_history_text(const std::vector<GangEvent>& history,
                                            Language language);

}  // namespace lamplight::tally
