#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/frame.hpp"

namespace lamplight::bus {

/// Builds the body of a DELIVER: whole frames as they lie on the log, or some events of one (docs/protocol.md).
class BodyWriter {
 public:
  /// Bytes that a group needs beside the frame or the events in it, at most.
  static constexpr std::size_t kGroupOverhead = 160;
  static constexpr std::size_t kEventOverhead =
      9;  ///< of an event in a group of some, for its offset

  void add_frame(const FrameView& frame, Offset first_offset, TimeUs time);
  /// Adds an event to the group that `end_group` closes.
  void add_event(Offset offset, Bytes raw_event);
  void end_group(const FrameHeader& header, TimeUs time);

  [[nodiscard]] std::size_t size() const { return out_.buffer().size(); }
  [[nodiscard]] std::size_t group_size() const { return group_.buffer().size(); }
  [[nodiscard]] std::uint32_t events() const { return events_; }
  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  MsgpackWriter out_;
  MsgpackWriter group_;
  std::uint32_t in_group_ = 0;
  std::uint32_t events_ = 0;
};

/// Appends the events of a body to `events`; views point into the body.
/// Errors: kInvalid, naming the byte at which it stops making sense.
[[nodiscard]] Result<void> read_body(Bytes body, std::vector<Event>& events);

}  // namespace lamplight::bus
