#include "model/results.hpp"

#include <array>

namespace lamplight {

namespace {
// By the number that stands on the wire.
constexpr std::array<std::string_view, 3> kBoundNames = {"exact", "at_least", "reaches"};
}  // namespace

std::string_view to_string(Bound bound) { return kBoundNames.at(static_cast<std::size_t>(bound)); }

std::optional<Bound> bound_from(std::string_view name) {
  for (std::size_t i = 0; i < kBoundNames.size(); ++i) {
    if (kBoundNames[i] == name) return static_cast<Bound>(i);
  }
  return std::nullopt;
}

}  // namespace lamplight
