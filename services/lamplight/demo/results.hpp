#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign.hpp"

/// What units report of the synthetic campaign beside alerts: suspects, fugitives, one clearance operation.
namespace lamplight::demo {

inline constexpr std::string_view kCampaignCode = "demo-hundred-days";

/// The definition of the campaign (docs/campaign.md), with the days of `days`.
[[nodiscard]] std::string campaign_document(const Span& days);

/// Reports for one route of intake, one a line.
struct Posts {
  std::string route;  ///< person-results
  std::string ndjson;
};
/// The same for the same days and seed. Persons are tokens of running numbers; no report holds a figure of the campaign.
[[nodiscard]] std::vector<Posts> make_results(const Span& days, std::uint64_t seed);

}  // namespace lamplight::demo
