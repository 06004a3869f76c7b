#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/env.hpp"
#include "bus/client.hpp"
#include "inner/decider.hpp"
#include "inner/metrics.hpp"
#include "runtime/decider_host.hpp"
#include "runtime/service.hpp"

namespace lamplight::inner {

/// The decider and what belongs to its thread: its host, and gauges of what is acknowledged.
class Core {
 public:
  struct Options {
    AreaLabels areas;
    std::int64_t show_every_us = 250'000;          ///< gauges of new events at most so often
    std::int64_t show_again_after_us = 5'000'000;  ///< without new events: ages go on
  };

  /// `host` hosts an InnerDecider on `client`.
  Core(const Env& env, std::unique_ptr<bus::Client> client,
       std::unique_ptr<runtime::DeciderHost> host, Metrics& metrics, Options options,
       runtime::Told told);

  /// One turn: sockets, decisions, gauges. Blocks up to `timeout_us`.
  void round(std::int64_t timeout_us);
  /// One turn of leaving; true once the epoch is given back.
  [[nodiscard]] bool drain(std::int64_t timeout_us);

 private:
  void show_figures();
  void tell_readiness();

  const Env& env_;
  std::unique_ptr<bus::Client> client_;
  Metrics& metrics_;
  Options options_;
  runtime::Told told_;
  std::unique_ptr<runtime::DeciderHost> host_;
  std::optional<Offset> shown_;
  std::int64_t shown_at_us_ = 0;
  bool showing_ = false;  ///< waits for an acknowledgement
  std::optional<std::string> told_why_;
};

}  // namespace lamplight::inner
