#include "bus/decision_window.hpp"

#include <algorithm>
#include <utility>

#include "model/frame.hpp"

namespace lamplight::bus {

Result<void> DecisionWindow::add(const DecidedFrame& frame, FrameCallback done) {
  if (frame.count == 0) return Error(Code::kInvalid, "a frame holds at least one event");
  FrameHeader head;
  head.producer = options_.name;
  head.epoch = frame.epoch;
  head.prev = frame.prev;
  head.through = frame.through;
  head.first_seq = next_seq_;
  head.count = frame.count;
  Frame added{
      encode_frame(head, frame.events), frame.epoch, next_seq_, frame.count, 0, std::move(done)};
  if (added.bytes.size() > kMaxFrameBytes) {
    return Error(Code::kTooLarge, "a frame of " + std::to_string(added.bytes.size()) +
                                      " bytes; the limit is " + std::to_string(kMaxFrameBytes));
  }
  if (!frames_.empty() && bytes_ + added.bytes.size() > options_.window_bytes) {
    return Error(Code::kOverloaded,
                 "the window of unacknowledged frames is full; wait for acknowledgements");
  }
  bytes_ += added.bytes.size();
  next_seq_ = next_seq_.plus(frame.count);
  frames_.push_back(std::move(added));
  return {};
}

void DecisionWindow::send(const std::function<bool(std::uint64_t, Bytes)>& send) {
  while (has_unsent()) {
    Frame& frame = frames_[unsent_];
    if (!send(next_tag_, as_bytes(frame.bytes))) return;
    frame.tag = next_tag_++;
    ++unsent_;
  }
}

void DecisionWindow::begin_session(Seq last_seq) {
  if (numbered_ && last_seq >= acked_ && last_seq < next_seq_) return rewind(0);
  const bool knew = std::exchange(numbered_, true);
  acked_ = last_seq;
  next_seq_ = last_seq.plus(1);
  if (knew) {
    fail_all(Error(Code::kFenced, "the bus has number " + std::to_string(last_seq.value) +
                                      " as the last of " + options_.name +
                                      ": another instance has decided since"));
  }
}

void DecisionWindow::rewind(std::size_t from) {
  for (std::size_t i = from; i < frames_.size(); ++i) frames_[i].tag = 0;
  unsent_ = std::min(unsent_, from);
}

// Answers come in the order of the frames.
void DecisionWindow::acknowledge(const wire::AckEntry& entry) {
  if (frames_.empty() || entry.tag == 0 || frames_.front().tag != entry.tag) return;
  const Frame frame = std::move(frames_.front());
  frames_.pop_front();
  --unsent_;
  bytes_ -= frame.bytes.size();
  acked_ = Seq{frame.first_seq.value + frame.count - 1};
  if (frame.epoch != epoch_) {
    epoch_ = frame.epoch;
    started_ = entry.first_offset;
  }
  frame.done(FrameAcked{entry.first_offset, frame.count, entry.time});
}

DecisionWindow::Refusal DecisionWindow::refuse(const wire::Refused& refused) {
  std::size_t i = 0;
  while (i < frames_.size() && frames_[i].tag != refused.tag) ++i;
  if (refused.tag == 0 || i == frames_.size()) return Refusal::kStale;
  if (refused.code == to_string(Code::kOverloaded)) {
    rewind(i);
    return Refusal::kLater;
  }
  const bool starts = frames_[i].epoch != epoch_;
  if (refused.code == to_string(Code::kOutOfOrder) && !starts && refused.expected &&
      *refused.expected < frames_[i].first_seq)
    return Refusal::kReconnect;
  const Code code = refused.code == wire::kHeld
                        ? Code::kExists
                        : code_from(refused.code).value_or(Code::kUnavailable);
  // Before the callbacks: they may add frames.
  next_seq_ = refused.expected.value_or(frames_[i].first_seq);
  acked_ = Seq{next_seq_.value - 1};
  fail_all(Error(code, "bus: " + refused.message));
  return Refusal::kEnded;
}

void DecisionWindow::fail_all(const Error& why) {
  auto frames = std::exchange(frames_, {});
  unsent_ = 0;
  bytes_ = 0;
  epoch_ = 0;
  started_ = {};
  for (const Frame& frame : frames) frame.done(why);
}

}  // namespace lamplight::bus
