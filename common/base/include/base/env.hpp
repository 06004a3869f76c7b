#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

/// The outside world as interfaces. The production ones are in base/production_env.hpp; simulation brings its own.
namespace lamplight {

/// Threads: any. Wall time may step; monotonic time never goes back.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimeUs wall() const = 0;
  [[nodiscard]] virtual std::int64_t monotonic_us() const = 0;
};

/// Threads: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
  [[nodiscard]] std::uint64_t next_u64();
};

/// One open file. Reads and writes name their place; nothing is buffered in the process.
/// Errors: kIo (with the operating system's reason), kOverloaded when the disk is full (ENOSPC, EDQUOT).
/// Threads: one at a time for writes; `read_at` may run beside them.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to out.size() bytes; fewer only at the end of the file.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t at,
                                                    std::span<std::uint8_t> out) const = 0;
  /// Writes all of `bytes` or fails; a failed write may have written a part.
  [[nodiscard]] virtual Result<void> write_at(std::uint64_t at, Bytes bytes) = 0;
  /// fdatasync. After a failure the file must not be synced again: the pages may be gone.
  [[nodiscard]] virtual Result<void> sync() = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t size) = 0;
};

enum class OpenMode { kRead, kReadWrite, kCreate /* must not exist */, kCreateOrTruncate };

/// Names are paths. A created, renamed or removed name survives power loss only after `sync_folder` of its folder.
/// Errors: kNotFound, kExists, kIo, kOverloaded (disk full).
class Disk {
 public:
  virtual ~Disk() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                           OpenMode mode) = 0;
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> make_folder(
      const std::string& path) = 0;  ///< parents too; fine if there
  [[nodiscard]] virtual Result<void> sync_folder(const std::string& path) = 0;
  /// Plain names (no path) of the files in the folder, sorted.
  [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) = 0;
  /// Bytes free for us below the folder.
  [[nodiscard]] virtual Result<std::uint64_t> free_bytes(const std::string& folder) = 0;
  /// Takes the folder for this process alone until the returned object goes; kExists when another holds it.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;
};

/// Reads a whole file, at most `limit` bytes (kTooLarge beyond).
[[nodiscard]] Result<std::string> read_file(Disk& disk, const std::string& path,
                                            std::uint64_t limit);
/// Temporary name, write, sync, rename, sync of the folder: the old content or the new one, never a mix.
[[nodiscard]] Result<void> replace_file(Disk& disk, const std::string& path, Bytes content);

/// What a composition root hands down.
struct Env {
  Clock& clock;
  Disk& disk;
  Random& random;
};

}  // namespace lamplight
