#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace lamplight::sim {

/// What happened, line by line in simulated time: hashed always (two runs are alike when their hashes are), printed when
/// somebody reads along; and how often each kind of fault struck. Threads: one.
class Trace {
 public:
  /// `out` null: nothing is printed.
  explicit Trace(std::FILE* out) : out_(out) {}

  template <typename... Args>
  void line(std::int64_t now_us, fmt::format_string<Args...> format, Args&&... args) {
    text_.clear();
    fmt::format_to(std::back_inserter(text_), "{:>12} ", now_us);
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    take();
  }
  /// A line that also counts a fault of that kind.
  template <typename... Args>
  void fault(std::int64_t now_us, std::string_view kind, fmt::format_string<Args...> format,
             Args&&... args) {
    ++faults_[std::string(kind)];
    text_.clear();
    fmt::format_to(std::back_inserter(text_), "{:>12} FAULT {} ", now_us, kind);
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    take();
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }  ///< FNV-1a over all lines
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& faults() const { return faults_; }

 private:
  void take();

  std::FILE* out_;
  std::string text_;
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
  std::uint64_t lines_ = 0;
  std::map<std::string, std::uint64_t> faults_;
};

}  // namespace lamplight::sim
