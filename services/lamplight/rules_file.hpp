#pragma once

#include <optional>
#include <string>

namespace lamplight::cli {

/// A document of the inner loop's rules or of a year's calendar, checked.
struct RulesFile {
  std::string name;  ///< that it is published under: inner, calendar-2026
  std::string text;
};

/// Nothing when it cannot be read or has a mistake: each is printed to stderr, with file and line.
[[nodiscard]] std::optional<RulesFile> read_rules_file(const std::string& path);

}  // namespace lamplight::cli
