#include "bus/body.hpp"

namespace lamplight::bus {

namespace {
constexpr std::uint64_t kWhole = 0;
constexpr std::uint64_t kSome = 1;

Event event_of(const EventContent& content, const FrameHeader& header, Offset offset, TimeUs time) {
  Event event;
  static_cast<EventContent&>(event) = content;
  event.offset = offset;
  event.time = time;
  event.producer = header.producer;
  event.epoch = header.epoch;
  event.prev = header.prev;
  event.through = header.through;
  return event;
}

// Reads the rest of [0, first_offset, time, frame]; the bytes it took, 0 when it does not read.
std::size_t read_whole(MsgpackReader& reader, Bytes group, std::vector<Event>& events) {
  const Offset first{reader.uint()};
  const TimeUs time{reader.sint()};
  if (!reader.ok()) return 0;
  const std::size_t at = reader.position();
  const auto frame = FrameView::parse_first(group.subspan(at));
  if (!frame) return 0;
  frame->for_each([&](std::uint32_t i, const EventContent& content, Bytes) {
    events.push_back(event_of(content, frame->header(), first.plus(i), time));
  });
  return at + frame->size();
}

// Reads the rest of [1, time, producer, epoch, prev, through, [offset, event, ...]].
std::size_t read_some(MsgpackReader& reader, std::vector<Event>& events) {
  FrameHeader header;
  const TimeUs time{reader.sint()};
  header.producer = reader.str();
  header.epoch = reader.uint();
  header.prev = Offset{reader.uint()};
  header.through = Offset{reader.uint()};
  const std::uint32_t n = reader.array();
  if (n % 2 != 0) return 0;
  for (std::uint32_t i = 0; i < n && reader.ok(); i += 2) {
    const Offset offset{reader.uint()};
    const EventContent content = read_event_content(reader);
    if (reader.ok()) events.push_back(event_of(content, header, offset, time));
  }
  return reader.ok() ? reader.position() : 0;
}

}  // namespace

void BodyWriter::add_frame(const FrameView& frame, Offset first_offset, TimeUs time) {
  out_.array(4);
  out_.uint(kWhole);
  out_.uint(first_offset.value);
  out_.sint(time.value);
  out_.raw(frame.bytes());
  events_ += frame.header().count;
}

void BodyWriter::add_event(Offset offset, Bytes raw_event) {
  group_.uint(offset.value);
  group_.raw(raw_event);
  ++in_group_;
}

void BodyWriter::end_group(const FrameHeader& header, TimeUs time) {
  if (in_group_ == 0) return;
  out_.array(7);
  out_.uint(kSome);
  out_.sint(time.value);
  out_.str(header.producer);
  out_.uint(header.epoch);
  out_.uint(header.prev.value);
  out_.uint(header.through.value);
  out_.array(in_group_ * 2);
  out_.raw(group_.bytes());
  group_.clear();
  events_ += in_group_;
  in_group_ = 0;
}

Result<void> read_body(Bytes body, std::vector<Event>& events) {
  std::size_t at = 0;
  while (at < body.size()) {
    const Bytes group = body.subspan(at);
    MsgpackReader reader(group);
    const std::uint32_t fields = reader.array();
    const std::uint64_t kind = reader.uint();
    std::size_t taken = 0;
    if (reader.ok() && kind == kWhole && fields == 4) taken = read_whole(reader, group, events);
    else if (reader.ok() && kind == kSome && fields == 7) taken = read_some(reader, events);
    if (taken == 0)
      return Error(Code::kInvalid, "delivery body does not read at byte " + std::to_string(at));
    at += taken;
  }
  return {};
}

}  // namespace lamplight::bus
