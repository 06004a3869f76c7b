#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/prefetch.hpp"

namespace lamplight::tally {

[[nodiscard]] inline std::uint64_t mix_bits(std::uint64_t bits) {
  bits *= 0x9E3779B97F4A7C15ULL;
  return bits ^ (bits >> 32);
}

/// Pairs of numbers, numbered densely in the order of their first appearance. Codes are numbers of our own making, so
/// outsiders cannot aim at the hash.
class PairNumbers {
 public:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  std::uint32_t number(std::uint32_t first, std::uint32_t second) {
    if (2 * (pairs_.size() + 1) > slots_.size()) grow();
    const std::uint64_t key = std::uint64_t{first} << 32 | second;
    std::size_t at = mix_bits(key) & (slots_.size() - 1);
    for (; slots_[at].number != kNone; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].key == key) return slots_[at].number;
    }
    slots_[at] = {key, static_cast<std::uint32_t>(pairs_.size())};
    pairs_.emplace_back(first, second);
    return slots_[at].number;
  }
  [[nodiscard]] const Pair& operator[](std::uint32_t number) const { return pairs_[number]; }
  [[nodiscard]] std::size_t size() const { return pairs_.size(); }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = kNone;
  };
  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(16, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == kNone) continue;
      std::size_t at = mix_bits(slot.key) & (slots_.size() - 1);
      while (slots_[at].number != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_;
  std::vector<Pair> pairs_;
};

/// How a key is told from others: the cell it counts in, who made it (0: the district), itself.
struct KeyName {
  std::uint32_t cell = 0;
  std::uint32_t scope = 0;
  std::uint32_t key = 0;
  bool operator==(const KeyName&) const = default;
  [[nodiscard]] std::uint64_t hash() const {
    return mix_bits((std::uint64_t{cell} << 32 | scope) * 0xD6E8FEB86659FD93ULL + key);
  }
};

/// A value for each key: open addressing, at most three quarters full. `prefetch` some keys ahead hides the wait for memory.
template <typename T>
class KeyTable {
 public:
  void prefetch(const KeyName& name) const {
    if (!slots_.empty()) lamplight::prefetch(&slots_[name.hash() & (slots_.size() - 1)]);
  }
  /// The key's value; a new one where there was none. Valid until the next call.
  T& operator[](const KeyName& name) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    std::size_t at = name.hash() & (slots_.size() - 1);
    for (; slots_[at].used(); at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].name == name) return slots_[at].value;
    }
    ++size_;
    slots_[at].name = name;
    return slots_[at].value;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    KeyName name{~std::uint32_t{0}, 0, 0};
    T value{};
    [[nodiscard]] bool used() const { return name.cell != ~std::uint32_t{0}; }
  };
  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(64, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (!slot.used()) continue;
      std::size_t at = slot.name.hash() & (slots_.size() - 1);
      while (slots_[at].used()) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace lamplight::tally
