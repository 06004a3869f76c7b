#pragma once

namespace lamplight {

/// Prints the broken invariant with its place to stderr and aborts: in release builds too.
[[noreturn]] void check_failed(const char* what, const char* file, int line) noexcept;

}  // namespace lamplight

/// An invariant: when it does not hold the process stops rather than serve wrong data.
#define LAMPLIGHT_CHECK(condition, what)                     \
  do {                                                       \
    if (!(condition)) [[unlikely]]                           \
      ::lamplight::check_failed((what), __FILE__, __LINE__); \
  } while (false)
