#pragma once

#include <memory>
#include <string_view>

#include "http/server.hpp"
#include "publisher.hpp"
#include "runtime/metrics.hpp"
#include "state.hpp"

namespace lamplight::intake {

/// Intake's numbers; only metrics.cpp knows their names. Threads: any.
class Metrics final : public http::ServerObserver, public PublisherObserver {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void request(std::string_view route, std::string_view method, unsigned status,
               double seconds) override;
  void refused(std::string_view reason) override;
  void in_flight(std::int64_t delta) override;

  void accepted(const std::string& partner, AlertStatus status) override;
  void duplicate(std::string_view kind) override;
  /// Core thread: the gauges, from the fold.
  void show(const IntakeState& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::intake
