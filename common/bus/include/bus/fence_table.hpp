#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "log/segment_index.hpp"
#include "model/frame.hpp"

namespace lamplight::bus {

/// What each producer has published: its last number, and the frames that hold its last kFenceNumbers numbers, so that
/// a resend is recognised and a gap or an overlap refused. Rebuilt from the log's indexes at start.
/// Threads: one.
class FenceTable {
 public:
  /// Next in line: may be appended.
  struct Fresh {};
  /// The same bytes are on the log (or on their way): acknowledge with where they lie.
  struct Same {
    Offset first_offset;
    Offset last_offset;
  };
  /// A gap, a partial overlap, or other bytes under known numbers.
  struct Refused {
    Seq expected;
  };
  using Verdict = std::variant<Fresh, Same, Refused>;

  /// What HELLO is told of a name.
  struct Place {
    Seq last_seq;
    std::uint64_t epoch = 0;
    Offset through;
    std::uint64_t last_hash = 0;
  };

  [[nodiscard]] Verdict check(const FrameHeader& frame, std::uint64_t hash) const;
  /// Notes an appended frame; it must have been Fresh.
  void remember(std::string_view producer, const log::FrameRecord& record);
  [[nodiscard]] Place place_of(std::string_view producer) const;

 private:
  struct Producer {
    std::deque<log::FrameRecord> frames;
    Seq last_seq;
    std::uint64_t epoch = 0;
    Offset through;
  };
  std::map<std::string, Producer, std::less<>> producers_;
};

}  // namespace lamplight::bus
