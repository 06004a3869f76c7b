#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash_index.hpp"
#include "tally/append_only.hpp"

namespace lamplight::tally {

/// Number of a code in Texts. 0 is the empty text: "blank".
using TextId = std::uint32_t;

[[nodiscard]] inline std::uint64_t hash_text(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

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
  /// The text's number, or HashIndex::kNone where it never came.
  [[nodiscard]] TextId find(std::string_view text) const { return find(hash_text(text), text); }
  /// What `intern` of a text with this hash will read, asked for link by link: each step reads what the one before it
  /// asked for, so let some time pass between them. They change nothing.
  void prefetch_slot(std::uint64_t hash) const { index_.prefetch(hash); }
  void prefetch_view(std::uint64_t hash) const;
  void prefetch_bytes(std::uint64_t hash) const;
  [[nodiscard]] std::string_view operator[](TextId id) const { return all_[id]; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] AppendOnly<std::string_view>::View view() const { return all_.view(); }

 private:
  [[nodiscard]] TextId find(std::uint64_t hash, std::string_view text) const {
    return index_.find(hash, [&](std::uint32_t id) { return all_[id] == text; });
  }

  Arena& arena_;
  AppendOnly<std::string_view> all_;
  HashIndex index_;
};

}  // namespace lamplight::tally
