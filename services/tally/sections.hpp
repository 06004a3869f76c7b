#pragma once

#include "tally/population.hpp"
#include "tally/report.hpp"

/// The parts of a report, one function each; make_report puts them together.
namespace lamplight::tally {

/// The alerts of a period, as pointers into the population; all of them without one.
using Selection = std::vector<const Alert*>;
[[nodiscard]] Selection select(const Population& population, const std::optional<Period>& period);

[[nodiscard]] CountTable make_counts(const Population& population, const Selection& selection,
                                     const CountSpec& spec);
/// Comparisons have periods of their own and look at the whole population; `period` is what kPreviousYear compares.
[[nodiscard]] Comparison make_comparison(const Population& population,
                                         const std::optional<Period>& period,
                                         const ComparisonSpec& spec);
[[nodiscard]] IntervalReport make_intervals(const Population& population,
                                            const Selection& selection, const IntervalSpec& spec);
[[nodiscard]] DuplicateReport make_duplicates(const Population& population,
                                              const Selection& selection,
                                              const DuplicateSpec& spec);
[[nodiscard]] LateStages make_late_stages(const Population& population, const Selection& selection,
                                          const LateStageSpec& spec);

/// The pairs of periods that a comparison shows, in order. `running`: cut where the last event's time lies within.
[[nodiscard]] std::vector<Pair> make_pairs(const Population& population,
                                           const std::optional<Period>& period,
                                           const ComparisonSpec& spec);

}  // namespace lamplight::tally
