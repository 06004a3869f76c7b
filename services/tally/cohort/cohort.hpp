#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tally/campaign/definition.hpp"
#include "tally/facts/facts.hpp"

/// The same persons (or cases) followed through stages. Only here does a later stage have to be at most the one before:
/// counters by event date are flows of different persons.
namespace lamplight::tally {

struct CohortStage {
  std::string stage;
  std::int64_t reached = 0;
};

struct CohortTable {
  std::string name;
  std::int64_t entered = 0;
  std::uint64_t without_key = 0;     ///< reports that state `enter` in the period and lack the key
  bool distinct_per_sender = false;  ///< keys that senders made are among them
  std::vector<CohortStage> stages;   ///< in the definition's order
  std::vector<CohortStage> exits;
  struct Break {
    std::string before, after;  ///< stages (or `enter`); more reached `after`
    std::int64_t n_before = 0, n_after = 0;
  };
  std::vector<Break> breaks;  ///< where a stage is greater than the one before it
};

/// Members: keys with a standing report whose `field` holds `enter`, dated (happened_at, or the stage's own stamp) in the
/// period. A member has reached a stage when a standing report at or before `as_of` says so, dated at or after its entry.
[[nodiscard]] CohortTable cohort_at(const FactsView& view, Offset as_of, const CohortSpec& spec,
                                    const Period& period, std::int32_t clock_minutes,
                                    std::int32_t day_cut_hour);

}  // namespace lamplight::tally
