#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "intake/core.hpp"
#include "process.hpp"
#include "runtime/metrics.hpp"
#include "sim_client.hpp"

namespace lamplight::simtest {

/// Intake's core (services/intake without HTTP) and the partners before it, who send each alert until they have an answer
/// that is one: new, a repeat, in conflict, or naming nothing.
class IntakeProcess final : public Process {
 public:
  struct Options {
    std::uint64_t alerts = 100;
    std::uint64_t most_in_batch = 6;
    std::int64_t pause_us = 60'000;
    std::int64_t answer_timeout_us = 4'000'000;
  };

  IntakeProcess(const Surroundings& around, sim::Platter& platter, sim::SimClock& clock,
                sim::SeededRandom random, Options options);
  ~IntakeProcess() override;

  [[nodiscard]] bool done() const { return open_ == 0; }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  static constexpr std::string_view kSnapshots = "services/snapshots/intake";

 private:
  class Owner;
  class Observer;
  struct Alert {
    std::uint64_t reference = 0;
    std::uint64_t words = 0;           ///< two alerts of one reference with other words conflict
    std::optional<std::size_t> names;  ///< corrects or withdraws the alert at that place
    bool names_nothing = false;        ///< names an id that nobody ever had
    bool withdraws = false;
    bool has_key = false;
    std::optional<Id16> id;  ///< once accepted
    bool answered = false;   ///< for good
  };

  Result<void> begin(const Env& env) override;
  Result<std::int64_t> round() override;
  Result<bool> drain() override;
  void end() override;
  void make_alerts();
  void submit();
  [[nodiscard]] bool ready(Alert& alert) const;
  void add_item(const Alert& alert, intake::Batch& batch) const;
  void answered(const std::vector<std::size_t>& numbers, const intake::Batch& batch);
  void settle(std::size_t number, const intake::Item& item);

  const Options options_;
  std::vector<Alert> alerts_;
  std::deque<std::size_t> todo_;
  std::map<std::size_t, bool> under_way_;  // in this life
  std::uint64_t open_ = 0;                 // without a final answer
  std::uint64_t accepted_ = 0;
  std::int64_t next_submit_us_ = 0;
  intake::Secret secret_{std::array<std::uint8_t, 32>{7}};
  std::optional<Error> failed_;
  std::unique_ptr<runtime::Registry> registry_;
  std::unique_ptr<runtime::ServiceMetrics> metrics_;
  std::unique_ptr<Observer> observer_;
  SimClient* client_ = nullptr;  // the core owns it
  std::unique_ptr<intake::Core> core_;
};

}  // namespace lamplight::simtest
