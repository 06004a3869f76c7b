#pragma once

#include <string>
#include <vector>

#include "model/code_lists.hpp"
#include "tally/campaign_report/annex.hpp"
#include "tally/clearance/clearance.hpp"
#include "tally/gang/gangs.hpp"

namespace lamplight::tally {

/// Who has reported what of an operation, who has not, and what came of it: tables for a terminal.
[[nodiscard]] std::string clearance_text(const ClearanceView& view, const CodeLists& lists,
                                         Language language);
/// A line for each operation, and codes of those that belong to none of the campaigns.
[[nodiscard]] std::string clearances_text(const ClearanceOperations& found, const CodeLists& lists,
                                          Language language);
/// Groups proposed for review with the links that made them.
[[nodiscard]] std::string gangs_text(const std::vector<Gang>& gangs, Language language);

}  // namespace lamplight::tally
