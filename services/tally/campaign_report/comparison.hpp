#pragma once

#include <optional>

#include "tally/campaign_report/campaign_report.hpp"

namespace lamplight::tally {

/// What is compared with what. `period`: another than the campaign's. `now`: the bus time of the last event known; while
/// the period runs, both end with the minute that it lies in.
[[nodiscard]] ComparedPeriods compared_periods(const CampaignDefinition& definition,
                                               std::optional<Period> period,
                                               std::optional<TimeUs> now);

/// The questions of both sides, 29 February left out where years are compared.
[[nodiscard]] MeasureQuestion current_question(const ComparedPeriods& periods,
                                               const MeasureQuestion& asked);
[[nodiscard]] MeasureQuestion previous_question(const ComparedPeriods& periods,
                                                const MeasureQuestion& asked);
/// Whether the current side is more limited than the report's own period: else the numbers are the same.
[[nodiscard]] bool narrows_current(const ComparedPeriods& periods);

/// Fills percentages and warnings in.
[[nodiscard]] Compared compare(const FigureNumber& current, const FigureNumber& previous,
                               bool baseline_incomplete, std::int64_t small_number);

}  // namespace lamplight::tally
