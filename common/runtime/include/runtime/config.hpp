#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

/// Configuration: TOML file, then LAMPLIGHT_<SECTION>_<KEY> of the environment, then flags --section.key=value.
namespace lamplight::runtime {

using ConfigValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// One known key. `name` is "section.key"; the kind of `fallback` is the kind of the value.
struct ConfigOption {
  std::string name;
  ConfigValue fallback;
  std::string help = {};
  std::optional<std::int64_t> minimum = std::nullopt;  ///< integers only
  std::optional<std::int64_t> maximum = std::nullopt;
};

/// The values of all known keys, and where each came from.
class Config {
 public:
  /// Ends the process when the name is not a known key or of another kind: a programming error.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;
  /// As TOML with a comment for each key: help and origin. What `--print-config` prints.
  [[nodiscard]] std::string to_toml() const;

 private:
  friend class ConfigSchema;  // its loader fills the entries
  struct Entry {
    ConfigOption option;
    ConfigValue value;
    std::string origin;  ///< "default", file:line, the environment's name, "flag"
  };
  [[nodiscard]] const ConfigValue& value(std::string_view name) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// All keys that the parts of a program know.
class ConfigSchema {
 public:
  /// The same key twice ends the process, unless both are alike (two services that share it).
  void declare(ConfigOption option);
  struct Sources {
    std::string file = {};  ///< path, for messages; empty: none
    std::string file_content = {};
    std::map<std::string, std::string> environment = {};  ///< whole; LAMPLIGHT_* is looked at
    std::vector<std::pair<std::string, std::string>> flags = {};  ///< "http.port" → "8080"
  };
  /// Errors: kInvalid naming the key, the place (file:line) and the rule; for an unknown key the nearest valid name.
  /// Lists in the environment and in flags are separated by commas. LAMPLIGHT_DATA is the environment name of
  /// data.folder; LAMPLIGHT_CONFIG, which names the file, is left to the caller.
  [[nodiscard]] Result<Config> load(const Sources& sources) const;

 private:
  class Loader;
  using Options = std::map<std::string, ConfigOption, std::less<>>;
  Options options_;
};

}  // namespace lamplight::runtime
