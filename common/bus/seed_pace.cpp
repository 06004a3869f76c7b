#include "bus/seed_pace.hpp"

#include <algorithm>

#include "bus/control.hpp"
#include "model/msgpack_reader.hpp"

namespace lamplight::bus {

namespace {

/// The deadline that `progressed` tells; nothing when there is none, or none can be read.
std::optional<TimeUs> due_in(Bytes payload) {
  MsgpackReader in(payload);
  if (in.array() < 1 || in.take_nil()) return std::nullopt;
  const TimeUs due{in.sint()};
  return in.ok() ? std::optional(due) : std::nullopt;
}

}  // namespace

void SeedPace::appended(const FrameView& frame, Offset first) {
  const FrameHeader& head = frame.header();
  if (head.epoch != 0) {
    const auto told = told_.find(head.producer);
    if (told != told_.end()) told_.erase(told);
  }
  frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes) {
    note(head.producer, head.through, event, first.plus(index));
  });
}

// What the bus and deciders say of themselves is nobody's input, but for the time and for who decides from now on.
void SeedPace::note(std::string_view producer, Offset through, const EventContent& event,
                    Offset offset) {
  const auto control = parse_control_subject(event.subject);
  const bool inner = event.subject.starts_with("control.") &&
                     (!control || (control->verb != ControlVerb::kTimeReached &&
                                   control->verb != ControlVerb::kStarted));
  if (!inner) settle_ = offset;
  if (control && control->verb == ControlVerb::kProgressed)
    told_.insert_or_assign(std::string(producer), Told{through, due_in(event.payload)});
}

bool SeedPace::passes(TimeUs wanted, const std::vector<std::string_view>& deciding) {
  std::optional<TimeUs> due;
  for (const std::string_view name : deciding) {
    const auto told = told_.find(name);
    if (told == told_.end() || told->second.through < settle_) return false;
    if (told->second.due && (!due || *told->second.due < *due)) due = told->second.due;
  }
  if (!due || *due > wanted) return true;
  stop_ = std::max(stop_, *due);
  return false;
}

}  // namespace lamplight::bus
