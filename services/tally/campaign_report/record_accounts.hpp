#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tally/campaign/definition.hpp"
#include "tally/measure/measure.hpp"

namespace lamplight::tally {

/// What became of the records of one kind, of the whole log up to an offset: records belong to no campaign and no period.
///
///   events = reports + repeats + corrections + withdrawals + unreadable
///   Of reports and corrections one stands for each incident: standing + corrected + withdrawn + not_actual is their sum.
///
/// Alerts keep a rule of their own: a correction of what is not on the log has no effect there, so it is counted under
/// `unresolved` and not under `corrections` or `withdrawals`; it adds to `events`. Elsewhere `unresolved` are those of the
/// corrections and withdrawals that name nothing on the log yet.
struct RecordAccount {
  std::string from;  ///< alert.received or the subject of a FactKind
  std::uint64_t events = 0;
  std::uint64_t reports = 0;
  std::uint64_t repeats = 0;
  std::uint64_t corrections = 0;
  std::uint64_t withdrawals = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t unresolved = 0;
  std::uint64_t standing = 0;    ///< what figures are counted from
  std::uint64_t corrected = 0;   ///< Actual, and another report stands in their place
  std::uint64_t withdrawn = 0;   ///< Actual, and their incident is taken out
  std::uint64_t not_actual = 0;  ///< exercises, tests, drafts
};

/// Of each kind of record that the definition counts from (measures, cohorts, and of declared figures where it has any),
/// in the order of docs/campaign.md. Reads every record up to `as_of` once.
[[nodiscard]] std::vector<RecordAccount> record_accounts(const CampaignView& view, Offset as_of,
                                                         const CampaignDefinition& definition);

}  // namespace lamplight::tally
