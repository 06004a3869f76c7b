#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace lamplight::importer {

/// A TOML document as plain values that know their lines; tables keep the order of the file.
struct TomlNode {
  enum class Kind : std::uint8_t { kText, kInteger, kFlag, kArray, kTable, kOther };
  Kind kind = Kind::kOther;  ///< kOther: floats, dates and times, which no mapping holds
  std::uint32_t line = 0;
  std::string text = {};
  std::int64_t integer = 0;
  bool flag = false;
  std::vector<TomlNode> items = {};                            ///< of an array
  std::vector<std::pair<std::string, TomlNode>> entries = {};  ///< of a table

  [[nodiscard]] const TomlNode* find(std::string_view key) const {
    for (const auto& [name, value] : entries) {
      if (name == key) return &value;
    }
    return nullptr;
  }
};

inline constexpr std::size_t kMaxMappingBytes = 1U << 20;

/// Errors: kInvalid naming file, line and what is wrong; kTooLarge.
[[nodiscard]] Result<TomlNode> parse_toml(std::string_view text, const std::string& file);

}  // namespace lamplight::importer
