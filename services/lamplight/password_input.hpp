#pragma once

#include <string>

namespace lamplight::cli {

/// One line of standard input. On a terminal it is asked for with `prompt`, and what is typed is not shown.
[[nodiscard]] std::string read_password(const std::string& prompt);

}  // namespace lamplight::cli
