#include "bus/subscription.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/crc32c.hpp"

namespace lamplight::bus {

namespace {
constexpr std::uint64_t kTellEvery =
    65'536;  // events scanned without a match before progress is told
constexpr std::uint64_t kMostCredit = 64U << 20;  // more would only lie in memory on its way
}  // namespace

Subscription::Subscription(PeerId peer, std::string consumer, const wire::Subscribe& request,
                           Filter filter, std::unique_ptr<log::Reader> reader, log::Log& log)
    : peer_(std::move(peer)),
      consumer_(std::move(consumer)),
      id_(request.subscription),
      filter_(std::move(filter)),
      reader_(std::move(reader)),
      log_(log),
      credit_(std::min(request.credit, kMostCredit)),
      scanned_{request.from.value - 1},
      delivered_(scanned_) {}

void Subscription::add_credit(std::uint64_t bytes) {
  credit_ = std::min(kMostCredit, credit_ + std::min(bytes, kMostCredit));
}

Result<void> Subscription::advance(std::size_t most_bytes) {
  LAMPLIGHT_CHECK(!message, "the last message was sent before the next is built");
  BodyWriter body;
  std::size_t scanned_bytes = 0;
  while (scanned_bytes < most_bytes) {
    if (!batch_) {
      if (!has_unread()) break;
      auto next = reader_->next();
      if (!next) return next.error();
      if (!*next) break;
      batch_ = std::move(next).value();
      frame_at_ = 0;
      frame_first_ = batch_->first();
    }
    const Bytes frames = batch_->frames();
    const FrameView frame = FrameView::trusted(frames.subspan(frame_at_));
    if (take_frame(frame, body) == Room::kFull) break;
    frame_at_ += frame.size();
    frame_first_ = frame_first_.plus(frame.header().count);
    scanned_bytes += frame.size();
    place_known_ = true;
    hash_ = batch_->hash;
    time_ = batch_->header.time;
    batch_end_ = frame_at_ >= frames.size();
    if (batch_end_) batch_.reset();
    if (batch_end_ && !opened_) break;
  }
  last_read_ = scanned_bytes;
  const bool at_end = scanned_ == log_.synced();
  if (at_end && !place_known_) {
    if (auto learned = learn_place(); !learned) return learned;
  }
  const bool news = body.events() > 0 || (at_end && !end_told_) || (place_known_ && !opened_) ||
                    scanned_.value - told_.value_or(scanned_).value >= kTellEvery;
  if (!told_) told_ = scanned_;
  if (at_end) end_told_ = true;
  if (news) build(body);
  return {};
}

Subscription::Room Subscription::take_frame(const FrameView& frame, BodyWriter& body) {
  const Offset last = frame_first_.plus(frame.header().count - 1);
  if (last <= scanned_) return Room::kLeft;
  bool all = frame_first_ > scanned_;
  bool any = false;
  if (filter_.takes_producer(frame.header().producer)) {
    frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes) {
      const bool takes =
          frame_first_.plus(index) > scanned_ && filter_.takes_subject(event.subject);
      all = all && takes;
      any = any || takes;
    });
  }
  if (!any) {
    scanned_ = last;
    return Room::kLeft;
  }
  const std::size_t needs = frame.size() + BodyWriter::kGroupOverhead;
  const bool fits = body.size() + needs <= wire::kTargetBodyBytes;
  // A frame that would fit into a message of its own is not cut for the rest of this one.
  if (!fits && body.size() > 0) return Room::kFull;
  if (!all || !fits) return take_some(frame, frame_first_, body);
  body.add_frame(frame, frame_first_, batch_->header.time);
  scanned_ = last;
  return Room::kLeft;
}

Subscription::Room Subscription::take_some(const FrameView& frame, Offset first, BodyWriter& body) {
  Room room = Room::kLeft;
  frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes raw) {
    const Offset offset = first.plus(index);
    if (room == Room::kFull || offset <= scanned_) return;
    if (filter_.takes_subject(event.subject)) {
      const std::size_t used = body.size() + body.group_size();
      const std::size_t needs = raw.size() + BodyWriter::kEventOverhead;
      if (used > 0 && used + needs + BodyWriter::kGroupOverhead > wire::kTargetBodyBytes) {
        room = Room::kFull;
        return;
      }
      body.add_event(offset, raw);
    }
    scanned_ = offset;
  });
  body.end_group(frame.header(), batch_->header.time);
  if (room == Room::kFull) {
    place_known_ = true;
    hash_ = batch_->hash;
    time_ = batch_->header.time;
    batch_end_ = false;
  }
  return room;
}

// For a subscription that begins at the tail: the batch before it, of which it will read nothing.
Result<void> Subscription::learn_place() {
  place_known_ = true;
  batch_end_ = true;
  hash_ = log_.synced_hash();
  if (scanned_.value == 0) return {};
  auto before = log_.read(scanned_);
  if (!before) return before.error();
  const auto batch = (*before)->next();
  if (!batch) return batch.error();
  if (*batch) time_ = (*batch)->header.time;
  return {};
}

bool Subscription::tell_progress() {
  if (message || !has_credit() || !place_known_ || (told_ && scanned_ <= *told_)) return false;
  BodyWriter nothing;
  build(nothing);
  return true;
}

void Subscription::build(BodyWriter& body) {
  Message built;
  built.events = body.events();
  built.body = body.take();
  LAMPLIGHT_CHECK(built.body.size() <= wire::kMaxDeliverBytes, "a delivery keeps its limit");
  wire::Deliver head;
  head.subscription = id_;
  head.scanned = scanned_;
  head.batch_end = batch_end_;
  head.hash = hash_;
  head.time = time_;
  head.events = built.events;
  head.crc = crc32c(as_bytes(built.body));
  head.after = std::exchange(delivered_, scanned_);
  built.control = wire::encode(wire::BusMessage(head));
  credit_ -= built.body.size() + wire::kDeliverCost;
  told_ = scanned_;
  opened_ = true;
  message = std::move(built);
}

}  // namespace lamplight::bus
