#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "base/prefetch.hpp"

namespace lamplight {

/// Finds numbers (of rows, records, texts) by the hash of what they stand for: open addressing with linear probing,
/// 8 bytes a slot, at most half full. The caller compares; the table holds 32 bits of the hash, enough to grow without
/// looking at anything else. Who lets outsiders choose what is hashed keys the hash, or they could make chains.
/// It is rebuilt on load and never saved, and nobody iterates it. Threads: one.
class HashIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// The number with this hash for which `same(number)` holds, or kNone.
  template <typename Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Same&& same) const {
    if (slots_.empty()) return kNone;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = tag & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return kNone;
      if (slot.tag == tag && same(slot.number)) return slot.number;
    }
  }

  /// Asks the processor for the memory that `find` and `insert` of this hash will look at first. Changes nothing.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) lamplight::prefetch(&slots_[tag_of(hash) & mask()]);
  }
  /// What `find` will compare first, or kNone: to prefetch what that comparison reads.
  [[nodiscard]] std::uint32_t likely(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  /// Many numbers may stand under one hash; what is the same must not be in yet: `find` would give either of the two.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    put({tag_of(hash), number});
    ++size_;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kNone;
  };

  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash * 0x9E3779B97F4A7C15ULL) >> 32);
  }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  void put(Slot slot) {
    std::size_t at = slot.tag & mask();
    while (slots_[at].number != kNone) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void grow() {
    LAMPLIGHT_CHECK(slots_.size() <= kNone / 2, "an index holds at most 2^30 numbers");
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) put(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace lamplight
