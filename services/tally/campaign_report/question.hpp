#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tally/campaign_report/desk.hpp"

namespace lamplight::tally {

/// Reads a query's parameters into `question`, whose `what` and `campaign` are set: as_of, for, lang; format of reports
/// (json, text, csv, md, html) and of explain, diff, gangs and clearance (json, text); figure (explain); from, to (diff). `at_least` becomes
/// the returned offset: answer only once everything up to there is folded.
/// Errors: kInvalid naming the parameter and what would do.
[[nodiscard]] Result<Offset> read_campaign_query(
    CampaignQuestion& question, const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace lamplight::tally
