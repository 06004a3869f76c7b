#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "log/log.hpp"
#include "segment_cursor.hpp"

namespace lamplight::log {

/// A segment as readers need it.
struct SegmentInfo {
  Offset first;
  ChainHash prev_hash;
  std::uint64_t file_bytes = 0;
  std::optional<std::vector<SegmentIndex::Place>>
      places;  ///< from the sidecar, once a seek asked for them
};

/// What readers see of a log: its segments, how far it is synced, and the newest batches in memory. Shared by the log
/// and its readers, on the owning thread.
struct ReadSide {
  Disk& disk;
  std::string folder;
  std::vector<SegmentInfo>
      segments;  ///< oldest first, the active one last, its places kept up to date
  Offset synced;
  ChainHash synced_hash;
  std::uint64_t recent_limit = 0;
  std::uint64_t recent_bytes = 0;
  std::deque<std::shared_ptr<const Batch>> recent;  ///< without a gap up to `synced`
  bool failed = false;

  void remember(std::shared_ptr<const Batch> batch);
  /// The segment that holds `offset`, or would: the last that begins at or before it; null before the oldest.
  [[nodiscard]] SegmentInfo* segment_of(Offset offset);
};

/// Errors: kInvalid beyond synced + 1 up to `head`+1; kNotFound before the oldest segment.
[[nodiscard]] Result<std::unique_ptr<Reader>> make_reader(std::shared_ptr<ReadSide> side,
                                                          Offset from, Offset head);

}  // namespace lamplight::log
