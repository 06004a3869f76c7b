#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "runtime/config.hpp"

namespace lamplight::cli {

/// Exit codes of every command.
inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;  ///< wrong options or configuration

/// What all commands share: the options that stand before or behind the command's name, and what the chosen command
/// will do. A command's CLI11 callback only sets `run`; main runs it once parsing is over.
struct Program {
  std::string data_folder;  ///< --data; empty: not given
  std::string config_file;  ///< --config, else LAMPLIGHT_CONFIG; empty: none
  std::vector<std::pair<std::string, std::string>> settings;  ///< --section.key=value, as given
  std::function<int()> run;

  /// Of all services: file, then environment, then --section.key=value, then --data.
  /// Errors: kInvalid (place and rule named), kNotFound (the file).
  [[nodiscard]] Result<runtime::Config> load_config() const;
};

/// Prints "lamplight: what: why; what to do" to stderr and returns `code`.
int complain(const Error& error, int code = kFailure);

}  // namespace lamplight::cli
