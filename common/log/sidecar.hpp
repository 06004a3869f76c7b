#pragma once

#include <string>

#include "base/env.hpp"
#include "log/log.hpp"
#include "log/segment_index.hpp"

/// The two kinds of small files beside segments. Both are an envelope {magic u32, crc32c u32 of the body, bytes u64 of
/// the body} around MessagePack, so that a torn or foreign file is noticed whole.
namespace lamplight::log {

/// A sealed segment's index: a cache. Body: [1, first, last, first_time, last_time, last_hash, places, subjects,
/// producers, frames, dedupe]; the long lists are bins of fixed little-endian records.
[[nodiscard]] std::string encode_sidecar(const SegmentIndex& index);
/// What to take out of a sidecar: its dedupe keys are most of it, and an old segment's no longer matter.
enum class SidecarParts { kAll, kAllButKeys };
/// Errors: kDamaged.
[[nodiscard]] Result<SegmentIndex> decode_sidecar(Bytes file,
                                                  SidecarParts parts = SidecarParts::kAll);
/// Reads and decodes; errors as decode_sidecar, kNotFound, kIo.
[[nodiscard]] Result<SegmentIndex> read_sidecar(Disk& disk, const std::string& path,
                                                SidecarParts parts = SidecarParts::kAll);
/// Temporary name, then rename; not synced: whoever finds it torn rebuilds it.
[[nodiscard]] Result<void> write_sidecar(Disk& disk, const std::string& path,
                                         const SegmentIndex& index);

/// What a clean stop leaves: everything up to here was synced. Body: [1, log id, segment, last, end, hash].
struct CleanStop {
  Id16 log_id;
  Offset segment;  ///< first offset of the active segment
  Offset last;
  std::uint64_t end = 0;  ///< byte behind the last batch
  ChainHash hash;         ///< of the last batch
};
[[nodiscard]] std::string encode_clean_stop(const CleanStop& stop);
/// Errors: kDamaged.
[[nodiscard]] Result<CleanStop> decode_clean_stop(Bytes file);

}  // namespace lamplight::log
