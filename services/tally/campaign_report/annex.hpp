#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tally/campaign_report/record_accounts.hpp"
#include "tally/clearance/clearance.hpp"
#include "tally/gang/gangs.hpp"

/// What a campaign's report tells beside its figures: groups for review, clearance operations, and what became of the
/// records. It goes by the order of arrival (numbers of groups, offsets of links), so none of it is in the figures' bytes.
namespace lamplight::tally {

struct GangsUnderReview {
  std::vector<Gang> groups;  ///< by number
  std::vector<GangEvent>
      history;  ///< event by event; one event for all where `whole_history` is false
  /// False where following costs more than kMaxFollowWork: the groups are found in one pass, numbered from 1.
  bool whole_history = true;
};
/// Of GangHistory::work: a second or two. One component of thousands that grows link by link goes beyond.
inline constexpr std::uint64_t kMaxFollowWork = 20'000'000;

/// The groups as of an offset. `kept` goes on from an earlier answer and is what a later one may go on from: of the same
/// rule and fold, with views that only grow.
struct FollowedGangs {
  std::optional<GangHistory> history;
  Offset up_to;
};
[[nodiscard]] GangsUnderReview gangs_under_review(const FactsView& view, Offset as_of,
                                                  const GangRule& rule, FollowedGangs& kept);

struct ClearanceOperations {
  std::vector<ClearanceView> operations;  ///< the last kMaxOperations by code
  std::vector<std::string> left_out;      ///< codes of those before
  std::vector<std::string>
      of_no_campaign;  ///< codes of operations of which no order names a campaign
};
inline constexpr std::size_t kMaxOperations = 60;

/// The operations whose orders name the campaign; with an empty `campaign` all there are.
[[nodiscard]] ClearanceOperations clearance_operations(ClearanceBook& book,
                                                       const std::string& campaign, TimeUs now);

struct CampaignAnnex {
  std::optional<GangsUnderReview> gangs;  ///< none: the definition has no [gangs]
  bool counts_clearances =
      false;  ///< a measure of the definition counts reports of clearance operations
  ClearanceOperations clearances;
  std::vector<RecordAccount> accounts;
};

}  // namespace lamplight::tally
