#include "bus/dedupe_window.hpp"

#include "base/check.hpp"
#include "model/limits.hpp"

namespace lamplight::bus {

DedupeWindow::DedupeWindow(std::size_t max_keys, std::int64_t max_age_us)
    : max_keys_(max_keys), max_age_us_(max_age_us), slots_(1024) {}

std::size_t DedupeWindow::home_of(const Id16& key) const {
  return (std::hash<Id16>{}(key) >> 20) & (slots_.size() - 1);
}

std::size_t DedupeWindow::slot_of(const Id16& key) const {
  std::size_t slot = home_of(key);
  while (slots_[slot] != 0 && at(slots_[slot]).key != key) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

std::optional<log::DedupeRecord> DedupeWindow::find(const Id16& key, TimeUs now) const {
  const std::uint64_t number = slots_[slot_of(key)];
  if (number == 0) return std::nullopt;
  const log::DedupeRecord& record = at(number);
  if (record.time.plus_us(max_age_us_) <= now) return std::nullopt;
  return record;
}

void DedupeWindow::remember(const log::DedupeRecord& record) {
  LAMPLIGHT_CHECK(record.offset > last_offset(), "dedupe keys come in offset order");
  while (!ring_.empty() &&
         (ring_.size() >= max_keys_ || ring_.front().time.plus_us(max_age_us_) <= record.time)) {
    forget_oldest();
  }
  if ((ring_.size() + 1) * 2 > slots_.size()) grow();
  ring_.push_back(record);
  // A key that came again behind its window points to its newer event from now on.
  slots_[slot_of(record.key)] = first_number_ + ring_.size() - 1;
}

void DedupeWindow::forget_oldest() {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = slot_of(ring_.front().key);
  if (slots_[hole] == first_number_) {
    slots_[hole] = 0;
    // Whoever stood behind the hole only because it was taken moves up, or would not be found again.
    for (std::size_t slot = (hole + 1) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
      const std::size_t home = home_of(at(slots_[slot]).key);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots_[hole] = slots_[slot];
      slots_[slot] = 0;
      hole = slot;
    }
  }
  ring_.pop_front();
  ++first_number_;
}

void DedupeWindow::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::size_t i = 0; i < ring_.size(); ++i) slots_[slot_of(ring_[i].key)] = first_number_ + i;
}

KeySet::KeySet() : slots_(std::size_t{kMaxFrameEvents} * 2) {}

void KeySet::clear() { ++round_; }

bool KeySet::insert(const Id16& key) {
  std::size_t slot = (std::hash<Id16>{}(key) >> 20) % slots_.size();
  for (; slots_[slot].round == round_; slot = (slot + 1) % slots_.size()) {
    if (slots_[slot].key == key) return false;
  }
  slots_[slot] = {key, round_};
  return true;
}

}  // namespace lamplight::bus
