#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "process.hpp"
#include "runtime/decider_host.hpp"
#include "runtime/metrics.hpp"
#include "sim_client.hpp"
#include "support/ledger.hpp"

namespace lamplight::simtest {

/// One instance of a decider (support/ledger.hpp) in its host, as a service's loop runs it. Now and then somebody reads.
class LedgerProcess final : public Process {
 public:
  struct Options {
    std::size_t window = 1;
    std::uint64_t snapshot_every_events = 50;
    std::int64_t snapshot_every_us = 2'000'000;
    std::int64_t read_every_us = 200'000;
    /// Of the code that starts now; never falls over all instances.
    std::function<std::uint32_t()> rules;
  };

  LedgerProcess(std::string name, const Surroundings& around, sim::Platter& platter,
                sim::SimClock& clock, sim::SeededRandom random, Options options)
      : Process(std::move(name), around, platter, clock, random), options_(std::move(options)) {}
  ~LedgerProcess() override { end(); }

  [[nodiscard]] bool live() const { return running() && host_->live(); }
  [[nodiscard]] Offset cut() const { return running() ? host_->cut() : Offset{}; }
  /// Bus time is past a deadline that is open. After the clock stepped back bus time may stand still for long.
  [[nodiscard]] bool overdue() const;
  /// Somebody has looked at what it died of, found crashes in a row that were not its own doing, and lets it try again.
  void excuse();
  /// What it is and why, for people.
  [[nodiscard]] std::string told() const;
  /// The state of the frames that are acknowledged, while nothing is decided ahead of them.
  struct State {
    Offset cut;
    std::uint64_t digest = 0;
  };
  [[nodiscard]] std::optional<State> state() const;
  [[nodiscard]] static bool takes(std::string_view subject);

 private:
  Result<void> begin(const Env& env) override;
  Result<std::int64_t> round() override;
  Result<bool> drain() override;
  void end() override;
  void read();

  const Options options_;
  bool excused_ = false;
  std::optional<Error> fenced_;
  std::int64_t next_read_us_ = 0;
  std::unique_ptr<runtime::Registry> registry_;
  std::unique_ptr<runtime::ServiceMetrics> metrics_;
  std::unique_ptr<SimClient> client_;
  std::unique_ptr<runtime::DeciderHost> host_;
};

}  // namespace lamplight::simtest
