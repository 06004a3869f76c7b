#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"

namespace lamplight::runtime {

/// Which code made a snapshot; any difference makes it a cache miss.
struct SnapshotOwner {
  std::string service;
  std::uint32_t state_version = 0;
  ChainHash subscription;  ///< subscription_hash of what the fold takes
};

/// Of a filter: the same for the same set of patterns in any order.
[[nodiscard]] ChainHash subscription_hash(std::vector<std::string> subjects);

/// Where on which log a state was saved.
struct SnapshotCut {
  Id16 log_id;
  Offset offset;
  TimeUs time;     ///< bus time of the batch that holds the offset
  ChainHash hash;  ///< chain hash of that batch
};

struct Snapshot {
  SnapshotCut cut;
  std::string file_bytes;
  std::size_t body_at = 0;
  [[nodiscard]] Bytes body() const { return as_bytes(file_bytes).subspan(body_at); }
};

/// The snapshots of one service in one folder: `%020d.snap` by cut, the newest two kept.
///
/// File: magic "LLSNAP01" · header bytes u32 LE · SHA-256 of all that follows · header (MessagePack array [service, cut,
///   time, cut hash, log id, state_version, subscription hash, body length]) · body.
/// A snapshot is a cache: whatever is wrong with one is a miss with one log line, never a failure.
/// Threads: one.
class SnapshotStore {
 public:
  SnapshotStore(Disk& disk, std::string folder, SnapshotOwner owner);

  /// Writes leave so many bytes of the disk free: the log's reserve is not for a cache.
  void keep_free(std::uint64_t bytes) { reserve_bytes_ = bytes; }
  /// Under a temporary name, synced, renamed, the folder synced; then all but the newest two go. Returns the file's size.
  /// Errors: kIo, kOverloaded (disk full, or would have less than `keep_free` left); what was there before is untouched.
  [[nodiscard]] Result<std::uint64_t> write(const SnapshotCut& cut, Bytes body);

  /// The newest snapshot made by this owner on this log, at or below its head, whose digest holds and that `usable`
  /// (the fold has loaded its body) accepts; nothing when there is none.
  [[nodiscard]] std::optional<Snapshot> newest(const Id16& log_id, Offset head,
                                               const std::function<bool(const Snapshot&)>& usable);

  /// Removes the snapshot of that cut: it is not one of this log.
  void drop(Offset cut);

 private:
  [[nodiscard]] Result<Snapshot> read(const std::string& name, const Id16& log_id, Offset head);
  [[nodiscard]] std::vector<std::string> names();
  void remove_old(Offset cut);
  void remove(const std::string& name);

  Disk& disk_;
  std::string folder_;
  SnapshotOwner owner_;
  std::uint64_t reserve_bytes_ = 0;
};

}  // namespace lamplight::runtime
