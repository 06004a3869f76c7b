#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "log/log.hpp"
#include "wake.hpp"

namespace lamplight::bus {

/// Runs the log's syncs, one at a time, and wakes the broker when one has returned.
/// The mutex guards the two hand-over places and `stop_`; nothing else is locked while it is held.
class SyncThread {
 public:
  struct Finished {
    std::unique_ptr<log::PendingSync> sync;
    Result<void> outcome;
  };

  explicit SyncThread(const Wake& wake);
  ~SyncThread();  ///< a sync under way is waited for
  SyncThread(const SyncThread&) = delete;
  SyncThread& operator=(const SyncThread&) = delete;

  void start(std::unique_ptr<log::PendingSync> sync);
  [[nodiscard]] std::optional<Finished> take();

 private:
  void work();

  const Wake& wake_;
  std::mutex mutex_;
  std::condition_variable handed_in_;
  std::unique_ptr<log::PendingSync> todo_;
  std::optional<Finished> done_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace lamplight::bus
