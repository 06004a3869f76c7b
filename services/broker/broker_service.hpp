#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
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
  /// How long the numbers of a failed log can still be read before the process ends.
  std::int64_t failed_linger_ms = 0;
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
  void tell_ready(const std::string& why_not);
  void run();

  const runtime::Root& root_;
  Settings settings_;
  Metrics metrics_;
  std::unique_ptr<bus::Broker> broker_;
  std::thread thread_;
  std::string told_ready_;  // on the broker's thread
  std::mutex mutex_;        // guards draining_
  std::condition_variable drain_asked_;
  bool draining_ = false;
  Result<void> outcome_;  // of the broker's run; read after its thread has ended
};

}  // namespace lamplight::broker
