#include "bus/fence_table.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "model/limits.hpp"

namespace lamplight::bus {

FenceTable::Verdict FenceTable::check(const FrameHeader& frame, std::uint64_t hash) const {
  const auto found = producers_.find(frame.producer);
  const Seq last = found == producers_.end() ? Seq{} : found->second.last_seq;
  if (frame.first_seq.value == last.value + 1) return Fresh{};
  if (frame.first_seq.value <= last.value) {
    const auto& frames = found->second.frames;
    const auto at = std::lower_bound(
        frames.begin(), frames.end(), frame.first_seq,
        [](const log::FrameRecord& record, Seq seq) { return record.first_seq < seq; });
    if (at != frames.end() && at->first_seq == frame.first_seq && at->count == frame.count &&
        at->hash == hash) {
      return Same{at->first_offset, at->first_offset.plus(at->count - 1)};
    }
  }
  return Refused{last.plus(1)};
}

void FenceTable::remember(std::string_view producer, const log::FrameRecord& record) {
  auto found = producers_.find(producer);
  if (found == producers_.end())
    found = producers_.emplace(std::string(producer), Producer{}).first;
  Producer& known = found->second;
  LAMPLIGHT_CHECK(record.first_seq > known.last_seq, "a producer's numbers rise");
  known.frames.push_back(record);
  known.last_seq = Seq{record.first_seq.value + record.count - 1};
  known.epoch = record.epoch;
  known.through = record.through;
  const auto is_old = [&known](const log::FrameRecord& old) {
    return old.first_seq.value + old.count - 1 + kFenceNumbers <= known.last_seq.value;
  };
  while (is_old(known.frames.front())) known.frames.pop_front();
}

FenceTable::Place FenceTable::place_of(std::string_view producer) const {
  const auto found = producers_.find(producer);
  if (found == producers_.end()) return {};
  const Producer& known = found->second;
  return {known.last_seq, known.epoch, known.through, known.frames.back().hash};
}

}  // namespace lamplight::bus
