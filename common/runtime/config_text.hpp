#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/config.hpp"

/// Configuration values as text, for people and for TOML.
namespace lamplight::runtime {

/// "a text", "an integer", "true or false", "a list of texts".
[[nodiscard]] std::string_view kind_of(const ConfigValue& value);
/// The value as TOML writes it.
[[nodiscard]] std::string toml_text(const ConfigValue& value);
/// "1 to 65535", "at least 1", or empty.
[[nodiscard]] std::string describe_range(const ConfigOption& option);
/// LAMPLIGHT_<SECTION>_<KEY>; LAMPLIGHT_DATA for data.folder.
[[nodiscard]] std::string environment_name(std::string_view key);

}  // namespace lamplight::runtime
