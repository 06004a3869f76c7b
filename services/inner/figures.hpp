#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "inner/keys.hpp"
#include "inner/rules.hpp"

namespace lamplight::inner {

/// What the gauges show of one area.
struct AreaFigures {
  std::array<std::array<std::int64_t, kSeverities>, kCount<CaseState>> cases{};
  std::array<std::int64_t, kSteps>
      overdue{};                 ///< open cases whose step has been reminded of, or worse
  std::int64_t settlements = 0;  ///< verified as settled
  std::int64_t relapses = 0;     ///< of those, opened again
};

/// By the area's key; exact at every cut, and the same after a replay or a restored snapshot.
using Figures = std::map<Key, AreaFigures>;

}  // namespace lamplight::inner
