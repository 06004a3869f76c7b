#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/env.hpp"
#include "log/segment_index.hpp"

namespace lamplight::log {

/// Keeps one segment ready (zeros written and synced under kPreparedName), so that a roll does not wait for the disk,
/// and writes the sidecars of sealed segments. On a thread of its own, or in line (Options::in_line).
///
/// Threads: `take` is called by PendingSync::run, everything else by the log's owner; the mutex guards all below it and
///   is never held during disk work.
class Preparer {
 public:
  struct Settings {
    std::string folder;
    std::uint64_t segment_bytes = 0;
    std::uint64_t reserve_bytes = 0;
    bool in_line = false;
    bool reuse =
        false;  ///< after a clean stop a prepared segment found in the folder may be taken as it is
  };

  Preparer(Disk& disk, Settings settings);
  ~Preparer();  ///< waits for the job in hand
  Preparer(const Preparer&) = delete;
  Preparer& operator=(const Preparer&) = delete;

  /// Begins to make the next segment ready, unless one is or is under way. In line: does nothing, `take` makes it.
  void begin();
  /// Why no segment can be had right now (no room on the disk, a failed write); nothing while one is ready, under way
  /// or not tried yet. In line: asks the disk.
  [[nodiscard]] std::optional<Error> refusal();
  /// The prepared file, open and still under kPreparedName; waits for it. Errors: kOverloaded disk full; kIo.
  [[nodiscard]] Result<std::unique_ptr<File>> take();
  /// Writes a sealed segment's sidecar some time soon. A failure is logged: the next start rebuilds it.
  void write_sidecar_later(SegmentIndex index);
  /// Until everything asked for is done.
  void wait_until_idle();

 private:
  void work();
  void submit(std::function<void()> job);
  [[nodiscard]] std::optional<Error> no_room();
  [[nodiscard]] Result<std::unique_ptr<File>> make();
  [[nodiscard]] Result<std::unique_ptr<File>> reuse_left_over();
  void write_sidecar_now(const SegmentIndex& index);

  Disk& disk_;
  const Settings settings_;
  const std::string path_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool busy_ = false;
  bool stopping_ = false;
  bool preparing_ = false;
  std::optional<Result<std::unique_ptr<File>>> prepared_;

  std::thread thread_;
};

}  // namespace lamplight::log
