#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bus/broker.hpp"
#include "log/log.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::broker {

/// The broker's numbers; only metrics.cpp knows their names. Threads: one (the broker's, or before it runs).
class Metrics final : public bus::BrokerObserver {
 public:
  /// `tell_ready` hears why nothing is accepted; empty when it is.
  Metrics(runtime::Registry& registry, std::function<void(const std::string&)> tell_ready);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void set_ready(bool ready);
  void recovered(const log::Recovery& recovery);

  void published(std::string_view subject_group, std::uint64_t events,
                 std::uint64_t bytes) override;
  void duplicate(std::uint64_t events) override;
  void refused(std::string_view reason) override;
  void acked(std::int64_t duration_us) override;
  void synced(std::uint64_t events, std::uint64_t bytes, std::int64_t duration_us) override;
  void delivered(std::string_view consumer, std::uint64_t events) override;
  void consumer(std::string_view name, std::uint64_t lag_events,
                std::uint64_t credit_bytes) override;
  void consumer_gone(std::string_view name) override;
  void connections(std::uint64_t open) override;
  void heads(Offset head, TimeUs bus_time, std::uint64_t log_bytes, std::uint64_t segments,
             std::uint64_t free_bytes) override;
  void clock_held(bool held) override;
  void room(const std::string& why_not) override;
  void failed(const Error& why) override;

 private:
  std::function<void(const std::string&)> tell_ready_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::broker
