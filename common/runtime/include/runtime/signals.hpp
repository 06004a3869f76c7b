#pragma once

#include <functional>
#include <memory>

namespace lamplight::runtime {

/// SIGTERM and SIGINT as a request to stop: the first calls `on_stop` on a thread of its own, the second ends the process at
/// once with code 1. SIGPIPE is ignored. Make it before any other thread, so that all inherit the mask and no system call
/// elsewhere is interrupted. One a process.
class StopSignals {
 public:
  explicit StopSignals(std::function<void()> on_stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::runtime
