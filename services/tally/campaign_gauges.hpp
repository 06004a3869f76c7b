#pragma once

#include <prometheus/metric_family.h>

#include <set>
#include <string>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"
#include "tally/clearance/clearance.hpp"

namespace lamplight::tally {

/// Series of all campaigns and clearance operations together at most; what would go beyond is left out and counted by
/// lamplight_campaign_series_left_out. A test holds them to it.
inline constexpr std::size_t kCampaignSeriesBudget = 1500;
inline constexpr std::size_t kMaxCampaigns = 8;   ///< shown, by code
inline constexpr std::size_t kMaxClearances = 8;  ///< shown, the last by code
inline constexpr std::size_t kMaxCategoryLabels = 12;
inline constexpr std::size_t kMaxDetailedClearances =
    2;                                              ///< shown by unit and by hour, the last by code
inline constexpr std::size_t kMaxUnitLabels = 30;   ///< of the orders; the others are `other`
inline constexpr std::size_t kMaxCountLabels = 12;  ///< of the code list; the others are `other`

/// The figures of campaigns and clearance operations as gauges, all as of one offset. Where the budget does not last, totals,
/// categories and checks come first, then cohorts, clearances by unit and hour, and figures that were published. Labels are codes of the definitions
/// and the code lists; what a sender wrote becomes `other`, which is left out where several
/// rows of keys (distinct, latest) would be added.
[[nodiscard]] std::vector<prometheus::MetricFamily> campaign_families(
    const std::vector<CampaignReport>& reports, const std::vector<ClearanceView>& clearances,
    const CodeLists& lists, Offset as_of);

}  // namespace lamplight::tally
