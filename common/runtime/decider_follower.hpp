#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "crash_mark.hpp"
#include "decider_feeds.hpp"
#include "decider_standing.hpp"
#include "subject_counts.hpp"

namespace lamplight::runtime {

/// A decider's state, and where on the log it is.
struct EvolvedState {
  std::unique_ptr<Decider> decider;
  Offset cut;         ///< every input up to here has evolved, with what was decided on it
  Offset last_input;  ///< the state is that of this one: nothing up to the cut lies behind it
  Place place;        ///< the last one that the state has been at exactly
};

/// Evolves what was decided, each input with its outputs behind it, as far as the frames reach: standby, replay and
/// rebuild are this loop. Halts before what it cannot evolve: the input of three deaths, an output of its own that no
/// input has caused or that only a newer build reads. Threads: one.
class DeciderFollower {
 public:
  /// What it works on outlives it.
  struct Parts {
    const Env& env;
    bus::Client& client;
    const DeciderHostOptions& options;
    ServiceMetrics& metrics;
    SubjectCounts& counts;
    CrashMark& mark;
    DeciderStanding& standing;
    DeciderFeeds& feeds;
    EvolvedState& state;
  };
  explicit DeciderFollower(const Parts& parts);

  /// The state is exactly that of this place, which the frames reach.
  std::function<void(const Place&)> on_place;

  /// The state was restored: it is caught up when it has what the log has now.
  void begin();
  /// Evolves what there is. False: no frame reaches the cut where the state began, so the log's tail was lost.
  [[nodiscard]] bool follow();
  /// All that was decided when it began has evolved.
  [[nodiscard]] bool caught_up() const { return caught_up_; }
  /// What it published cannot be followed: nothing more is to be evolved.
  [[nodiscard]] bool lost_thread() const { return lost_thread_; }

 private:
  [[nodiscard]] std::int64_t since_begin_us() const;
  [[nodiscard]] bool evolve();
  [[nodiscard]] bool loses_thread(Offset claimed, Offset to);
  void note_caught_up();

  const Parts parts_;
  std::optional<Offset> deadly_;
  Offset target_;  // the head told when it began
  std::int64_t began_at_us_ = 0;
  bool caught_up_ = false;
  bool lost_thread_ = false;
};

}  // namespace lamplight::runtime
