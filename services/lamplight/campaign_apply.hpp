#pragma once

#include <string>

#include "base/ids.hpp"
#include "bus_link.hpp"
#include "tally/campaign/definition.hpp"

namespace lamplight::cli {

/// The definition of a campaign that is in force on a log.
struct CampaignInForce {
  std::int64_t version = 0;
  Offset offset;
  bool was_so = false;  ///< this very document was in force before
};

/// Puts a document on the log as the next version of its campaign, unless it is in force already.
/// Errors: kFenced when another document became that version in this moment, or another connection took the name (this one
/// may then be on the log or not); what the bus answered.
[[nodiscard]] Result<CampaignInForce> put_in_force(BusLink& link,
                                                   const tally::CampaignDefinition& definition,
                                                   const std::string& document);

}  // namespace lamplight::cli
