#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/frame.hpp"

namespace lamplight::bus {

/// How far time may go on a seeding log where services decide: on only when each has told that all there is is decided,
/// and first to the earliest deadline that one of them waits for, so that a past campaign is decided in its own time.
/// Threads: one.
class SeedPace {
 public:
  /// A log that was found: what lies on it has to be told anew.
  void begin(Offset head) { settle_ = head; }
  /// A frame was appended.
  void appended(const FrameView& frame, Offset first);

  /// Whether time may go on to `wanted`, as far as those are concerned who decide now. Where a deadline comes before, time
  /// stops there (`stop`), and this is asked again when it was decided.
  [[nodiscard]] bool passes(TimeUs wanted, const std::vector<std::string_view>& deciding);
  /// The latest deadline that time has gone to.
  [[nodiscard]] TimeUs stop() const { return stop_; }
  /// Up to here deciders shall tell that they have decided: the last event that may be anybody's input.
  [[nodiscard]] Offset settle() const { return settle_; }

 private:
  struct Told {
    Offset through;
    std::optional<TimeUs> due;
  };
  void note(std::string_view producer, Offset through, const EventContent& event, Offset offset);

  Offset settle_;
  TimeUs stop_;
  std::map<std::string, Told, std::less<>> told_;  // whose last frame was `progressed`
};

}  // namespace lamplight::bus
