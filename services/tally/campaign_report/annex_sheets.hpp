#pragma once

#include <vector>

#include "tally/campaign_report/sheets.hpp"

/// The pages of a report's annex, in one language. A page that has nothing to tell is there only where the definition asks for
/// it ([gangs], a measure of clearance reports), and says that there is nothing.
namespace lamplight::tally {

/// Bounds of what is printed; JSON and the routes have all: of who has not reported, was late or disagrees, and of the items
/// of one operation.
inline constexpr std::size_t kMaxPrintedLines = 60;

[[nodiscard]] std::vector<Sheet> gang_sheets(const CampaignReport& report, Language language);
[[nodiscard]] std::vector<Sheet> clearance_sheets(const CampaignReport& report,
                                                  const CodeLists& lists, Language language);
[[nodiscard]] std::vector<Sheet> account_sheets(const CampaignReport& report, Language language);

}  // namespace lamplight::tally
