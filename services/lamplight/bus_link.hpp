#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/production_env.hpp"
#include "bus/client.hpp"
#include "bus/context.hpp"
#include "model/describe.hpp"
#include "model/event.hpp"
#include "model/msgpack_writer.hpp"
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

  /// Publishes what was said and waits until it lies on disk. `dedupe`: where the same must not be said twice.
  /// Errors: what the bus answered; kFenced when another process took the name.
  template <typename T>
  [[nodiscard]] Result<bus::Acked> publish(const T& said,
                                           std::optional<Id16> dedupe = std::nullopt) {
    MsgpackWriter payload;
    encode(said, payload);
    return publish(Description<T>::kSubject, payload.bytes(), dedupe);
  }

 private:
  BusLink() = default;
  [[nodiscard]] Result<bus::Acked> publish(std::string_view subject, Bytes payload,
                                           std::optional<Id16> dedupe);

  ProductionEnv production_;
  bus::Context context_;
  std::unique_ptr<bus::Client> client_;
};

/// Whether another process took the connection's name, which is final: nothing comes after it.
class Fence {
 public:
  explicit Fence(bus::Client& client);
  ~Fence() { client_.on_change({}); }
  Fence(const Fence&) = delete;
  Fence& operator=(const Fence&) = delete;
  [[nodiscard]] const std::optional<Error>& why() const { return why_; }

 private:
  bus::Client& client_;
  std::optional<Error> why_;
};

/// Hands every event of those subjects, up to the log's present end, to `take`. Returns how far was read: less far once the
/// fence is up.
Offset read_events(bus::Client& client, std::vector<std::string> subjects, const Fence* fence,
                   const std::function<void(const Event&)>& take);

/// Gives an order, which takes the callback of its answer, and waits for that.
[[nodiscard]] Result<bus::Acked> order(bus::Client& client,
                                       const std::function<void(bus::AckCallback)>& give);

}  // namespace lamplight::cli
