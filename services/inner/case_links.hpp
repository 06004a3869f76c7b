#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "inner/keys.hpp"

namespace lamplight::inner {

/// Number of a case: its place in the order in which they were opened.
using CaseIndex = std::uint32_t;

/// Which cases a key was met in: places, parties. Most keys are of one case, so a link is eight bytes and no memory of
/// its own.
class CaseLinks {
 public:
  /// The case has not had this key before.
  void add(Key key, CaseIndex of) {
    if (key >= last_.size()) last_.resize(key + std::size_t{1}, kNone);
    links_.push_back({of, last_[key]});
    last_[key] = static_cast<std::uint32_t>(links_.size() - 1);
  }
  /// In the order in which they were opened.
  [[nodiscard]] std::vector<CaseIndex> of(Key key) const {
    std::vector<CaseIndex> out;
    for (std::uint32_t at = key < last_.size() ? last_[key] : kNone; at != kNone;
         at = links_[at].before)
      out.push_back(links_[at].of);
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Link {
    CaseIndex of = 0;
    std::uint32_t before = kNone;  ///< another one of the same key
  };

  std::vector<std::uint32_t> last_;  ///< by key
  std::vector<Link> links_;
};

}  // namespace lamplight::inner
