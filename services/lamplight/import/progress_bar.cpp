#include "import/progress_bar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lamplight::importer {

namespace {
constexpr std::int64_t kTerminalUs = 100'000;
constexpr std::int64_t kPlainUs = 10'000'000;
constexpr std::size_t kWidth = 30;
}  // namespace

ProgressBar::ProgressBar(Clock& clock, bool terminal, std::uint64_t total_bytes,
                         std::string_view what)
    : clock_(clock),
      terminal_(terminal),
      total_(std::max<std::uint64_t>(total_bytes, 1)),
      what_(what),
      began_us_(clock.monotonic_us()),
      shown_us_(began_us_) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t alerts) {
  const std::int64_t now = clock_.monotonic_us();
  if (now - shown_us_ < (terminal_ ? kTerminalUs : kPlainUs)) return;
  shown_us_ = now;
  const double seconds = static_cast<double>(now - began_us_) / 1e6;
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  const auto left =
      part > 0 ? static_cast<std::uint64_t>(std::ceil(seconds * (1 - part) / part)) : 0;
  const std::string text =
      fmt::format("{:3.0f} %  {} alerts {}, {:.0f} a second, {} left", part * 100, alerts, what_,
                  static_cast<double>(alerts) / seconds, part > 0 ? clock_text(left) : "?");
  if (terminal_) {
    const auto full = static_cast<std::size_t>(part * kWidth);
    fmt::print(stderr, "\r[{}{}] {}\x1b[K", std::string(full, '#'), std::string(kWidth - full, '.'),
               text);
    drawn_ = true;
  } else {
    fmt::print(stderr, "import: {}\n", text);
  }
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

std::string clock_text(std::uint64_t seconds) {
  const std::uint64_t minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

}  // namespace lamplight::importer
