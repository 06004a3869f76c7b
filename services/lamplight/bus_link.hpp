#pragma once

#include <memory>
#include <string>

#include "base/production_env.hpp"
#include "bus/client.hpp"
#include "bus/context.hpp"
#include "runtime/config.hpp"

namespace lamplight::cli {

/// A command's connection to a running bus. As a follower it reads only and fences nobody; as an edge it publishes, and
/// fences an earlier one of its name.
class BusLink {
 public:
  /// Connects as `name` ("cli/tail", one of a small set: it stands in the bus's metrics) and waits up to `timeout_ms`
  /// for the bus. Errors: kUnavailable with the address and what to do; kFenced when a newer process has the edge's name.
  [[nodiscard]] static Result<std::unique_ptr<BusLink>> open(const runtime::Config& config,
                                                             std::string name,
                                                             std::int64_t timeout_ms = 5'000,
                                                             bus::Role role = bus::Role::kFollower);
  [[nodiscard]] bus::Client& client() { return *client_; }
  [[nodiscard]] Env env() { return production_.env(); }

 private:
  BusLink() = default;
  ProductionEnv production_;
  bus::Context context_;
  std::unique_ptr<bus::Client> client_;
};

}  // namespace lamplight::cli
