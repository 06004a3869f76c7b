#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/results.hpp"
#include "tally/facts/facts.hpp"

namespace lamplight::tally {

/// A figure that somebody stated: `n` is in the figure's unit before its `scale` (fen, not yuan).
struct DeclaredFigure {
  std::string figure;
  std::string role;  ///< value, baseline, published
  std::int64_t n = 0;
  Bound bound = Bound::kExact;
  std::string source;
  Stamp as_of;
  Offset offset;  ///< the event that states it, and who sent it
  Id16 id = {};
  std::string partner = {};
  std::string partner_ref = {};
  bool disputed = false;  ///< another that stands, of the same figure and role, says another number
};

/// What stands of a campaign at an offset: of several of one figure and role the one with the latest `reported_at`, then
/// the greater partner, then partner_ref. By figure, then role.
[[nodiscard]] std::vector<DeclaredFigure> declared_at(const FactsView& view, Offset as_of,
                                                      std::string_view campaign);

}  // namespace lamplight::tally
