#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"
#include "bus/context.hpp"
#include "log/log.hpp"

namespace lamplight::bus {

/// What the broker tells about itself; called on its thread. services/broker turns it into metrics.
class BrokerObserver {
 public:
  virtual ~BrokerObserver() = default;
  virtual void published(std::string_view subject_group, std::uint64_t events,
                         std::uint64_t bytes) = 0;
  virtual void duplicate(std::uint64_t events) = 0;
  virtual void refused(std::string_view reason) = 0;
  virtual void acked(std::int64_t duration_us) = 0;
  virtual void synced(std::uint64_t events, std::uint64_t bytes, std::int64_t duration_us) = 0;
  virtual void delivered(std::string_view consumer, std::uint64_t events) = 0;
  virtual void consumer(std::string_view name, std::uint64_t lag_events,
                        std::uint64_t credit_bytes) = 0;
  virtual void consumer_gone(std::string_view name) = 0;
  virtual void connections(std::uint64_t open) = 0;
  virtual void heads(Offset head, TimeUs bus_time, std::uint64_t log_bytes, std::uint64_t segments,
                     std::uint64_t free_bytes) = 0;
  virtual void clock_held(bool held) {
    (void)held;
  }  ///< a step of the wall clock waits for an operator
  /// At every tick. Empty: what is published is taken; otherwise why it is not (the disk is nearly full).
  virtual void room(const std::string& why_not) { (void)why_not; }
  virtual void failed(
      const Error&
          why) = 0;  ///< write or sync failed: accepts nothing more, the process must exit non-zero
};

struct BrokerOptions {
  std::vector<std::string> endpoints;             ///< inproc://, ipc://, tcp://
  std::vector<std::string> seed_names{"intake"};  ///< producers that may give time on a seeded log
  std::int64_t heartbeat_us = 1'000'000;
  std::int64_t session_silence_us = 15'000'000;  ///< a client silent for so long is forgotten
  /// The log's reserve: with less free on its disk it takes nothing, which is told before anybody asks.
  std::uint64_t reserve_bytes = 0;
  /// What an operator runs after a step of the wall clock; stands in the log line that asks for it.
  std::string confirm_clock_command = "lamplight clock confirm";
};

/// The broker's process half: ROUTER socket, sync thread, and the core of bus/broker_core.hpp between them.
class Broker {
 public:
  virtual ~Broker() = default;
  /// Runs until `stop` (drains: syncs and acknowledges what was accepted, closes the log cleanly) or a log failure.
  /// Returns the failure, if any. Owns the calling thread.
  [[nodiscard]] virtual Result<void> run() = 0;
  /// Any thread, async-signal-unsafe.
  virtual void stop() = 0;
};

/// Binds the endpoints at once, so that a client may connect as soon as this returns. Errors: kIo (endpoint named).
[[nodiscard]] Result<std::unique_ptr<Broker>> make_broker(Context& context, const Env& env,
                                                          std::unique_ptr<log::Log> log,
                                                          BrokerOptions options,
                                                          BrokerObserver& observer);

}  // namespace lamplight::bus
