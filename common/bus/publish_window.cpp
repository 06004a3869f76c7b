#include "bus/publish_window.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace lamplight::bus {

namespace {
constexpr std::size_t kCareful = 256;  // frames under way from which on no more refusals are feared
constexpr std::size_t kEventFields =
    64;  // what an event's encoding needs beside subject and payload, at most

// The encoded events of a frame: what stands behind its header.
Bytes events_of(const FrameView& frame) {
  const std::uint8_t* first = nullptr;
  frame.for_each([&first](std::uint32_t index, const EventContent&, Bytes raw) {
    if (index == 0) first = raw.data();
  });
  const auto from = static_cast<std::size_t>(first - frame.bytes().data());
  return frame.bytes().subspan(from);
}
}  // namespace

PublishWindow::PublishWindow(const ClientOptions& options) : options_(options) {}

Result<void> PublishWindow::add(const NewEvent& event, std::optional<TimeUs> seed_time,
                                AckCallback done) {
  if (!is_valid_subject(event.subject)) {
    return Error(Code::kInvalid, "'" + std::string(event.subject) +
                                     "' is no subject; want tokens of [a-z0-9_] joined by dots");
  }
  const std::size_t most = event.payload.size() + event.subject.size() + kEventFields;
  if (most > kMaxEventBytes) {
    return Error(Code::kTooLarge, "event of " + std::to_string(event.payload.size()) +
                                      " bytes; the limit is " + std::to_string(kMaxEventBytes) +
                                      " with its header");
  }
  if (events_ >= options_.window_events || bytes_ + most > options_.window_bytes) {
    return Error(Code::kOverloaded,
                 "the window of unacknowledged events is full; wait for acknowledgements");
  }
  // One instant a frame; and a key stands once in one, so that the second copy can be told where the first lies.
  if (gathering() && (time_ != seed_time || (event.dedupe && !keys_.insert(*event.dedupe)))) cut();
  if (!gathering()) {
    keys_.clear();
    if (event.dedupe) (void)keys_.insert(*event.dedupe);
    time_ = seed_time;
  }
  const std::size_t before = gathered_.buffer().size();
  EventContent content;
  content.subject = event.subject;
  content.id = event.id;
  content.cause = event.cause;
  content.dedupe = event.dedupe;
  content.schema = event.schema;
  content.payload = event.payload;
  write_event_content(gathered_, content);
  slots_.push_back(Slot{std::move(done), std::nullopt});
  ++events_;
  bytes_ += gathered_.buffer().size() - before;
  if (gathered_.buffer().size() >= kFrameTarget || slots_.size() == kMaxFrameEvents) cut();
  return {};
}

void PublishWindow::cut() {
  if (!gathering()) return;
  LAMPLIGHT_CHECK(numbered_, "events are taken after the first WELCOME");
  FrameHeader head;
  head.producer = options_.name;
  head.first_seq = next_seq_;
  head.time = time_;
  head.count = static_cast<std::uint32_t>(slots_.size());
  Frame frame;
  frame.bytes = encode_frame(head, gathered_.bytes());
  frame.first_seq = next_seq_;
  frame.count = head.count;
  frame.cost = gathered_.buffer().size();
  const std::size_t room = slots_.size();
  frame.slots = std::exchange(slots_, {});
  slots_.reserve(room);
  gathered_.clear();
  next_seq_ = next_seq_.plus(frame.count);
  frames_.push_back(std::move(frame));
}

void PublishWindow::send(const std::function<bool(std::uint64_t, Bytes)>& send) {
  while (has_unsent()) {
    Frame& frame = frames_[unsent_];
    if (frame.count > 0 && !frame.answered) {
      if (frame.renumbered) encode_again(frame);
      frame.tag = next_tag_;
      if (!send(frame.tag, as_bytes(frame.bytes))) {
        frame.tag = 0;
        return;
      }
      ++next_tag_;
    }
    ++unsent_;
  }
}

Result<void> PublishWindow::begin_session(Seq last_seq) {
  if (!numbered_) {
    numbered_ = true;
    acked_ = last_seq;
    next_seq_ = last_seq.plus(1);
    return {};
  }
  if (last_seq < acked_ || last_seq >= next_seq_) {
    return Error(Code::kFenced, "the bus has number " + std::to_string(last_seq.value) +
                                    " as the last of " + options_.name + ", ours lie between " +
                                    std::to_string(acked_.value) + " and " +
                                    std::to_string(next_seq_.value - 1) +
                                    ": another process uses the name, or the log is another one");
  }
  rewind(0);
  return {};
}

void PublishWindow::rewind(std::size_t from) {
  for (std::size_t i = from; i < frames_.size(); ++i) frames_[i].tag = 0;
  unsent_ = std::min(unsent_, from);
}

