#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server.hpp"

/// Other programs that do what ours does, measured in the same run. Each is optional: what was not there when this was
/// built, or is not there now, is named by `absent` and breaks nothing.
namespace lamplight::bench {

/// What a run did, from the first publish to the last acknowledgement or delivery.
struct Sample {
  std::uint64_t messages = 0;
  double seconds = 0;
  double cpu_seconds = 0;  ///< of all processes: this one, which holds the clients, and the server
  [[nodiscard]] double per_second() const { return static_cast<double>(messages) / seconds; }
  [[nodiscard]] double cpu_us() const { return cpu_seconds * 1e6 / static_cast<double>(messages); }
};

/// A message bus that runs as a process of its own on a folder of its own. Payloads are kPayloadBytes.
class Bus {
 public:
  virtual ~Bus() = default;
  /// Publishes for so long with at most `window` messages without an acknowledgement, then waits for the last.
  [[nodiscard]] virtual Sample publish(std::uint32_t window, double seconds) = 0;
  /// The same while `consumers` read along; ends when each has all. Counts what was published.
  [[nodiscard]] virtual Sample stream(std::uint32_t window, int consumers, double seconds) = 0;
};

/// A bus, or why there is none.
struct MaybeBus {
  std::unique_ptr<Bus> bus;
  std::string absent;
};
[[nodiscard]] MaybeBus start_lamplight(const std::string& program, const std::string& folder);
[[nodiscard]] MaybeBus start_nats(const std::string& folder);
/// `fsync`: always, everysec. Only `publish` is measured.
[[nodiscard]] MaybeBus start_redis(const std::string& folder, const std::string& fsync);

/// A store that takes batches of records, each batch durable before the next; returns nothing where it is absent.
struct StoreResult {
  std::optional<Sample> sample;
  std::string absent;
};
constexpr int kStoreBatch = 1024;
[[nodiscard]] StoreResult fill_log(const std::string& folder, double seconds);
[[nodiscard]] StoreResult fill_rocksdb(const std::string& folder, double seconds);
[[nodiscard]] StoreResult fill_lmdb(const std::string& folder, double seconds);

}  // namespace lamplight::bench
