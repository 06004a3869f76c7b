#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker_process.hpp"
#include "checker.hpp"
#include "consumer_process.hpp"
#include "edge_process.hpp"
#include "intake_process.hpp"
#include "ledger_process.hpp"
#include "plan.hpp"
#include "sim/disk.hpp"
#include "sim/network.hpp"
#include "sim/scheduler.hpp"
#include "sim/trace.hpp"
#include "tally_process.hpp"

namespace lamplight::simtest {

/// What came of one seed.
struct Outcome {
  std::uint64_t seed = 0;
  bool heals = false;
  std::vector<std::string> violations;
  std::uint64_t trace_hash = 0;
  std::int64_t simulated_us = 0;
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t acks = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t events = 0;  ///< on the log at the end
  [[nodiscard]] bool ok() const { return violations.empty(); }
};

/// Two machines (the bus's and the services'), a network between them, and everything that goes wrong, from one seed.
class World {
 public:
  /// `trace_to` null: the trace is hashed only.
  World(std::uint64_t seed, std::FILE* trace_to);
  [[nodiscard]] Outcome run();

 private:
  struct Flip {
    std::string path;
    std::uint64_t byte = 0;
    unsigned bit = 0;
  };

  void start_all();
  void run_until(std::int64_t until_us);
  void heal();
  void await_progress();
  [[nodiscard]] std::string unfinished() const;
  void finish();
  void check_tally();
  [[nodiscard]] std::string unfinished_ledger() const;
  void check_consumers();
  void check_snapshots();

  // Faults.
  void plan_next_fault();
  void strike();
  void strike_process();
  void hand_over();
  void strike_link();
  void strike_messages();
  void strike_disk();
  void fill_disk();
  void step_clock();
  void flip_bit();
  void mend_flips();
  void lose_power(sim::Platter& platter);
  [[nodiscard]] std::optional<Flip> choose_flip();
  [[nodiscard]] Process& any_process();
  [[nodiscard]] bool on_bus_machine(const Process& process) const { return &process == broker_; }
  void later(std::int64_t delay_us, std::function<void()> work);

  const std::uint64_t seed_;
  sim::SeededRandom random_;
  const Plan plan_;
  sim::Trace trace_;
  sim::Scheduler scheduler_;
  sim::SimClock bus_clock_{scheduler_};
  sim::SimClock services_clock_{scheduler_};
  sim::Platter bus_disk_;
  sim::Platter services_disk_;
  sim::Network network_;
  Checker checker_;

  std::vector<std::unique_ptr<Process>> processes_;
  BrokerProcess* broker_ = nullptr;
  IntakeProcess* intake_ = nullptr;
  TallyProcess* tally_ = nullptr;
  std::vector<LedgerProcess*> ledgers_;
  std::uint32_t rules_ = 1;  // the newest version of the ledger's code
  std::vector<EdgeProcess*> edges_;
  std::vector<ConsumerProcess*> consumers_;
  std::vector<Flip> flips_;  // in segments: to be mended
  std::set<std::string>
      flipped_caches_;  // sidecars and snapshots that are not whole by our own hand
  bool healed_ = false;
  bool over_ = false;
};

}  // namespace lamplight::simtest
