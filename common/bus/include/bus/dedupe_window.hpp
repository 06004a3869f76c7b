#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "log/segment_index.hpp"

namespace lamplight::bus {

/// The dedupe keys of the last 24 h of bus time, at most a million of them, whichever ends first.
///
/// Open addressing over a ring: no allocation a key, 40 bytes each. Threads: one.
class DedupeWindow {
 public:
  explicit DedupeWindow(std::size_t max_keys, std::int64_t max_age_us);

  /// Where the key's event lies, unless that was longer ago than the window.
  [[nodiscard]] std::optional<log::DedupeRecord> find(const Id16& key, TimeUs now) const;
  /// Notes a key; offsets and times rise. What the window no longer covers is forgotten.
  void remember(const log::DedupeRecord& record);
  [[nodiscard]] std::size_t size() const { return ring_.size(); }
  [[nodiscard]] Offset last_offset() const {
    return ring_.empty() ? Offset{} : ring_.back().offset;
  }

 private:
  void forget_oldest();
  void grow();
  [[nodiscard]] std::size_t slot_of(
      const Id16& key) const;  ///< the key's slot, or the empty one where it belongs
  [[nodiscard]] std::size_t home_of(const Id16& key) const;
  [[nodiscard]] const log::DedupeRecord& at(std::uint64_t number) const {
    return ring_[number - first_number_];
  }

  std::size_t max_keys_;
  std::int64_t max_age_us_;
  std::deque<log::DedupeRecord> ring_;  // in offset order
  std::uint64_t first_number_ = 1;      // number of ring_.front(); 0 marks an empty slot
  std::vector<std::uint64_t> slots_;    // numbers of records; a power of two, at most half full
};

/// Finds a key that stands twice in one frame; cleared in no time. Threads: one.
class KeySet {
 public:
  KeySet();
  void clear();
  /// False when it was there.
  bool insert(const Id16& key);

 private:
  struct Slot {
    Id16 key;
    std::uint64_t round = 0;
  };
  std::vector<Slot> slots_;
  std::uint64_t round_ = 1;
};

}  // namespace lamplight::bus
