#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"

namespace lamplight::intake {

/// Finds a record's number by a 16-byte key of which only four bytes are kept here: the caller compares the rest.
///
/// Open addressing with linear probing over 8-byte slots {tag, number + 1}; grows at 3/4 full. Keys must be random in
/// their last eight bytes (keyed hashes, UUIDv7): nobody outside can choose them, so nobody can make chains.
/// Threads: one.
class RecordIndex {
 public:
  /// The number inserted under `key`; `same(number)` tells whether that record really holds the key.
  template <typename Same>
  [[nodiscard]] std::optional<std::uint32_t> find(const Id16& key, Same&& same) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t wanted = tag(key);
    for (std::size_t at = wanted & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.number_plus_one == 0) return std::nullopt;
      if (slot.tag == wanted && same(slot.number_plus_one - 1)) return slot.number_plus_one - 1;
    }
  }

  /// The key must not be in yet.
  void insert(const Id16& key, std::uint32_t number);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number_plus_one = 0;
  };

  [[nodiscard]] static std::uint32_t tag(const Id16& key) {
    std::uint64_t h = 0;
    for (std::size_t i = 8; i < 16; ++i) h = (h << 8) | key.bytes[i];
    return static_cast<std::uint32_t>((h * 0x9E3779B97F4A7C15ULL) >> 32);
  }
  void place(Slot slot);
  void grow();

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

}  // namespace lamplight::intake
