#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace prometheus {
class Collectable;
class Registry;
}  // namespace prometheus

namespace lamplight::runtime {

/// Histogram bounds, one set a kind (OBSERVABILITY rule 4), in seconds.
[[nodiscard]] const std::vector<double>& fast_bounds();  ///< 50 µs … 1 s
[[nodiscard]] const std::vector<double>& slow_bounds();  ///< 1 ms … 60 s
[[nodiscard]] const std::vector<double>&
human_bounds();  ///< 1 min … 30 d, with exactly 60, 180 and 300 s

/// The process's registry: every service's metrics in one exposition. Threads: any (prometheus-cpp locks inside).
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  [[nodiscard]] prometheus::Registry& native();
  /// Collected with the rest as long as somebody holds it: figures that must change together in one scrape.
  void add(std::weak_ptr<prometheus::Collectable> source);
  /// The text exposition, process_* included.
  [[nodiscard]] std::string expose() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The metrics every service has: build_info, ready, fold_offset, fold_lag_events, fold_lag_seconds, service_state,
/// service_halted_offset, fold_events_total, snapshot_duration_seconds, snapshot_bytes,
/// snapshot_age_seconds, replay_duration_seconds, bus_heartbeat_age_seconds. Threads: any.
class ServiceMetrics {
 public:
  ServiceMetrics(Registry& registry, std::string service);
  ~ServiceMetrics();
  ServiceMetrics(const ServiceMetrics&) = delete;
  ServiceMetrics& operator=(const ServiceMetrics&) = delete;

  void set_ready(bool ready);
  /// connecting, replaying, follower, live, halted, draining; another name ends the process.
  void set_state(std::string_view state);
  /// It will not go on at this offset; NaN is shown before.
  void set_halted(Offset at);
  /// NaN lag: unknown, shown as NaN.
  void set_fold(Offset cut, double lag_events, double lag_seconds);
  void set_heartbeat_age(double seconds);
  void set_snapshot_age(double seconds);
  /// The group is the subject's first two tokens; at most 30 groups are told apart, the rest are "other".
  void record_events(std::string_view subject_group, std::uint64_t n);
  void record_snapshot(double seconds, std::uint64_t bytes);
  void record_replay(double seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::runtime
