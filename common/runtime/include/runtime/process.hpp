#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/service.hpp"

namespace lamplight::runtime {

/// The keys of the process itself: data.folder, bus.endpoint, http.address, logging.level, snapshots.every_ms, metrics.address, metrics.port.
void declare_process_config(ConfigSchema& schema);

/// bus.endpoint, or where it is empty "ipc://<data.folder>/run/bus.sock".
[[nodiscard]] std::string bus_endpoint(const Config& config);

/// The composition root's ground: real clock, disk and randomness, the ZeroMQ context, registry and health, the listener
/// for /metrics, /healthz and /readyz, signals, and the services in the order of their start.
///
/// Make it before any thread, on the main thread; all calls but `fail` (inside a Root) from there.
class Process {
 public:
  explicit Process(const Config& config);
  /// Drains what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] Env env();
  [[nodiscard]] const Config& config() const;
  /// For a service whose client connects to `bus_endpoint`; `name` stands in messages when it fails.
  [[nodiscard]] const Root& root(const std::string& name, const std::string& bus_endpoint);

  /// Starts the listener on metrics.address and metrics.port + `port_offset` (0 stays 0: the system picks).
  [[nodiscard]] Result<void> listen(std::uint16_t port_offset = 0);
  [[nodiscard]] std::string ops_url() const;  ///< "http://127.0.0.1:9400"

  /// Starts the service and keeps it; on failure it is dropped.
  [[nodiscard]] Result<void> start(const std::string& name, std::unique_ptr<Service> service);
  [[nodiscard]] const Service* service(const std::string& name) const;

  /// Until all services are ready. Errors: kTimeout (who is not, and why), kUnavailable (stopped by a signal), or what a
  /// service failed with. Negative: no limit, as a long replay may need.
  [[nodiscard]] Result<void> wait_ready(std::int64_t timeout_ms);

  /// Waits up to `timeout_ms` (negative: for ever) for a signal, `stop` or a service's failure; true once one came.
  [[nodiscard]] bool wait(std::int64_t timeout_ms);
  void stop();  ///< any thread; as a signal does

  /// Drains the services in the reverse order of their start, closes the listener; 0, or 1 when a service failed or did
  /// not drain (printed).
  int finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Prints "lamplight: what: why; what to do" to stderr.
void print_error(const Error& error);

}  // namespace lamplight::runtime
