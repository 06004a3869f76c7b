#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lamplight::cli {

/// The inner loop's reading of a document of its rules, for the console (console::ReadDesks).
[[nodiscard]] std::vector<std::string> read_rule_desks(std::string_view document);

}  // namespace lamplight::cli
