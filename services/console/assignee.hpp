#pragma once

#include <optional>
#include <string_view>

#include "console/state.hpp"
#include "http/problem.hpp"

namespace lamplight::console {

/// What is wrong with handing a case to `assignee`: an officer's key of nobody, of somebody revoked or of one whose roles do not
/// feed back; a unit that no officer belongs to and no rules name. Nothing when somebody may take it up. The inner loop
/// itself knows no officers: it takes whatever it is asked.
[[nodiscard]] std::optional<http::FieldError> wrong_assignee(const ConsoleState& state,
                                                             std::string_view assignee);

}  // namespace lamplight::console
