#pragma once

#include <memory>
#include <string>
#include <vector>

#include "endpoints.hpp"
#include "runtime/process.hpp"

namespace lamplight::cli {

/// Broker, tally, intake, inner and console in one process over inproc://, as `up` and `demo` run them.
class Everything {
 public:
  /// Starts them in that order and waits until all are ready. On an error those that started have been drained.
  /// Errors: what the service that failed said.
  [[nodiscard]] static Result<std::unique_ptr<Everything>> start(const runtime::Config& config);

  [[nodiscard]] const Endpoints& endpoints() const { return endpoints_; }
  /// Lines for people: one an address.
  [[nodiscard]] std::vector<std::string> addresses() const;
  /// Wait on it, and finish it: runtime/process.hpp.
  [[nodiscard]] runtime::Process& process() { return process_; }
  /// Drains all, in the reverse order of their start; returns the exit code.
  int finish();

 private:
  explicit Everything(const runtime::Config& config) : process_(config) {}

  runtime::Process process_;
  Endpoints endpoints_;
};

}  // namespace lamplight::cli
