#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bus/broker_core.hpp"
#include "log/log.hpp"
#include "process.hpp"
#include "support/silent_observer.hpp"

namespace lamplight::simtest {

/// The log and the broker core on the simulated disk and network: what bus/zmq_broker.cpp and services/broker are on
/// ZeroMQ and threads, step by step the same. A sync runs some time after it was begun and comes back some time later.
class BrokerProcess final : public Process, private bus::Transport {
 public:
  struct Options {
    log::Options log;
    std::int64_t sync_from_us = 30;
    std::int64_t sync_to_us = 4'000;
  };

  BrokerProcess(const Surroundings& around, sim::Platter& platter, sim::SimClock& clock,
                sim::SeededRandom random, Options options);
  ~BrokerProcess() override;

  [[nodiscard]] const log::Log* log() const { return running() ? log_.get() : nullptr; }
  Options& options() { return options_; }

 private:
  /// Hears the bus's time and its recovery, and else nothing.
  class Observer;

  Result<void> begin(const Env& env) override;
  [[nodiscard]] Error refused(const Error& why);
  Result<std::int64_t> round() override;
  Result<bool> drain() override;
  void end() override;

  bus::SendOutcome send(const bus::PeerId& peer, Bytes control, Bytes body, bool has_body) override;
  void receive();
  void run_sync(std::unique_ptr<log::PendingSync> sync);
  void take_back_sync();
  [[nodiscard]] bus::Now now() const { return {clock_.wall(), clock_.monotonic_us()}; }

  Options options_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<bus::BrokerCore> core_;
  std::unique_ptr<log::PendingSync> sync_;
  std::optional<Result<void>> outcome_;  // of sync_, once it has come back
};

}  // namespace lamplight::simtest
