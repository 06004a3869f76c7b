#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus_time.hpp"
#include "bus/control.hpp"
#include "bus/fence_table.hpp"
#include "bus/refusal.hpp"
#include "bus/sessions.hpp"
#include "log/segment_index.hpp"

namespace lamplight::bus {

/// Who decides under which name: the holder of each name's epoch, whether it is there, and what a decider's frames must
/// keep to. Epoch and `through` themselves are the fence's; what is here is rebuilt from the log's indexes.
/// Threads: one.
class Deciders {
 public:
  /// A holder not heard for so long may be followed by another instance.
  static constexpr std::int64_t kGoneUs = 3'000'000;
  /// One that says nothing for so long decides no more, as far as the time of a seeding log is concerned.
  static constexpr std::int64_t kAwaitedUs = 60'000'000;

  /// Takes in one segment's index, oldest first. A holder counts as heard at `now`: it had no bus to speak to.
  void restore(const log::SegmentIndex& index, const Now& now);

  /// A decider has said HELLO. `started`: the offset of the `started` by which it holds its epoch; Offset{} when it
  /// holds none.
  void greeted(const Session& session, Offset started, const Now& now);
  /// A decider's session has spoken.
  void heard(const Session& session, const Now& now);

  /// Whether a decider's frame that is not on the log yet may go there; nothing: it may. `place` is the fence's word
  /// on its producer, `head` the log's last offset.
  [[nodiscard]] std::optional<Refusal> check(const Session& session, const FrameView& frame,
                                             const FenceTable::Place& place, Offset head,
                                             const Now& now) const;
  /// A decider's frame lies on the log at `first_offset`, just appended or known from before.
  void taken(const Session& session, const FrameView& frame, Offset first_offset, const Now& now);
  /// An operator let the next instance of `service` take over at once, by the event at `at`.
  void handed_over(std::string_view service, Offset at);
  /// Who decides now: started, not stopped, and heard not too long ago; so long a seeding log waits for one that died.
  [[nodiscard]] std::vector<std::string_view> deciding(const Now& now) const;
  /// Whether an instance ever decided under the name.
  [[nodiscard]] bool knows(std::string_view service) const { return holders_.contains(service); }

 private:
  struct Holder {
    Offset started_at;  // of the `started` that made it the holder
    Offset last_stop;
    Offset last_hand_over;
    std::optional<PeerId> peer;  // its session, as far as known
    std::int64_t heard_us = 0;   // monotonic
    /// It let go of the epoch: nothing more of that is taken.
    [[nodiscard]] bool stopped() const { return last_stop > started_at; }
    [[nodiscard]] bool released() const { return stopped() || last_hand_over > started_at; }
  };
  [[nodiscard]] std::optional<Refusal> check_start(const Session& session, const FrameHeader& head,
                                                   const FenceTable::Place& place,
                                                   const Now& now) const;
  Holder& holder(std::string_view service);

  std::map<std::string, Holder, std::less<>> holders_;
};

}  // namespace lamplight::bus
