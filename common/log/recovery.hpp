#pragma once

#include <memory>

#include "log/log.hpp"
#include "read_side.hpp"
#include "segment_file.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

/// A log as recovery hands it to the writer: whole, its tail proven to be on the disk.
struct Recovered {
  Header header;
  Recovery report;
  std::vector<SegmentInfo> segments;  ///< oldest first, the active one last
  std::unique_ptr<File> active;       ///< open for writing
  SegmentIndex active_index;
  std::uint64_t end = kSegmentHeaderBytes;  ///< where the next batch goes in the active segment
  Offset last;
  TimeUs last_time;
  ChainHash last_hash;
};

/// Creates the log or recovers it (DESIGN §4.1, §4.5): consumes the clean-stop sidecar, or copies the active segment up
/// to its last whole batch into a new file; rebuilds missing sidecars. The folder is locked by the caller.
/// Errors: as log::open.
[[nodiscard]] Result<Recovered> recover(const Env& env, const Options& options);

/// The clean-stop sidecar of this log, if there is one that reads.
[[nodiscard]] Result<std::optional<CleanStop>> find_clean_stop(Disk& disk,
                                                               const std::string& folder,
                                                               const Header& header);

/// What tells that segments behind the last one are gone: it has a sidecar, and only sealed segments get one, after the
/// name of the next segment was safe. Nothing when there is no such evidence.
[[nodiscard]] std::optional<std::string> following_is_missing(Disk& disk, const std::string& folder,
                                                              const SegmentScan& last);

/// The index of a sealed segment: from its sidecar when that is whole and ends where `following` begins, else from the
/// segment itself, written again and `rebuilt` set (then with all its parts).
/// Errors: kDamaged the segment is (file and byte named); kIo.
[[nodiscard]] Result<SegmentIndex> index_of_sealed(Disk& disk, const std::string& folder,
                                                   const SegmentInfo& segment,
                                                   const SegmentInfo& following, bool& rebuilt,
                                                   SidecarParts parts = SidecarParts::kAll);

}  // namespace lamplight::log
