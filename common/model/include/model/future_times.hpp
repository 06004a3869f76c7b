#pragma once

#include <cstdint>
#include <vector>

#include "model/alert.hpp"
#include "model/field_error.hpp"

namespace lamplight {

/// How far ahead of the wall clock the time of anything that has happened may lie: room for clocks that differ.
inline constexpr std::int64_t kMaxAheadUs = 24LL * 3600 * 1'000'000;

/// Notes every time of the item that lies behind `latest`, under the rule `in_future`. Nobody can have told of it yet:
/// it is a slip in the year, and on a seeded log it would hold bus time there for ever.
/// Plans may lie ahead: `due_at` of a hazard, `from` and `until` of an order of action plan, `until` of one of action open.
/// Made for the types of item_types.hpp.
template <typename T>
void note_future_times(const T& item, TimeUs latest, std::vector<FieldError>& errors);

}  // namespace lamplight
