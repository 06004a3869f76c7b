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
};

inline constexpr std::size_t kBatchHeaderBytes = 96;
inline constexpr std::uint32_t kBatchMagic = 0x31424C4C;  // "LLB1" on disk

/// A batch in memory, whole and checked.
struct Batch {
  BatchHeader header;
  ChainHash hash;          ///< of this batch
  std::string bytes;       ///< header and frames

  [[nodiscard]] Offset first() const { return header.first_offset; }
  [[nodiscard]] Offset last() const { return header.first_offset.plus(header.count - 1); }
  [[nodiscard]] Bytes frames() const { return as_bytes(bytes).subspan(kBatchHeaderBytes); }
};

/// Fills the first kBatchHeaderBytes of `batch` (frames already behind them) including the CRC.
void seal_batch(std::string& batch, const BatchHeader& header);

/// Reads and checks the batch at the beginning of `bytes`.
/// Errors: kNotFound no header there (zeros: the written-beforehand tail); kDamaged anything else, saying what.
[[nodiscard]] Result<BatchHeader> check_batch(Bytes bytes);

}  // namespace lamplight::log
