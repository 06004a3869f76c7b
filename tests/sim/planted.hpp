#pragma once

#include <span>
#include <string_view>

#include "base/planted_bug.hpp"

namespace lamplight::simtest {

struct NamedBug {
  Bug bug;
  std::string_view name;
};

/// All deliberate bugs.
[[nodiscard]] std::span<const NamedBug> planted_bugs();
/// The one bug that this process has from now on.
void plant(Bug bug);

}  // namespace lamplight::simtest
