#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "event_queue.hpp"
#include "runtime/fold.hpp"

namespace lamplight::runtime {

/// Of the code that took an epoch.
struct Versions {
  std::uint32_t state = 0;
  std::uint32_t rules = 0;
};

/// An output of its own that the running code cannot read: a newer build decided it.
struct UnreadOutput {
  Offset offset;
  Offset cause;
  std::string subject;
  std::uint32_t schema = 0;
  std::uint32_t newest = 0;         ///< that the running code reads; 0: it knows no such output
  std::optional<Versions> decider;  ///< of the code that decided it, if it is known
};
/// What is wrong and what to do, for code of the versions `ours`.
[[nodiscard]] std::string tell(const UnreadOutput& output, const Versions& ours);

/// What a service has published as itself, read back: the second cursor of a replay.
///
/// Outputs wait here for the input that caused them; how far the frames reach says which inputs are decided. A frame
/// counts once it has come whole. Threads: one.
class OwnFrames {
 public:
  /// Decider::newest_schema of the code that runs.
  using NewestSchema = std::function<std::uint32_t(std::string_view own_subject)>;

  OwnFrames(std::string service, NewestSchema newest_schema);

  /// Begins behind `cut`: outputs caused up to there are in the state already. A frame that reaches the cut lies behind
  /// it; until it was seen `through` is 0.
  /// `versions`: of the last `started` up to there.
  void begin(Offset cut, const std::optional<Versions>& versions);
  /// The next delivery of frames of `<service>`, and of `handed_over`.
  void take(const std::vector<Event>& events, const Place& place);

  /// Every input up to here is decided, and all its outputs have come.
  [[nodiscard]] Offset through() const { return through_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  /// Of the last `started`, unless an operator has handed over since: then any code may follow.
  [[nodiscard]] const std::optional<Versions>& versions() const { return versions_; }
  [[nodiscard]] Offset last_offset() const { return last_offset_; }  ///< of the last whole frame
  [[nodiscard]] Offset scanned() const { return scanned_; }
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_.bytes(); }

  /// The cause of the first output that waits though the state is at `cut`: no input has claimed it, so the service once
  /// took what it does not take now. Nothing when none does.
  [[nodiscard]] std::optional<Offset> unclaimed(Offset cut);
  /// The first output that the running code cannot read, if it is caused at or below `cut`; else null.
  [[nodiscard]] const UnreadOutput* unread(Offset cut) const {
    return unread_ && unread_->cause <= cut ? &*unread_ : nullptr;
  }
  /// Evolves the outputs of the input at `cause`, which happened at `time`: none waits unclaimed before it, and none is
  /// unread up to it.
  void evolve(Fold& fold, Offset cause, TimeUs time);

 private:
  void note(const Event& event);
  void note_unread(const Event& event);
  [[nodiscard]] const Event* next();

  const std::string service_;
  const NewestSchema newest_schema_;
  Offset cut_;
  Offset through_;
  Offset scanned_;
  Offset last_offset_;
  std::uint64_t epoch_ = 0;
  std::optional<Versions> versions_;
  std::optional<UnreadOutput> unread_;
  EventQueue waiting_;

  // The frame that may have more to come.
  Offset open_through_;
  Offset open_prev_;
  std::uint64_t open_epoch_ = 0;
  Offset open_last_;
};

}  // namespace lamplight::runtime
