#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "sim/scheduler.hpp"
#include "sim/seeded_random.hpp"
#include "sim/trace.hpp"

namespace lamplight::sim {

/// Chances of a disk's faults, per million calls.
struct DiskFaults {
  std::uint64_t write_fails = 0;  ///< EIO, a part may be written
  std::uint64_t sync_fails = 0;   ///< EIO, and what was not synced may be gone for good
  std::uint64_t read_fails = 0;   ///< EIO
};

/// A disk that keeps its promises and not one more: bytes are safe from power loss once their file is synced, names
/// once their folder is. Without power loss everything written is there, as in a page cache.
///
/// Power loss keeps any subset of a file's unsynced writes, the last kept one perhaps in part, and a prefix of the changes
/// of names. A failed sync makes what it should have written unsafe for ever, though it can still be read.
/// Threads: one.
class Platter {
 public:
  Platter(std::string name, const Scheduler& scheduler, SeededRandom random, Trace& trace);

  DiskFaults faults;
  /// Bytes that fit; writing beyond is refused (kOverloaded) after a part was written.
  std::uint64_t capacity = 1ULL << 40;

  void lose_power();
  [[nodiscard]] std::uint64_t used() const;

  /// A bit of `path` as it is stored; flipping it again mends it.
  void flip_bit(const std::string& path, std::uint64_t byte, unsigned bit);
  [[nodiscard]] std::vector<std::string> paths() const;
  [[nodiscard]] const std::string* content(const std::string& path) const;

 private:
  friend class ProcessDisk;
  friend class OpenFile;
  struct Write {
    std::uint64_t at = 0;
    std::string bytes;  // empty: a change of size to `at`
  };
  struct Inode {
    std::string seen;             // what reads give
    std::string safe;             // what survives power loss
    std::vector<Write> unsynced;  // since the last sync, in order
  };
  using InodePtr = std::shared_ptr<Inode>;
  struct NameChange {
    std::string folder;
    std::string path;
    InodePtr now;           // null: removed
    std::string from = {};  // a rename: the name it had, which goes in the same moment
  };

  static void apply(std::string& bytes, const Write& write);
  void write(Inode& inode, Write write);
  [[nodiscard]] Result<void> sync(Inode& inode, const std::string& path);
  void settle(Inode& inode);
  void name(const std::string& path, InodePtr inode, std::string from = {});
  static void apply(std::map<std::string, InodePtr>& names, const NameChange& change);
  void sync_folder(const std::string& folder);

  std::string name_;
  const Scheduler& scheduler_;
  SeededRandom random_;
  Trace& trace_;
  std::map<std::string, InodePtr> names_;
  std::map<std::string, InodePtr> safe_names_;
  std::vector<NameChange> unsynced_names_;
  std::set<std::string> folders_;
  std::set<std::string> locks_;
};

/// The life of a process as disk and network see it: once it is over nothing it does has any effect.
struct Life {
  bool over = false;
  /// Calls of the disk left until it ends in the midst of one; nothing: not so.
  std::optional<std::uint64_t> disk_calls_left;
  std::function<void()> on_end;
};

/// One process's way to a platter. When its life is over, every call fails and changes nothing.
class ProcessDisk final : public Disk {
 public:
  ProcessDisk(Platter& platter, std::shared_ptr<Life> life)
      : platter_(platter), life_(std::move(life)) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_folder(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  bool exists(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& folder) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

 private:
  Platter& platter_;
  std::shared_ptr<Life> life_;
};

}  // namespace lamplight::sim
