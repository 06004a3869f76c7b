#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "event_queue.hpp"
#include "own_frames.hpp"
#include "runtime/decider_host.hpp"
#include "runtime/snapshot.hpp"

namespace lamplight::runtime {

/// When a decider's snapshots are taken, and when they get their name: not before the frames up to their cut are
/// acknowledged, or the state would be ahead of the log.
///
/// A snapshot's body is the versions of the last `started` (nil: any code may follow), then what the decider saves.
/// Threads: one.
class DeciderSnapshots {
 public:
  DeciderSnapshots(const Env& env, const DeciderHostOptions& options, std::uint32_t state_version,
                   ServiceMetrics& metrics);

  struct Restored {
    Place place;
    std::optional<Versions> versions;
  };
  /// Loads the newest that this code can use, on this log, into `decider`; made anew by `make` where one does not load.
  [[nodiscard]] std::optional<Restored> restore(const Id16& log_id, Offset head,
                                                std::unique_ptr<Decider>& decider,
                                                const MakeDecider& make);
  /// The snapshot of that cut is none of this log.
  void drop(Offset cut) { store_.drop(cut); }

  /// Whether one should be taken of the state, which is exactly that of `place` and was last moved by `last_input`.
  [[nodiscard]] bool due(const Place& place, Offset last_input) const;
  /// Takes one; it is written now if `acknowledged`, else by the `acknowledged` that covers it.
  void take(const Place& place, const Fold& fold, const std::optional<Versions>& versions,
            bool acknowledged);
  /// One waits for frames up to its cut.
  [[nodiscard]] bool waits() const { return pending_.has_value(); }
  void acknowledged(Offset cut);
  void forget() { pending_.reset(); }
  [[nodiscard]] Offset saved() const { return saved_; }
  void refresh_age() const;

 private:
  struct Pending {
    Place place;
    std::string bytes;
  };
  void write(const Pending& snapshot);

  const Env env_;
  const std::string service_;
  const std::uint64_t every_events_;
  const std::int64_t every_us_;
  ServiceMetrics& metrics_;
  SnapshotStore store_;
  Id16 log_id_;
  std::optional<Pending> pending_;
  Offset saved_;  // cut of the newest on disk
  std::optional<std::int64_t> saved_at_us_;
  Offset attempt_;  // of the last try, written or not
  std::int64_t attempt_at_us_;
};

}  // namespace lamplight::runtime
