#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bus/broker.hpp"
#include "metrics.hpp"
#include "runtime/service.hpp"

namespace lamplight::broker {

struct Settings {
  log::Options log;
  bus::BrokerOptions bus;
  bool insecure_tcp = false;
};

/// The broker on a thread of its own.
class BrokerService final : public runtime::Service {
 public:
  BrokerService(const runtime::Root& root, Settings settings);
  ~BrokerService() override;

  /// Opens the log (recovering its tail), listens, and serves. Errors: see make_broker.
  [[nodiscard]] Result<void> start() override;
  /// Syncs and acknowledges what was accepted and closes the log cleanly.
  [[nodiscard]] Result<void> drain() override;
  [[nodiscard]] std::vector<std::string> addresses() const override;

 private:
  void tell_recovery(const log::Log& log);

  const runtime::Root& root_;
  Settings settings_;
  Metrics metrics_;
  std::unique_ptr<bus::Broker> broker_;
  std::thread thread_;
  Result<void> outcome_;  // of the broker's run; read after its thread has ended
};

}  // namespace lamplight::broker
