#pragma once

#include <string>
#include <vector>

#include "tally/campaign/definition.hpp"

namespace lamplight::tally {

/// Names that may be dimensions or filters of a measure: fields of its record, parts of counts, times, rollups and splits
/// that its record can make.
[[nodiscard]] std::vector<std::string> dimensions_of(const CampaignDefinition& definition,
                                                     const MeasureSpec& measure);
/// Names of code lists, and of this definition's splits: what a [[label]] may be for.
[[nodiscard]] std::vector<std::string> label_lists(const CampaignDefinition& definition);
/// The counting unit of a measure that tells none.
[[nodiscard]] std::string usual_unit(const MeasureSpec& measure);
[[nodiscard]] const std::vector<std::string>& counting_units();

}  // namespace lamplight::tally
