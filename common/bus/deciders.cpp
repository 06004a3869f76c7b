#include "bus/deciders.hpp"

#include <algorithm>

#include "base/planted_bug.hpp"

namespace lamplight::bus {

namespace {

std::string text(Code code) { return std::string(to_string(code)); }

/// What is wrong with the causes of a frame of outputs; nothing when they rise from prev to through.
std::optional<Refusal> check_causes(const FrameView& frame) {
  const FrameHeader& head = frame.header();
  std::optional<Refusal> refusal;
  Offset last{head.prev.value + 1};
  frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes) {
    const bool rises = event.cause >= last && event.cause <= head.through;
    if (!rises && !refusal) {
      refusal = Refusal{
          text(Code::kInvalid),
          "causes rise from prev to through; this one is " + std::to_string(event.cause.value),
          {},
          index};
    }
    last = std::max(last, event.cause);
  });
  return refusal;
}

/// A control frame's one event is caused by what it tells of: `through`.
std::optional<Refusal> check_control(const FrameView& frame, ControlVerb verb) {
  const FrameHeader& head = frame.header();
  const auto refuse = [](std::string why) { return Refusal{text(Code::kInvalid), std::move(why)}; };
  Offset cause;
  frame.for_each([&](std::uint32_t, const EventContent& event, Bytes) { cause = event.cause; });
  if (cause != head.through) return refuse("the cause of a control event is its frame's through");
  if (verb == ControlVerb::kStarted && head.through != head.prev)
    return refuse("'started' decides nothing: its through is prev");
  if (verb == ControlVerb::kProgressed && head.through <= head.prev)
    return refuse("'progressed' tells a through beyond prev");
  return std::nullopt;
}

}  // namespace

void Deciders::restore(const log::SegmentIndex& index, const Now& now) {
  for (const auto& [subject, span] : index.subjects) {
    const auto control = parse_control_subject(subject);
    if (!control || control->verb == ControlVerb::kTimeReached) continue;
    Holder& known = holder(control->service);
    known.heard_us = now.monotonic_us;
    switch (control->verb) {
      case ControlVerb::kStarted: known.started_at = std::max(known.started_at, span.last); break;
      case ControlVerb::kStopped: known.last_stop = std::max(known.last_stop, span.last); break;
      case ControlVerb::kHandedOver:
        known.last_hand_over = std::max(known.last_hand_over, span.last);
        break;
      default: break;
    }
  }
}

void Deciders::greeted(const Session& session, Offset started, const Now& now) {
  const auto found = holders_.find(session.name);
  if (found == holders_.end() || started.value == 0 || started != found->second.started_at) return;
  found->second.peer = session.peer;
  found->second.heard_us = now.monotonic_us;
}

void Deciders::heard(const Session& session, const Now& now) {
  const auto found = holders_.find(session.name);
  if (found != holders_.end() && found->second.peer == session.peer)
    found->second.heard_us = now.monotonic_us;
}

std::optional<Refusal> Deciders::check(const Session& session, const FrameView& frame,
                                       const FenceTable::Place& place, Offset head,
                                       const Now& now) const {
  const FrameHeader& header = frame.header();
  const auto verb = control_verb_of(frame);
  const bool starts = verb == ControlVerb::kStarted;
  if (starts) {
    if (auto refusal = check_start(session, header, place, now)) return refusal;
  } else {
    const auto found = holders_.find(session.name);
    if (header.epoch != place.epoch || place.epoch == 0) {
      return Refusal{text(Code::kFenced),
                     "epoch " + std::to_string(header.epoch) + " of " + session.name +
                         " is over, or was never started; it is " + std::to_string(place.epoch)};
    }
    if (found != holders_.end() && found->second.stopped())
      return Refusal{text(Code::kFenced), "the holder of this epoch said 'stopped'"};
  }
  if (header.prev != place.through && !planted(Bug::kPrevUnchecked)) {
    return Refusal{text(Code::kOutOfOrder),
                   session.name + " has decided up to " + std::to_string(place.through.value) +
                       ", the frame follows " + std::to_string(header.prev.value)};
  }
  if (header.through < header.prev || header.through > head)
    return Refusal{text(Code::kInvalid), "through lies before prev or beyond the log"};
  return verb ? check_control(frame, *verb) : check_causes(frame);
}

std::optional<Refusal> Deciders::check_start(const Session& session, const FrameHeader& head,
                                             const FenceTable::Place& place, const Now& now) const {
  const auto found = holders_.find(session.name);
  if (found != holders_.end()) {
    const Holder& known = found->second;
    const std::int64_t silent_us = now.monotonic_us - known.heard_us;
    const bool itself = known.peer == session.peer;
    if (!known.released() && !itself && silent_us < kGoneUs) {
      return Refusal{std::string(wire::kHeld),
                     "another instance of " + session.name + " decides, in epoch " +
                         std::to_string(place.epoch) +
                         "; this one follows until that one stops, is gone for 3 s, or an "
                         "operator hands over"};
    }
  }
  if (head.epoch != place.epoch + 1) {
    return Refusal{text(Code::kFenced),
                   "the next epoch of " + session.name + " is " + std::to_string(place.epoch + 1)};
  }
  return std::nullopt;
}

void Deciders::taken(const Session& session, const FrameView& frame, Offset first_offset,
                     const Now& now) {
  const auto verb = control_verb_of(frame);
  Holder& known = holder(session.name);
  if (verb == ControlVerb::kStarted) known.started_at = std::max(known.started_at, first_offset);
  if (verb == ControlVerb::kStopped) known.last_stop = std::max(known.last_stop, first_offset);
  if (first_offset < known.started_at) return;  // of an earlier epoch, come again
  known.peer = session.peer;
  known.heard_us = now.monotonic_us;
}

void Deciders::handed_over(std::string_view service, Offset at) {
  holder(service).last_hand_over = at;
}

std::vector<std::string_view> Deciders::deciding(const Now& now) const {
  std::vector<std::string_view> out;
  for (const auto& [name, known] : holders_) {
    const bool decides = known.started_at.value > 0 && !known.stopped();
    if (decides && now.monotonic_us - known.heard_us < kAwaitedUs) out.push_back(name);
  }
  return out;
}

Deciders::Holder& Deciders::holder(std::string_view service) {
  const auto found = holders_.find(service);
  if (found != holders_.end()) return found->second;
  return holders_.emplace(std::string(service), Holder{}).first->second;
}

}  // namespace lamplight::bus
