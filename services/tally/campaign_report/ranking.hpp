#pragma once

#include "tally/campaign_report/campaign_report.hpp"

namespace lamplight::tally {

/// The rows of a table over one dimension, greatest first; equal numbers share a place. Per 10,000 people where the
/// definition tells a population. Units of the definition that no row names are missing, which is not last.
[[nodiscard]] Ranking rank(const CampaignDefinition& definition, const CampaignTable& table);

}  // namespace lamplight::tally
