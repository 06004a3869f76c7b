#pragma once

#include <optional>
#include <string>

namespace lamplight::cli {

/// A document of the inner loop's rules or of a year's calendar, checked.
struct RulesFile {
  std::string name;  ///< that it is published under: inner, calendar-2026
  std::string text;
  bool doubtful = false;  ///< it has codes that the built-in lists do not hold
};

/// Nothing when it cannot be read or has a mistake: each is printed to stderr, with file and line; so are doubtful codes.
[[nodiscard]] std::optional<RulesFile> read_rules_file(const std::string& path);

}  // namespace lamplight::cli
