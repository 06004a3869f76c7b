#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "log/segment_index.hpp"
#include "segment_cursor.hpp"
#include "segment_file.hpp"

namespace lamplight::log {

/// What a full walk over a segment found, up to the first thing that is no batch.
struct SegmentScan {
  SegmentIndex index;  ///< of the whole batches
  Offset last;         ///< of the last whole batch; first - 1 in an empty segment
  TimeUs last_time;
  ChainHash last_hash;
  std::uint64_t end = kSegmentHeaderBytes;  ///< byte behind the last whole batch
  std::uint64_t batches = 0;

  /// What stands at `end` when that is neither a batch nor zeros to the end of the file.
  std::optional<Error> fault;
  /// The fault is a batch whose own CRC holds but which does not follow: no torn write leaves that.
  bool fault_is_whole = false;
  std::uint64_t content_end =
      kSegmentHeaderBytes;  ///< behind the file's last byte that is not zero, `end` at least
  /// What behind the fault calls it synced, so that it is damage and no torn tail: a later whole batch, or the header
  /// right behind the faulty batch where that one's own header still reads. For people to read.
  std::optional<std::string> synced_by;
};

/// Checks everything in the segment: CRC, frames, chain, offsets dense, time never back (from `not_before` on).
/// The file may be written meanwhile by a running bus: what it finishes behind the end just read is no fault, and a batch
/// half written is one that nothing calls synced.
/// Errors: kIo; what is wrong with the content is in `fault`, with file and byte.
[[nodiscard]] Result<SegmentScan> scan_segment(const std::shared_ptr<const File>& file,
                                               const std::string& path, const SegmentHeader& header,
                                               TimeUs not_before);

/// Whole or part batches in the cut part: what a torn tail may have lost (none of it was acknowledged).
[[nodiscard]] Result<std::uint64_t> count_torn_batches(const File& file, const SegmentScan& scan);

/// Calls f for each whole batch that lies anywhere between the two bytes, damage before it or not, in the file's order.
/// For telling what is lost: a batch quoted inside an event is counted with the event's own batch only.
[[nodiscard]] Result<void> each_whole_batch(const File& file, std::uint64_t from, std::uint64_t to,
                                            const std::function<void(const BatchHeader&)>& f);

}  // namespace lamplight::log
