#include "planted.hpp"

#include "log/log.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight {

namespace {
Bug chosen = Bug::kNone;
}

bool planted(Bug bug) { return bug == chosen; }

namespace bus {

// A frame in two halves of different instants, and so in two batches.
Result<Offset> append_in_two(log::Log& log, const FrameView& frame, TimeUs time) {
  FrameHeader head = frame.header();
  const std::uint32_t first_half = head.count / 2;
  if (first_half == 0) return log.append(frame, time);
  MsgpackWriter first_events;
  MsgpackWriter second_events;
  frame.for_each([&](std::uint32_t index, const EventContent&, Bytes raw) {
    (index < first_half ? first_events : second_events).raw(raw);
  });
  const std::uint32_t second_half = head.count - first_half;
  head.count = first_half;
  const std::string first = encode_frame(head, first_events.bytes());
  head.first_seq = head.first_seq.plus(first_half);
  head.count = second_half;
  const std::string second = encode_frame(head, second_events.bytes());
  auto offset = log.append(FrameView::trusted(as_bytes(first)), time);
  if (offset) (void)log.append(FrameView::trusted(as_bytes(second)), time.plus_us(1));
  return offset;
}

}  // namespace bus

namespace simtest {

std::span<const NamedBug> planted_bugs() {
  static constexpr NamedBug kAll[] = {
      {Bug::kAckBeforeSync, "ack_before_sync"},
      {Bug::kDeliverBeforeSync, "deliver_before_sync"},
      {Bug::kFenceForgotten, "fence_forgotten"},
      {Bug::kDedupeNotRebuilt, "dedupe_not_rebuilt"},
      {Bug::kTornTailKept, "torn_tail_kept"},
      {Bug::kFrameSplit, "frame_split"},
      {Bug::kSnapshotUnsynced, "snapshot_unsynced"},
      {Bug::kCreditLeak, "credit_leak"},
      {Bug::kTimeStepsBack, "time_steps_back"},
      {Bug::kOwnAtPlace, "own_at_place"},
      {Bug::kOwnPlaceSeen, "own_place_seen"},
      {Bug::kSnapshotAhead, "snapshot_ahead"},
      {Bug::kReadAhead, "read_ahead"},
      {Bug::kStepSplit, "step_split"},
      {Bug::kPrevUnchecked, "prev_unchecked"},
      {Bug::kProgressUntold, "progress_untold"},
      {Bug::kZombieTaken, "zombie_taken"},
  };
  return kAll;
}

void plant(Bug bug) { chosen = bug; }

}  // namespace simtest
}  // namespace lamplight
