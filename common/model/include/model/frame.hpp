#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/event.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight {

/// The head of a frame: [producer, epoch, prev, through, first_seq, time_us|nil, events].
struct FrameHeader {
  std::string_view producer;
  std::uint64_t epoch = 0;
  Offset prev;
  Offset through;
  Seq first_seq;
  std::optional<TimeUs> time;  ///< the data's own instant, on a seeded log only
  std::uint32_t count = 0;     ///< number of events, 1..kMaxFrameEvents
};

/// A frame in place: what one publisher sent whole, kept unchanged on disk and wire.
class FrameView {
 public:
  /// Checks everything a frame promises: shape, limits, names, subjects, no byte left over.
  /// Errors: kTooLarge, kInvalid (naming event index and rule).
  [[nodiscard]] static Result<FrameView> parse(Bytes bytes);
  /// For bytes that `parse` accepted before (they come from our log and passed its CRC). Shape errors end the process.
  [[nodiscard]] static FrameView trusted(Bytes bytes);
  /// The frame that begins at `bytes` with others behind it, as in a batch; `size()` tells where the next begins.
  [[nodiscard]] static Result<FrameView> parse_first(Bytes bytes);

  [[nodiscard]] const FrameHeader& header() const { return header_; }
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  /// What a fence knows the frame by: the first 8 bytes (little-endian) of the SHA-256 of `bytes()`. Worked out when first
  /// asked for and kept, so that bus and log share one pass over the bytes.
  /// Threads: one at a time asks the same view.
  [[nodiscard]] std::uint64_t hash() const;

  /// Calls f(index, EventContent, Bytes raw_event) for each event in order.
  template <typename F>
  void for_each(F&& f) const {
    MsgpackReader reader(events_);
    for (std::uint32_t i = 0; i < header_.count; ++i) {
      const std::size_t from = reader.position();
      const EventContent content = read_event(reader);
      check(reader);
      f(i, content, events_.subspan(from, reader.position() - from));
    }
  }

 private:
  [[nodiscard]] static Result<FrameView> read(Bytes bytes, bool whole, bool trusted);
  [[nodiscard]] static EventContent read_event(MsgpackReader& reader);
  static void check(const MsgpackReader& reader);

  FrameHeader header_;
  Bytes bytes_;
  Bytes events_;
  mutable std::optional<std::uint64_t> hash_;
};

/// Reads one event [subject, id, cause, dedupe|nil, schema, payload] at the reader's place.
[[nodiscard]] EventContent read_event_content(MsgpackReader& reader);
/// Appends one event to `out`.
void write_event_content(MsgpackWriter& out, const EventContent& event);

/// Encodes a frame. `events` is what write_event_content made, `header.count` times in a row.
[[nodiscard]] std::string encode_frame(const FrameHeader& header, Bytes events);

}  // namespace lamplight
