#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

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
    if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
    const auto key = static_cast<Key>(texts_.size());
    by_text_.emplace(texts_.emplace_back(text), key);
    return key;
  }
  /// 0 when it is not known.
  [[nodiscard]] Key find(std::string_view text) const {
    const auto found = by_text_.find(text);
    return found == by_text_.end() ? 0 : found->second;
  }
  /// Lives as long as the keys.
  [[nodiscard]] std::string_view text(Key key) const { return texts_.at(key); }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // its strings stay where they are
  std::unordered_map<std::string_view, Key> by_text_;
};

}  // namespace lamplight::inner
