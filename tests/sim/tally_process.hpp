#pragma once

#include <memory>
#include <optional>
#include <string>

#include "process.hpp"
#include "runtime/fold_host.hpp"
#include "runtime/metrics.hpp"
#include "sim_client.hpp"

namespace lamplight::simtest {

/// The tally's fold in its host, as tally::Core runs it.
class TallyProcess final : public Process {
 public:
  struct Options {
    std::uint64_t snapshot_every_events = 50;
    std::int64_t snapshot_every_us = 2'000'000;
  };

  TallyProcess(const Surroundings& around, sim::Platter& platter, sim::SimClock& clock,
               sim::SeededRandom random, Options options)
      : Process("tally", around, platter, clock, random), options_(options) {}
  ~TallyProcess() override { end(); }

  [[nodiscard]] Offset cut() const { return running() ? host_->cut() : Offset{}; }
  [[nodiscard]] bool live() const { return running() && host_->live(); }
  /// The state and where it was cut, while it runs.
  struct State {
    Offset cut;
    std::string bytes;
  };
  [[nodiscard]] std::optional<State> state() const;
  static constexpr std::string_view kSnapshots = "services/snapshots/tally";

 private:
  Result<void> begin(const Env& env) override;
  Result<std::int64_t> round() override;
  Result<bool> drain() override;
  void end() override;

  const Options options_;
  std::optional<Error> fenced_;
  std::unique_ptr<runtime::Registry> registry_;
  std::unique_ptr<runtime::ServiceMetrics> metrics_;
  std::unique_ptr<SimClient> client_;
  std::unique_ptr<runtime::FoldHost> host_;
};

}  // namespace lamplight::simtest
