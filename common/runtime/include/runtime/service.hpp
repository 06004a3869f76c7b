#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "bus/context.hpp"
#include "runtime/config.hpp"
#include "runtime/health.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::runtime {

/// What a composition root hands to a service. All outlive it.
struct Root {
  Env env;
  bus::Context& bus;
  const Config& config;
  Registry& registry;
  Health& health;
  std::string
      bus_endpoint;  ///< where this service's client connects: inproc in `lamplight up`, ipc or tcp otherwise
  /// Any thread: the service cannot go on; the process drains the others and exits non-zero.
  std::function<void(const Error&)> fail;
};

/// What the loop of a service tells of itself, from its own thread.
struct Told {
  std::function<void(const std::string& why_not)> ready_changed;  ///< empty: ready
  std::function<void(const Error&)> failed;                       ///< it cannot go on
};
/// Tells the process: `service`'s health, its metric, and that it fails.
[[nodiscard]] Told tell_process(const Root& root, const std::string& service,
                                ServiceMetrics& metrics);

/// A running service: its threads begin at start and have ended when drain returns.
class Service {
 public:
  virtual ~Service() = default;
  [[nodiscard]] virtual Result<void> start() = 0;
  /// Stop accepting, finish what was accepted, snapshot, leave. Idempotent.
  [[nodiscard]] virtual Result<void> drain() = 0;
  /// Lines for people, printed once ready: "intake  http://127.0.0.1:8080/v1/alerts".
  [[nodiscard]] virtual std::vector<std::string> addresses() const { return {}; }
};

}  // namespace lamplight::runtime
