#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/code_lists.hpp"

/// Reads the TOML files of schemas/ (toml++ stays in the .cpp).
namespace lamplight::reference_file {

struct CodeListFile {
  bool open = false;
  std::vector<CodeEntry> entries;  // in the order of the file
};

/// Errors: kInvalid naming file, line and rule. Categories may have `class` beside the labels, place schemes `form`.
[[nodiscard]] Result<CodeListFile> parse_code_list(const std::string& file, std::string_view text,
                                                   CodeList list);

/// Adds the names and parts of a deny-list file to `out`. Errors as above.
[[nodiscard]] Result<void> parse_deny_list(const std::string& file, std::string_view text,
                                           DenyList& out);

}  // namespace lamplight::reference_file
