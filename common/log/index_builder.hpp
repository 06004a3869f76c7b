#pragma once

#include <span>

#include "log/batch.hpp"
#include "log/segment_index.hpp"

namespace lamplight::log {

/// Makes the index of a segment, or of a run of its batches to be merged in, from batches in order. What comes out
/// depends on the batches and their places only, never on how they were grouped. Threads: one.
class IndexBuilder {
 public:
  explicit IndexBuilder(Offset first);

  /// `batch` is whole and its frames were checked (a broken one ends the process); it begins at byte `at`.
  /// `frame_hashes`: FrameView::hash of each of its frames where they are known; empty: they are worked out.
  void add(const BatchHeader& header, const ChainHash& hash, Bytes batch, std::uint64_t at,
           std::span<const std::uint64_t> frame_hashes = {});

  [[nodiscard]] SegmentIndex take();

 private:
  [[nodiscard]] std::size_t add_frame(Bytes bytes, Offset first, TimeUs time,
                                      const std::uint64_t* known_hash);
  void add_event(const EventContent& event, Offset offset, TimeUs time);

  SegmentIndex index_;
  // The last subject seen: runs of one subject are the rule, and a map look-up an event is not cheap.
  std::pair<const std::string, SubjectSpan>* last_subject_ = nullptr;
};

[[nodiscard]] SegmentIndex empty_index(Offset first);
/// Adds what follows. `later` begins where `into` ends.
void merge(SegmentIndex& into, SegmentIndex&& later);
/// Drops the frames whose numbers a producer can no longer resend.
void trim_frames(SegmentIndex& index);

}  // namespace lamplight::log
