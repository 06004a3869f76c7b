#pragma once

#include <chrono>
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

/// Keeps one segment ready (zeros written and synced under kPreparedName), so that a roll neither waits for the disk nor
/// finds it full, and writes the sidecars of sealed segments. On a thread of its own, or in line (Options::in_line).
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

  /// Begins to make the next segment ready, unless one is or is under way. In line: does nothing, `refusal` makes it.
  void begin();
  /// Why nothing may be planned for the next segment yet: no room on the disk, or still being made (waits for that one
  /// `patience` at most). Nothing once it is ready, its room written: from then on a full disk cannot fail the roll.
  /// A segment that could not be made for another reason than room is no refusal: `take` gives that error, which fences
  /// the log. In line: makes it.
  [[nodiscard]] std::optional<Error> refusal(std::chrono::milliseconds patience);
  /// Whether the last try to make a segment found no room: worth another `begin`.
  [[nodiscard]] bool wants_room();
  /// The prepared file, open and still under kPreparedName; asked for after `refusal` had nothing to say. Errors: kIo.
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
