#include "own_frames.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/planted_bug.hpp"
#include "bus/control.hpp"
#include "model/msgpack_reader.hpp"
#include "runtime/step.hpp"

namespace lamplight::runtime {

std::string tell(const UnreadOutput& output, const Versions& ours) {
  const std::string reads = output.newest == 0
                                ? "and this build knows no such output"
                                : fmt::format("and this build reads it up to {}", output.newest);
  const std::string by = output.decider ? fmt::format("by rules {} and state {} ",
                                                      output.decider->rules, output.decider->state)
                                        : "";
  return fmt::format(
      "its own output {} at offset {} has schema {}, {}; it was decided {}by a newer build than "
      "this, of rules {} and state {}: run that build or a later one",
      output.subject, output.offset.value, output.schema, reads, by, ours.rules, ours.state);
}

OwnFrames::OwnFrames(std::string service, NewestSchema newest_schema)
    : service_(std::move(service)), newest_schema_(std::move(newest_schema)) {}

void OwnFrames::begin(Offset cut, const std::optional<Versions>& versions) {
  cut_ = scanned_ = cut;
  through_ = planted(Bug::kSnapshotAhead) ? cut : Offset{};
  last_offset_ = {};
  epoch_ = 0;
  versions_ = versions;
  unread_.reset();
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
  if (!unread_ && !event.subject.starts_with("control.")) note_unread(event);
  if (!control || control->verb != bus::ControlVerb::kStarted) return;
  MsgpackReader reader(event.payload);
  Versions versions;
  if (reader.array() >= 2) {
    versions.state = static_cast<std::uint32_t>(reader.uint());
    versions.rules = static_cast<std::uint32_t>(reader.uint());
  }
  versions_ = versions;
}

void OwnFrames::note_unread(const Event& event) {
  if (event.cause <= cut_) return;
  const std::uint32_t newest = newest_schema_(event.subject);
  if (newest != 0 && event.schema <= newest) return;
  unread_ = {event.offset, event.cause, std::string(event.subject),
             event.schema, newest,      versions_};
}

const Event* OwnFrames::next() {
  while (!waiting_.empty()) {
    if (const Event* event = waiting_.front()) return event;
    waiting_.pop_delivery();
  }
  return nullptr;
}

void OwnFrames::evolve(Fold& fold, Offset cause, TimeUs time) {
  const Event* output = next();
  for (; output != nullptr && output->cause == cause; output = next()) {
    if (planted(Bug::kOwnPlaceSeen)) fold.evolve(*output);
    else evolve_output(fold, service_, *output, time);
    waiting_.pop();
  }
}

std::optional<Offset> OwnFrames::unclaimed(Offset cut) {
  const Event* output = next();
  if (output == nullptr || output->cause > cut) return std::nullopt;
  return output->cause;
}

}  // namespace lamplight::runtime
