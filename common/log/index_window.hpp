#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "log/segment_index.hpp"

namespace lamplight::log {

/// What of a log's indexes still matters when they are gone through newest first: of each producer the frames with its
/// last kFenceNumbers numbers, of the dedupe keys the newest kDedupeKeys within kDedupeUs. So a start holds that much in
/// memory and no more, however long the log is. Threads: one.
class IndexWindow {
 public:
  /// Takes note of the newest index, which stays as it is.
  void note(const SegmentIndex& newest);
  /// Drops from the next older index what newer ones have put out of reach, and takes note of the rest.
  void trim(SegmentIndex& index);
  /// Whether an older index can still hold a key that matters.
  [[nodiscard]] bool wants_keys() const;

 private:
  void drop_frames(SegmentIndex& index) const;
  void drop_keys(SegmentIndex& index) const;
  [[nodiscard]] bool is_old(TimeUs time) const;

  std::map<std::string, Seq, std::less<>> newest_;  // number of each producer
  std::size_t keys_ = 0;
  std::optional<TimeUs> newest_time_;
  bool aged_ = false;  // the oldest index seen reaches behind the window
};

}  // namespace lamplight::log
