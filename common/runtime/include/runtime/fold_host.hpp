#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "bus/client.hpp"
#include "runtime/fold.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::runtime {

struct FoldHostOptions {
  std::string service;                       ///< "tally": names metrics and the snapshot folder
  std::vector<std::string> subjects;         ///< what the fold takes
  std::string snapshot_folder;               ///< $LAMPLIGHT_DATA/snapshots/<service>
  std::uint64_t snapshot_every_events = 500'000;
  std::int64_t snapshot_every_us = 60'000'000;   ///< whichever comes first, if anything changed
};

enum class FoldState { kReplaying, kLive, kDraining };

/// Runs a fold: restore the newest valid snapshot → replay → live → snapshots → drain.
/// Lives on the owner thread of `client`, inside its callbacks; `client.poll` drives it.
/// "Live" means: evolved up to the head that the bus told when we subscribed.
class FoldHost {
 public:
  virtual ~FoldHost() = default;
  [[nodiscard]] virtual FoldState state() const = 0;
  /// The cut: everything the filter takes up to this offset has been evolved.
  [[nodiscard]] virtual Offset cut() const = 0;
  [[nodiscard]] virtual TimeUs cut_time() const = 0;
  [[nodiscard]] virtual ChainHash cut_hash() const = 0;      ///< chain hash of the batch that holds the cut
  /// Runs `ready` once the cut has reached `offset` (at once if it has).
  virtual void when_at(Offset offset, std::function<void()> ready) = 0;
  /// After each delivery has been evolved, on the owner's thread: for gauges.
  virtual void on_evolved(std::function<void()> callback) = 0;
  /// Writes a snapshot now if anything changed (drain).
  [[nodiscard]] virtual Result<void> snapshot() = 0;
};

/// `fold` must be fresh. `make_fold` is used when a snapshot turns out unusable half-way.
[[nodiscard]] std::unique_ptr<FoldHost> host_fold(const Env& env, bus::Client& client, Fold& fold,
                                                  FoldHostOptions options, ServiceMetrics& metrics);

}  // namespace lamplight::runtime
