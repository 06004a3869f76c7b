#pragma once

#include "tally/gang/gangs.hpp"
#include "tally/measure/compiled.hpp"

namespace lamplight::tally {

/// A question for groups: the links that the measure's filters let through, up to the end of the period (a group may have
/// begun before it), in groups as [gangs] says. Each answer reads the links from the beginning of the log.
class GangCount {
 public:
  GangCount(const CampaignDefinition& definition, const MeasureQuestion& question, Names& names);

  [[nodiscard]] Amount amount(const CampaignView& view, Offset as_of);
  /// The links of all groups; each group counts at its first link.
  [[nodiscard]] std::vector<Contribution> explain(const CampaignView& view, Offset as_of);
  [[nodiscard]] std::vector<ChangeOfAmount> changes(const CampaignView& view, Offset earlier,
                                                    Offset later);

 private:
  [[nodiscard]] GangHistory history(const Records& records);

  GangRule rule_;
  std::string from_;
  Names& names_;
  Compiled compiled_;
  Block block_;
  std::vector<Item> items_;
};

}  // namespace lamplight::tally
