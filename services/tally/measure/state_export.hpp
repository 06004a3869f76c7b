#pragma once

#include "tally/measure/measure_state.hpp"

namespace lamplight::tally {

/// Puts what standing rows come to into a state: of questions that count each of them.
void export_counts(const Records& records, const std::vector<std::uint32_t>& rows,
                   const MeasureSpec& measure, Compiled& compiled, MeasureState& state);
/// Likewise of questions that count one row of each key.
void export_choice(const Records& records, const std::vector<std::uint32_t>& rows,
                   const MeasureSpec& measure, Compiled& choosing, Compiled& counting,
                   MeasureState& state);

}  // namespace lamplight::tally
