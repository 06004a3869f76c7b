#include "record_index.hpp"

namespace lamplight::intake {

void RecordIndex::insert(const Id16& key, std::uint32_t number) {
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  place({tag(key), number + 1});
  ++size_;
}

void RecordIndex::place(Slot slot) {
  std::size_t at = slot.tag & mask_;
  while (slots_[at].number_plus_one != 0) at = (at + 1) & mask_;
  slots_[at] = slot;
}

void RecordIndex::grow() {
  std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number_plus_one != 0) place(slot);
  }
}

}  // namespace lamplight::intake