std::size_t PublishWindow::find(std::uint64_t tag) const {
  std::size_t i = 0;
  while (i < frames_.size() && (frames_[i].tag != tag || tag == 0)) ++i;
  return i;
}

void PublishWindow::acknowledge(const wire::AckEntry& entry) {
  const std::size_t i = find(entry.tag);
  if (i == frames_.size() || frames_[i].answered || frames_[i].count != entry.count) return;
  Frame& frame = frames_[i];
  frame.answered = true;
  if (flight_limit_ < kNoLimit)
    flight_limit_ = flight_limit_ < kCareful ? flight_limit_ * 2 : kNoLimit;
  frame.first = Acked{entry.first_offset, entry.time, false};
  acked_ = std::max(acked_, Seq{frame.first_seq.value + frame.count - 1});
  call_back();
}

void PublishWindow::call_back() {
  if (calling_back_)
    return;  // a callback published and something was answered within: the outer loop goes on
  calling_back_ = true;
  while (!frames_.empty() && (frames_.front().answered || frames_.front().count == 0)) {
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    if (unsent_ > 0) --unsent_;
    events_ -= frame.slots.size();
    bytes_ -= frame.cost;
    std::uint64_t index = 0;
    for (Slot& slot : frame.slots) {
      if (slot.early) {
        slot.done(*slot.early);
      } else {
        slot.done(Acked{frame.first.offset.plus(index++), frame.first.time, false});
      }
    }
  }
  calling_back_ = false;
}

PublishWindow::Refusal PublishWindow::refuse(const wire::Refused& refused) {
  const std::size_t i = find(refused.tag);
  if (i == frames_.size()) return Refusal::kStale;
  const auto code = code_from(refused.code);
  if (code == Code::kFenced) return Refusal::kFenced;
  if (code == Code::kOutOfOrder || !code) return Refusal::kReconnect;
  if (code == Code::kOverloaded) {
    rewind(i);
    return Refusal::kLater;
  }
  Frame& frame = frames_[i];
  const std::uint32_t before = frame.count;
  TakenOut out;
  if (code == Code::kDuplicate) {
    for (const auto& known : refused.known) {
      out.emplace(known.index, Acked{known.offset, known.time, true});
    }
  } else {
    const Error why(*code, refused.message);
    if (refused.index) out.emplace(*refused.index, why);
    else
      for (std::uint32_t index = 0; index < before; ++index) out.emplace(index, why);
  }
  if (out.empty() || out.rbegin()->first >= before) return Refusal::kReconnect;
  take_out(frame, out);
  rewind(i);
  renumber(i + 1, out.size());
  // Where one frame is refused the next often is too, and all that is sent behind it is sent in vain.
  flight_limit_ = 1;
  call_back();
  return Refusal::kGoBack;
}

void PublishWindow::take_out(Frame& frame, const TakenOut& out) {
  std::uint32_t index = 0;
  for (Slot& slot : frame.slots) {
    if (slot.early) continue;
    const auto found = out.find(index++);
    if (found != out.end()) slot.early = found->second;
  }
  frame.count -= static_cast<std::uint32_t>(out.size());
  if (frame.count == 0) return;
  const FrameView old = FrameView::trusted(as_bytes(frame.bytes));
  MsgpackWriter events;
  old.for_each([&](std::uint32_t i, const EventContent&, Bytes raw) {
    if (!out.contains(i)) events.raw(raw);
  });
  FrameHeader head = old.header();
  head.count = frame.count;
  frame.bytes = encode_frame(head, events.bytes());
}

void PublishWindow::renumber(std::size_t from, std::uint64_t down) {
  next_seq_ = Seq{next_seq_.value - down};
  for (std::size_t i = from; i < frames_.size(); ++i) {
    frames_[i].first_seq = Seq{frames_[i].first_seq.value - down};
    frames_[i].renumbered = true;
  }
}

void PublishWindow::encode_again(Frame& frame) {
  const FrameView old = FrameView::trusted(as_bytes(frame.bytes));
  FrameHeader head = old.header();
  head.first_seq = frame.first_seq;
  frame.bytes = encode_frame(head, events_of(old));
  frame.renumbered = false;
}

void PublishWindow::fail_all(const Error& why) {
  cut();
  auto frames = std::exchange(frames_, {});
  unsent_ = 0;
  events_ = 0;
  bytes_ = 0;
  for (Frame& frame : frames) {
    for (Slot& slot : frame.slots) {
      if (slot.early) slot.done(*slot.early);
      else slot.done(why);
    }
  }
}

}  // namespace lamplight::bus
