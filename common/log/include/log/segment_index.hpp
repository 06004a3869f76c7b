#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace lamplight::log {

/// One frame as the fence remembers it.
struct FrameRecord {
  Seq first_seq;
  std::uint32_t count = 0;
  Offset first_offset;
  std::uint64_t hash = 0;  ///< first 8 bytes (little-endian) of the SHA-256 of the frame's bytes
  std::uint64_t epoch = 0;
  Offset through;
  bool operator==(const FrameRecord&) const = default;
};

struct DedupeRecord {
  Id16 key;
  Offset offset;
  TimeUs time;
  bool operator==(const DedupeRecord&) const = default;
};

struct SubjectSpan {
  Offset first;
  Offset last;
  std::uint64_t count = 0;
  bool operator==(const SubjectSpan&) const = default;
};

/// What a start and a filtered reader need to know of a segment without reading it: kept beside each sealed segment in a
/// sidecar (a cache, rebuilt when missing or bad) and in memory for the active one.
struct SegmentIndex {
  Offset first;
  Offset last;  ///< last < first in an empty segment
  TimeUs first_time;
  TimeUs last_time;
  ChainHash last_hash;  ///< of the segment's last batch
  std::map<std::string, std::vector<FrameRecord>, std::less<>>
      frames;                        ///< by producer: those with its last 65,536 numbers
  std::vector<DedupeRecord> dedupe;  ///< in offset order
  std::map<std::string, SubjectSpan, std::less<>> subjects;
  std::map<std::string, SubjectSpan, std::less<>> producers;
  /// Sparse places: batch that begins at `offset` lies at byte `at`; one about every 256 KiB, for seeks.
  struct Place {
    Offset offset;
    std::uint64_t at = 0;
    bool operator==(const Place&) const = default;
  };
  std::vector<Place> places;
  bool operator==(const SegmentIndex&) const = default;
};

}  // namespace lamplight::log
