#include "own_frames.hpp"

#include <algorithm>

#include "base/planted_bug.hpp"
#include "bus/control.hpp"
#include "model/msgpack_reader.hpp"
#include "runtime/step.hpp"

namespace lamplight::runtime {

OwnFrames::OwnFrames(std::string service) : service_(std::move(service)) {}

void OwnFrames::begin(Offset cut, const std::optional<Versions>& versions) {
  cut_ = scanned_ = cut;
  through_ = planted(Bug::kSnapshotAhead) ? cut : Offset{};
  last_offset_ = {};
  epoch_ = 0;
  versions_ = versions;
  waiting_.clear();
  open_through_ = open_prev_ = open_last_ = {};
  open_epoch_ = 0;
}

void OwnFrames::take(const std::vector<Event>& events, const Place& place) {
  for (const Event& event : events) {
    if (event.offset > scanned_) note(event);
  }
  waiting_.push(events, place, [this](const Event& event) {
    return event.offset > scanned_ && event.cause > cut_ && event.producer == service_ &&
           !event.subject.starts_with("control.");
  });
  scanned_ = std::max(scanned_, place.offset);
  // A delivery may end within a frame: it is whole when its batch is, or when what lies behind it was looked at.
  if (open_last_.value > 0 && (place.batch_end || scanned_ > open_last_)) {
    through_ = std::max(through_, open_through_);
    last_offset_ = open_last_;
  }
}

void OwnFrames::note(const Event& event) {
  const auto control = bus::parse_control_subject(event.subject);
  if (control && control->verb == bus::ControlVerb::kHandedOver) {
    versions_.reset();
    return;
  }
  const bool same = event.epoch == open_epoch_ && event.prev == open_prev_ &&
                    event.through == open_through_ && event.offset.value == open_last_.value + 1;
  if (!same && open_last_.value > 0) {
    through_ = std::max(through_, open_through_);
    last_offset_ = open_last_;
  }
  open_epoch_ = event.epoch;
  open_prev_ = event.prev;
  open_through_ = event.through;
  open_last_ = event.offset;
  epoch_ = event.epoch;
  if (!control || control->verb != bus::ControlVerb::kStarted) return;
  MsgpackReader reader(event.payload);
  Versions versions;
  if (reader.array() >= 2) {
    versions.state = static_cast<std::uint32_t>(reader.uint());
    versions.rules = static_cast<std::uint32_t>(reader.uint());
  }
  versions_ = versions;
}

const Event* OwnFrames::next() {
  while (!waiting_.empty()) {
    if (const Event* event = waiting_.front()) return event;
    waiting_.pop_delivery();
  }
  return nullptr;
}

bool OwnFrames::evolve(Fold& fold, Offset cause, TimeUs time) {
  const Event* output = next();
  if (output != nullptr && output->cause < cause) return false;
  for (; output != nullptr && output->cause == cause; output = next()) {
    if (planted(Bug::kOwnPlaceSeen)) fold.evolve(*output);
    else evolve_output(fold, service_, *output, time);
    waiting_.pop();
  }
  return true;
}

std::optional<Offset> OwnFrames::unclaimed(Offset cut) {
  const Event* output = next();
  if (output == nullptr || output->cause > cut) return std::nullopt;
  return output->offset;
}

}  // namespace lamplight::runtime
