#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash_index.hpp"

namespace lamplight::inner {

/// Number of an opaque key; 0 is the empty one.
using Key = std::uint32_t;

/// Opaque keys, codes and places, each held once and numbered in the order in which the log brought them. Never forgets.
class Keys {
 public:
  Keys() { add({}); }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  Key add(std::string_view text) {
    const std::uint64_t hash = hash_of(text);
    if (const Key known = find(hash, text); known != HashIndex::kNone) return known;
    const auto key = static_cast<Key>(texts_.size());
    texts_.push_back(keep(text));
    index_.insert(hash, key);
    return key;
  }
  /// 0 when it is not known.
  [[nodiscard]] Key find(std::string_view text) const {
    const Key known = find(hash_of(text), text);
    return known == HashIndex::kNone ? 0 : known;
  }
  /// Lives as long as the keys.
  [[nodiscard]] std::string_view text(Key key) const { return texts_.at(key); }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  static constexpr std::size_t kBlockBytes = 64U << 10;

  static std::uint64_t hash_of(std::string_view text) {
    return std::hash<std::string_view>{}(text);
  }
  [[nodiscard]] Key find(std::uint64_t hash, std::string_view text) const {
    return index_.find(hash, [&](std::uint32_t key) { return texts_[key] == text; });
  }
  /// Bytes that stay where they are.
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (used_ + text.size() > kBlockBytes) {  // a text longer than a block gets one of its own
      blocks_.push_back(std::make_unique<char[]>(std::max(kBlockBytes, text.size())));
      used_ = 0;
    }
    char* const place = blocks_.back().get() + used_;
    std::memcpy(place, text.data(), text.size());
    used_ += text.size();
    return {place, text.size()};
  }

  std::vector<std::string_view> texts_;
  HashIndex index_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = kBlockBytes;
};

}  // namespace lamplight::inner
