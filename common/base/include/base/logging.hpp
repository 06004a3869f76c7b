#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

/// One line an event worth a person's time, key=value. Never personal data, never a payload.
namespace lamplight::logging {

enum class Level { kDebug, kInfo, kWarning, kError };

/// Sets up the sink once a process: stderr, level by name (debug, info, warning, error).
void init(std::string_view level_name);
void write(Level level, std::string_view line);
[[nodiscard]] bool enabled(Level level);

template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kInfo)) write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kDebug))
    write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kWarning))
    write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kError))
    write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace lamplight::logging
