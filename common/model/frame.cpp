#include "model/frame.hpp"

#include "base/sha256.hpp"
#include "model/limits.hpp"

namespace lamplight {

EventContent read_event_content(MsgpackReader& reader) {
  EventContent event;
  if (reader.array() != 6) reader.fail();
  event.subject = reader.str();
  const Bytes id = reader.bin();
  if (id.size() == 16) event.id = Id16::from(id);
  else reader.fail();
  event.cause = Offset{reader.uint()};
  if (!reader.take_nil()) {
    const Bytes key = reader.bin();
    if (key.size() == 16) event.dedupe = Id16::from(key);
    else reader.fail();
  }
  const std::uint64_t schema = reader.uint();
  if (schema > 0xFFFF'FFFFULL) reader.fail();
  event.schema = static_cast<std::uint32_t>(schema);
  event.payload = reader.bin();
  return event;
}

void write_event_content(MsgpackWriter& out, const EventContent& event) {
  out.array(6);
  out.str(event.subject);
  out.bin(event.id.span());
  out.uint(event.cause.value);
  if (event.dedupe) out.bin(event.dedupe->span());
  else out.nil();
  out.uint(event.schema);
  out.bin(event.payload);
}

std::string encode_frame(const FrameHeader& header, Bytes events) {
  MsgpackWriter out;
  out.array(7);
  out.str(header.producer);
  out.uint(header.epoch);
  out.uint(header.prev.value);
  out.uint(header.through.value);
  out.uint(header.first_seq.value);
  if (header.time) out.sint(header.time->value);
  else out.nil();
  out.array(header.count);
  out.raw(events);
  return out.take();
}

EventContent FrameView::read_event(MsgpackReader& reader) { return read_event_content(reader); }

void FrameView::check(const MsgpackReader& reader) {
  LAMPLIGHT_CHECK(reader.ok(), "a frame that was accepted still reads");
}

namespace {
Error bad(std::string what) { return {Code::kInvalid, "frame: " + std::move(what)}; }

// What is wrong with an event, or nothing.
const char* fault_of(const EventContent& event, std::size_t size) {
  if (size > kMaxEventBytes) return "is over the event limit";
  if (!is_valid_subject(event.subject)) return "has a subject that is no subject";
  return nullptr;
}
}  // namespace

Result<FrameView> FrameView::read(Bytes bytes, bool whole, bool trusted) {
  if (whole && bytes.size() > kMaxFrameBytes) {
    return Error(Code::kTooLarge, "frame: " + std::to_string(bytes.size()) +
                                      " bytes, the limit is " + std::to_string(kMaxFrameBytes));
  }
  MsgpackReader reader(bytes);
  FrameView frame;
  FrameHeader& head = frame.header_;
  if (reader.array() != 7) return bad("must be an array of seven");
  head.producer = reader.str();
  head.epoch = reader.uint();
  head.prev = Offset{reader.uint()};
  head.through = Offset{reader.uint()};
  head.first_seq = Seq{reader.uint()};
  if (!reader.take_nil()) head.time = TimeUs{reader.sint()};
  head.count = reader.array();
  if (!reader.ok())
    return bad(
        "header does not read; want [producer, epoch, prev, through, first_seq, time|nil, events]");
  if (!is_valid_name(head.producer)) return bad("producer is no name");
  if (head.first_seq.value == 0) return bad("first_seq begins at 1");
  if (head.count == 0 || head.count > kMaxFrameEvents) return bad("holds 1 to 4096 events");
  const std::size_t from = reader.position();
  for (std::uint32_t i = 0; i < head.count; ++i) {
    const std::size_t at = reader.position();
    const EventContent event = read_event_content(reader);
    if (!reader.ok()) return bad("event " + std::to_string(i) + " does not read");
    if (trusted) continue;
    if (const char* fault = fault_of(event, reader.position() - at)) {
      return bad("event " + std::to_string(i) + " " + fault);
    }
  }
  if (whole && !reader.at_end()) return bad("bytes are left over behind the events");
  if (reader.position() > kMaxFrameBytes) return bad("is over the frame limit");
  frame.bytes_ = bytes.first(reader.position());
  frame.events_ = bytes.subspan(from, reader.position() - from);
  return frame;
}

Result<FrameView> FrameView::parse(Bytes bytes) { return read(bytes, true, false); }
Result<FrameView> FrameView::parse_first(Bytes bytes) { return read(bytes, false, false); }

std::uint64_t FrameView::hash() const {
  if (!hash_) {
    const ChainHash whole = sha256(bytes_);
    std::uint64_t hash = 0;
    for (std::size_t i = 8; i-- > 0;) hash = (hash << 8) | whole.bytes[i];
    hash_ = hash;
  }
  return *hash_;
}

FrameView FrameView::trusted(Bytes bytes) {
  auto frame = read(bytes, false, true);
  LAMPLIGHT_CHECK(frame.ok(), "a frame from the log reads");
  return frame.value();
}

}  // namespace lamplight
