#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash_index.hpp"
#include "tally/append_only.hpp"

namespace lamplight::tally {

/// Number of a code in Texts. 0 is the empty text: "blank".
using TextId = std::uint32_t;

/// Bytes that never move: what string_views into it stay valid for as long as a view of `blocks` is held.
class Arena {
 public:
  [[nodiscard]] std::string_view keep(std::string_view text);
  [[nodiscard]] const std::vector<std::shared_ptr<char[]>>& blocks() const { return blocks_; }

 private:
  static constexpr std::size_t kBlockBytes = 256U << 10;
  std::vector<std::shared_ptr<char[]>> blocks_;
  std::size_t used_ = kBlockBytes;
};

/// Each different code once, numbered in the order of its first appearance on the log (so numbers are equal for equal logs).
/// Threads: one owner; views of `all` go anywhere.
class Texts {
 public:
  explicit Texts(Arena& arena);
  [[nodiscard]] TextId intern(std::string_view text);
  [[nodiscard]] std::string_view operator[](TextId id) const { return all_[id]; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] AppendOnly<std::string_view>::View view() const { return all_.view(); }

 private:
  Arena& arena_;
  AppendOnly<std::string_view> all_;
  HashIndex index_;
};

[[nodiscard]] inline std::uint64_t hash_text(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

}  // namespace lamplight::tally
