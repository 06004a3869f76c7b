#pragma once

#include <string>

#include "base/result.hpp"
#include "model/frame.hpp"

namespace lamplight::log {

/// Fixed little-endian header before each batch's frames, 96 bytes, no padding:
///   0 magic u32 "LLB1" · 4 version u16 · 6 flags u16 (0) · 8 bytes u32 (whole batch) · 12 count u32 (events)
///   16 first_offset u64 · 24 time_us i64 · 32 synced_through u64 · 40 prev_hash[32] · 72 reserved[20] (0) · 92 crc32c u32
/// The CRC covers the whole batch but its own four bytes. A batch's chain hash is the SHA-256 of the whole batch.
struct BatchHeader {
  std::uint32_t bytes = 0;
  std::uint32_t count = 0;
  Offset first_offset;
  TimeUs time;
  Offset synced_through;
  ChainHash prev_hash;

  [[nodiscard]] Offset last() const { return {first_offset.value + count - 1}; }
};

inline constexpr std::size_t kBatchHeaderBytes = 96;
inline constexpr std::uint32_t kBatchMagic = 0x31424C4C;  // "LLB1" on disk

/// A batch in memory, whole and checked.
struct Batch {
  BatchHeader header;
  ChainHash hash;     ///< of this batch
  std::string bytes;  ///< header and frames

  [[nodiscard]] Offset first() const { return header.first_offset; }
  [[nodiscard]] Offset last() const { return header.last(); }
  [[nodiscard]] Bytes frames() const { return as_bytes(bytes).subspan(kBatchHeaderBytes); }
};

/// Fills the first kBatchHeaderBytes of `batch` (frames already behind them) including the CRC. The size written is
/// the batch's own, whatever header.bytes says.
void seal_batch(std::string& batch, const BatchHeader& header);

/// Reads the header's fields and checks what they promise alone: magic, version, zeros, a size and a count that can be.
/// Says nothing about the frames; `bytes` needs the header only.
/// Errors: kNotFound zeros; kDamaged anything else, saying what.
[[nodiscard]] Result<BatchHeader> read_batch_header(Bytes bytes);

/// Reads and checks the batch at the beginning of `bytes`.
/// Errors: kNotFound no header there (zeros: the written-beforehand tail); kDamaged anything else, saying what.
[[nodiscard]] Result<BatchHeader> check_batch(Bytes bytes);

/// Checks that `frames` are whole frames, back to back, with as many events as the header counts: what a reader may
/// hand to FrameView::trusted. For bytes that may come from anywhere (recovery, verify).
/// Errors: kDamaged, saying which frame and what.
[[nodiscard]] Result<void> check_frames(const BatchHeader& header, Bytes frames);

/// Calls f(FrameView, Offset of its first event) for each frame of a checked batch, in order.
template <typename F>
void for_each_frame(const Batch& batch, F&& f) {
  Bytes left = batch.frames();
  Offset first = batch.first();
  while (!left.empty()) {
    const FrameView frame = FrameView::trusted(left);
    f(frame, first);
    first = first.plus(frame.header().count);
    left = left.subspan(frame.size());
  }
}

/// Calls f(const Event&) for each event of a checked batch, in order; its views end with the batch.
template <typename F>
void for_each_event(const Batch& batch, F&& f) {
  for_each_frame(batch, [&](const FrameView& frame, Offset first) {
    Event event;
    event.time = batch.header.time;
    event.producer = frame.header().producer;
    event.epoch = frame.header().epoch;
    event.prev = frame.header().prev;
    event.through = frame.header().through;
    frame.for_each([&](std::uint32_t index, const EventContent& content, Bytes) {
      static_cast<EventContent&>(event) = content;
      event.offset = first.plus(index);
      f(static_cast<const Event&>(event));
    });
  });
}

}  // namespace lamplight::log
