#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "log/batch.hpp"
#include "log/segment_index.hpp"
#include "model/frame.hpp"

namespace lamplight::log {

/// The head of a log: what makes it this log and no other.
struct Header {
  Id16 id;
  std::uint32_t format = 1;
  bool seeded = false;  ///< made to be given its own time by frames until control.log.went_live
};

/// What recovery found and did; for the start's log line and the metrics.
struct Recovery {
  bool clean_stop = false;
  std::uint64_t segments = 0;
  std::uint64_t sidecars_rebuilt = 0;
  std::uint64_t torn_bytes = 0;    ///< cut from the active segment's tail
  std::uint64_t torn_batches = 0;  ///< whole or part batches among them
  std::string torn_kept_in;        ///< file the cut part was kept in; empty when none
};

struct Options {
  std::string folder;
  std::uint64_t segment_bytes = 64ULL << 20;  ///< written with zeros beforehand
  /// Refuse appends (kOverloaded) when less would stay free. What still has to be written on a disk that others filled
  /// comes out of it: sidecars, a clean stop, and the copy of a segment that a start makes after an unclean
  /// one. Worth two segments at least.
  std::uint64_t reserve_bytes = 0;
  std::uint64_t recent_bytes = 32ULL << 20;  ///< newest batches kept in memory for readers
  bool create_seeded = false;                ///< for a log that does not exist yet
  /// No thread of its own: segments are prepared and sidecars written in line, on the thread of append and of
  /// finish_sync. For simulation, where a run must be a function of its seed; a roll then waits for the disk.
  bool in_line = false;
};

/// The write and sync of what was gathered. `run` is the one part of the log that may run on another thread; it
/// touches nothing that the owning thread touches until it is handed back to `finish_sync`.
class PendingSync {
 public:
  virtual ~PendingSync() = default;
  /// Hashes, writes and syncs. Once a run failed the log is fenced: never run again.
  [[nodiscard]] virtual Result<void> run() = 0;
};

/// Reads whole batches in order, only what is synced. Not the log's thread? Then not yours: owning thread only.
class Reader {
 public:
  virtual ~Reader() = default;
  /// The next batch, or null at the synced end (call again later: a tailing reader).
  /// The first batch given is the one that holds the offset asked for; it may begin before it.
  /// Errors: kDamaged (file and byte named), kIo. Every batch read from disk has its CRC checked.
  [[nodiscard]] virtual Result<std::shared_ptr<const Batch>> next() = 0;
};

/// The durable, segmented, append-only log behind an interface: local segments now, a replicated engine later.
/// Threads: the owning thread only, but for PendingSync::run.
class Log {
 public:
  virtual ~Log() = default;

  [[nodiscard]] virtual const Header& header() const = 0;
  [[nodiscard]] virtual const Recovery& recovery() const = 0;
  [[nodiscard]] virtual Offset head() const = 0;    ///< last offset appended, synced or not
  [[nodiscard]] virtual Offset synced() const = 0;  ///< last offset that survives power loss
  [[nodiscard]] virtual TimeUs last_time()
      const = 0;  ///< time of the last batch; TimeUs{} in an empty log
  [[nodiscard]] virtual ChainHash synced_hash()
      const = 0;  ///< chain hash of the batch that ends at synced()

  /// Appends `frame` whole to the batch being gathered and returns the offset of its first event.
  ///
  /// `time` is the batch's time: a later time than the gathering batch's closes that batch and begins another
  ///   (a seeded log: one batch an instant); on a live log the caller passes the same time until begin_sync.
  /// Durability: none yet. It survives power loss once synced() has passed its last event.
  /// Ordering: offsets are dense from 1 and follow call order; time never goes back (a lower one ends the process).
  /// A full disk is met here and never by the write: a frame goes into the next segment only once that one's room is
  ///   written. While it is being made, an append that no sync in progress would bring back waits for it up to 50 ms.
  /// Errors: kTooLarge over kMaxFrameBytes; kOverloaded the gathered bytes reached their bound (retry after the sync
  ///   in progress), the next segment is not ready, or the disk has less than the reserve; goes on by itself once there
  ///   is room (looked at once a second); kFenced an earlier write or sync failed.
  [[nodiscard]] virtual Result<Offset> append(const FrameView& frame, TimeUs time) = 0;

  /// Whether something is gathered that no sync covers yet.
  [[nodiscard]] virtual bool has_gathered() const = 0;
  /// Closes what is gathered and hands out its write; at most one at a time (a second call ends the process).
  [[nodiscard]] virtual std::unique_ptr<PendingSync> begin_sync() = 0;
  /// Takes the write back with what `run` returned. On success synced() moves; on failure the log is fenced for good.
  virtual Result<void> finish_sync(std::unique_ptr<PendingSync> sync, Result<void> outcome) = 0;
  [[nodiscard]] virtual bool failed() const = 0;

  /// A reader whose first batch holds `from`; `from` may be head+1 (tail). kInvalid beyond that.
  [[nodiscard]] virtual Result<std::unique_ptr<Reader>> read(Offset from) = 0;

  /// What the bus needs to rebuild its fence and dedupe tables: the index of each segment from the oldest that still
  /// matters (`wanted` is asked newest first and says whether to go on to an older one), then called oldest first.
  /// Of frames and dedupe keys an index holds only those that newer ones have not put out of reach (limits.hpp): all
  /// together they are as large as those tables, however long the log is.
  virtual Result<void> visit_indexes(const std::function<bool(const SegmentIndex&)>& wanted,
                                     const std::function<void(const SegmentIndex&)>& visit) = 0;

  [[nodiscard]] virtual std::uint64_t total_bytes() const = 0;
  [[nodiscard]] virtual std::uint64_t segment_count() const = 0;
  [[nodiscard]] virtual Result<std::uint64_t> free_bytes() const = 0;

  /// Clean stop: everything gathered must be synced before. Writes the sidecar that calls the tail synced.
  [[nodiscard]] virtual Result<void> close() = 0;
};

/// Opens or creates the log in options.folder, recovers its tail, and takes the folder's lock.
/// Errors: kExists another process holds the folder; kDamaged (file and byte named; see `lamplight log verify`);
///   kUnsupported a format of a later version; kIo; kOverloaded disk full.
[[nodiscard]] Result<std::unique_ptr<Log>> open(const Env& env, const Options& options);

}  // namespace lamplight::log
