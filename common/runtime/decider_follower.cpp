#include "decider_follower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/logging.hpp"
#include "base/planted_bug.hpp"

namespace lamplight::runtime {

namespace {
constexpr std::int64_t kTailUs = 3'000'000;  // heartbeats tell the head once a second

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }
}  // namespace

DeciderFollower::DeciderFollower(const Parts& parts) : parts_(parts), deadly_(parts.mark.deadly()) {
  if (!deadly_) return;
  parts_.standing.halt(
      *deadly_,
      fmt::format("{} starts died of it; code with other versions tries again, and so does "
                  "this one when {} is removed",
                  CrashMark::kDeaths, parts_.mark.path()));
}

void DeciderFollower::begin() {
  target_ = parts_.client.state().head;
  began_at_us_ = parts_.env.clock.monotonic_us();
  caught_up_ = lost_thread_ = false;
}

std::int64_t DeciderFollower::since_begin_us() const {
  return parts_.env.clock.monotonic_us() - began_at_us_;
}

bool DeciderFollower::follow() {
  if (!evolve()) return true;
  EvolvedState& state = parts_.state;
  const OwnFrames& own = parts_.feeds.own();
  const bool told_of_head = since_begin_us() >= kTailUs;  // of what the bus had when we asked
  if (told_of_head && own.scanned() >= parts_.client.state().head && own.through() < state.cut)
    return false;
  state.cut = std::max(state.cut, std::min(own.through(), parts_.feeds.newest().offset));
  if (!loses_thread(state.cut, state.cut)) note_caught_up();
  return true;
}

/// Inputs that are known to be decided. False: it halts before one.
bool DeciderFollower::evolve() {
  EvolvedState& state = parts_.state;
  EventQueue& inputs = parts_.feeds.inputs();
  OwnFrames& own = parts_.feeds.own();
  while (!inputs.empty()) {
    const Event* event = inputs.front();
    if (event == nullptr) {
      const Place place = inputs.place();
      if (place.offset > own.through()) break;
      if (loses_thread(place.offset, place.offset)) return false;
      parts_.mark.leave();
      inputs.pop_delivery();
      on_place(place);
      continue;
    }
    if (event->offset > own.through()) break;
    const Offset before{event->offset.value - 1};
    if (deadly_ == event->offset) {
      state.cut = before;
      return false;
    }
    if (loses_thread(before, event->offset)) return false;
    parts_.mark.enter_one_of(event->offset, inputs.back()->offset);
    parts_.counts.count(event->subject);
    state.decider->evolve(*event);
    if (!planted(Bug::kOwnAtPlace)) own.evolve(*state.decider, event->offset, event->time);
    state.cut = state.last_input = event->offset;
    inputs.pop();
    parts_.mark.leave_one();
  }
  return true;
}

/// Whether the state, whose inputs up to `claimed` have evolved, cannot be brought to `to` with what was published: an
/// output was caused by no input that it takes, or can be read by a newer build alone. The cut is then the one before
/// that cause.
bool DeciderFollower::loses_thread(Offset claimed, Offset to) {
  const Decider& decider = *parts_.state.decider;
  OwnFrames& own = parts_.feeds.own();
  Offset cause;
  if (const UnreadOutput* unread = own.unread(to)) {
    cause = unread->cause;
    parts_.standing.halt(cause, tell(*unread, {decider.state_version(), decider.rules_version()}));
  } else if (const auto unclaimed = own.unclaimed(claimed);
             unclaimed && !planted(Bug::kOwnAtPlace)) {
    cause = *unclaimed;
    parts_.standing.halt(cause,
                         "it caused an output of its own and is no input that this build takes; "
                         "subjects may be added "
                         "to a decider and never removed");
  } else {
    return false;
  }
  parts_.state.cut = Offset{cause.value - 1};
  return lost_thread_ = true;
}

void DeciderFollower::note_caught_up() {
  const OwnFrames& own = parts_.feeds.own();
  if (caught_up_ || own.scanned() < target_ || parts_.state.cut != own.through()) return;
  caught_up_ = true;
  parts_.metrics.record_replay(seconds(since_begin_us()));
  logging::info("decider caught up service={} cut={} seconds={:.3f}", parts_.options.service,
                parts_.state.cut.value, seconds(since_begin_us()));
}

}  // namespace lamplight::runtime
