#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.hpp"
#include "checker.hpp"
#include "sim/disk.hpp"
#include "sim/network.hpp"
#include "sim/scheduler.hpp"
#include "sim/seeded_random.hpp"
#include "sim/trace.hpp"

namespace lamplight::simtest {

/// What all processes of a world share.
struct Surroundings {
  sim::Scheduler& scheduler;
  sim::Network& network;
  sim::Trace& trace;
  Checker& checker;
};

/// A process of the simulated world: started, run round by round, ended at any point, started again.
///
/// A round does what one turn of the real process's loop does, and says when the next is due. Threads: one.
class Process {
 public:
  Process(std::string name, const Surroundings& around, sim::Platter& platter, sim::SimClock& clock,
          sim::SeededRandom random)
      : name_(std::move(name)),
        around_(around),
        platter_(platter),
        clock_(clock),
        chance_(random) {}
  virtual ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void start();
  /// SIGTERM: finishes, then ends.
  void stop() {
    stopping_ = true;
    wake();
  }
  /// Ends at once; what it has in memory is gone.
  void crash(const std::string& why);
  /// Ends it in the midst of the disk call that comes after `calls` others; `on_end` is called then.
  void crash_in_disk_call(std::uint64_t calls, std::function<void()> on_end);

  [[nodiscard]] bool running() const { return life_ != nullptr && !life_->over; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t starts() const { return starts_; }
  /// How long it stays down after its next end, µs; nothing: until somebody starts it.
  std::function<std::optional<std::int64_t>()> restart_after;
  /// Runs a round soon.
  void wake();

 protected:
  /// Makes what lives in the process.
  [[nodiscard]] virtual Result<void> begin(const Env& env) = 0;
  /// One round; returns when the next is due. A failed one ends the process.
  [[nodiscard]] virtual Result<std::int64_t> round() = 0;
  /// One round after `stop`; true when it has finished.
  [[nodiscard]] virtual Result<bool> drain() = 0;
  /// Drops what lives in the process, without another effect.
  virtual void end() = 0;

  [[nodiscard]] std::int64_t now_us() const { return around_.scheduler.now_us(); }
  [[nodiscard]] bool dead() const { return !running(); }

  const std::string name_;
  const Surroundings around_;
  sim::Platter& platter_;
  sim::SimClock& clock_;
  sim::SeededRandom chance_;
  std::shared_ptr<sim::Life> life_;

 private:
  void run_at(std::int64_t when_us);
  void run_round();
  void finished();

  std::unique_ptr<sim::ProcessDisk> disk_;
  std::unique_ptr<sim::SeededRandom> random_;
  std::uint64_t starts_ = 0;
  std::int64_t due_us_ = -1;  // of the next round; -1: none is asked for
  bool stopping_ = false;
};

}  // namespace lamplight::simtest
