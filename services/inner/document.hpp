#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace lamplight::inner {

/// The name that a document is published under: calendar-<year> when it says a year, else inner. The document is checked as
/// the service will read it: every mistake goes into `mistakes`, and nothing comes back when there is one.
[[nodiscard]] std::optional<std::string> checked_name(std::string_view document,
                                                      std::vector<Error>& mistakes);

}  // namespace lamplight::inner
