#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "preparer.hpp"
#include "segment_file.hpp"

namespace lamplight::log {

/// A batch between append and sync.
struct Gathered {
  std::string bytes;  ///< room for the header, then the frames
  std::vector<std::uint64_t> frame_hashes;
  std::uint32_t count = 0;
  Offset first;
  TimeUs time;
  std::uint64_t at = 0;  ///< byte in its segment
  bool begins_segment = false;
};

/// The write of what was gathered: at most the rest of the active segment and the beginning of the next one.
///
/// A new segment gets its name only after everything before it was synced, and its own first batches too: so only the
/// last segment of a log can have a torn tail.
/// Threads: made and taken apart by the log's owner; `run` on any one thread in between.
class SegmentSync final : public PendingSync {
 public:
  struct Job {
    std::vector<Gathered> batches;
    std::shared_ptr<File> active;
    Header log;
    Offset synced;
    ChainHash synced_hash;
    Offset segment_first;  ///< of the active segment
  };
  /// What run leaves for finish_sync.
  struct Outcome {
    std::vector<std::shared_ptr<const Batch>> batches;
    SegmentIndex old_segment;  ///< of the batches that went into the active segment
    bool rolled = false;
    SegmentHeader new_segment;  ///< when rolled
    SegmentIndex new_index;
    std::shared_ptr<File> new_file;
  };

  SegmentSync(Disk& disk, std::string folder, Preparer& preparer, Job job);

  Result<void> run() override;
  [[nodiscard]] Outcome take_outcome() { return std::move(outcome_); }
  [[nodiscard]] bool rolls() const;

 private:
  [[nodiscard]] Result<void> begin_segment(Offset first);
  [[nodiscard]] Result<void> write(Gathered& gathered);
  [[nodiscard]] Result<void> name_segment();
  [[nodiscard]] SegmentIndex index_of(std::size_t from, std::size_t to, Offset segment_first) const;

  Disk& disk_;
  std::string folder_;
  Preparer& preparer_;
  Job job_;
  Outcome outcome_;
  ChainHash hash_;
  std::vector<std::uint64_t> places_;  // of outcome_.batches
  bool ran_ = false;
};

}  // namespace lamplight::log
