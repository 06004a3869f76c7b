#pragma once

#include <string>

namespace lamplight {

/// Appends the JSON object with field names, stamps as RFC 3339 in their own zone, ids as UUIDs. What is not set is left
/// out; of a withdrawal also what a withdrawal need not say. Made for the types of item_types.hpp and own_types.hpp.
template <typename T>
void to_json(const T& item, std::string& out);

}  // namespace lamplight
