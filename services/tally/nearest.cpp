#include "tally/nearest.hpp"

#include <algorithm>

namespace lamplight::tally {
namespace {

/// Levenshtein distance.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return {};
  const auto better = [&](const std::string& a, const std::string& b) {
    return edits(name, a) < edits(name, b);
  };
  const std::string& best = *std::min_element(candidates.begin(), candidates.end(), better);
  if (edits(name, best) <= 1 + name.size() / 3) return "; did you mean " + best + "?";
  std::string all;
  for (const std::string& candidate : candidates)
    all += (all.empty() ? "; valid: " : ", ") + candidate;
  return all;
}

}  // namespace lamplight::tally
