#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/env.hpp"

namespace lamplight::importer {

/// Shows on stderr how far an import is: one line that is written over on a terminal, a line every ten seconds
/// elsewhere. Threads: one.
class ProgressBar {
 public:
  ProgressBar(Clock& clock, bool terminal, std::uint64_t total_bytes, std::string_view what);

  /// `done` of the total bytes; drawn at most ten times a second.
  void show(std::uint64_t done, std::uint64_t alerts);
  /// Takes the line off a terminal.
  void clear();

 private:
  Clock& clock_;
  bool terminal_;
  std::uint64_t total_;
  std::string what_;
  std::int64_t began_us_;
  std::int64_t shown_us_;
  bool drawn_ = false;
};

/// "4:05" or "1:02:03".
[[nodiscard]] std::string clock_text(std::uint64_t seconds);

}  // namespace lamplight::importer
