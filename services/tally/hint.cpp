#include "tally/hint.hpp"

#include "base/nearest.hpp"

namespace lamplight::tally {

std::string hint(std::string_view name, const std::vector<std::string>& candidates) {
  if (const auto near = nearest_name(name, candidates)) return "; did you mean " + *near + "?";
  std::string all;
  for (const std::string& candidate : candidates)
    all += (all.empty() ? "; valid: " : ", ") + candidate;
  return all;
}

}  // namespace lamplight::tally
