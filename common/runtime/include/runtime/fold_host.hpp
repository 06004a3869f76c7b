#pragma once

#include <cstdint>
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
  std::string service;                ///< "tally": names metrics and stands in its snapshots
  std::vector<std::string> subjects;  ///< what the fold takes
  std::string snapshot_folder;        ///< $LAMPLIGHT_DATA/snapshots/<service>; made when missing
  std::uint64_t snapshot_every_events = 500'000;
  std::uint64_t keep_free_bytes = 0;            ///< of the snapshots' disk: the log's reserve
  std::int64_t snapshot_every_us = 60'000'000;  ///< whichever comes first, if anything changed
  std::uint64_t credit_bytes = 8U << 20;        ///< bytes that may be under way to us
  std::int64_t silence_us = 5'000'000;          ///< nothing heard for so long: lag is unknown (NaN)
};

enum class FoldState { kConnecting, kReplaying, kLive };

/// Runs a fold: restore the newest valid snapshot → replay → live → snapshots.
///
/// Lives on the owner thread of `client`: call `tick` after each `client.poll`, at least once a second:
///     while (!stopping) { client.poll(100'000); host.tick(); }
///     host.snapshot();                                             // drain
/// "Live" means: evolved up to the head that the bus told when we subscribed. Destroy the host before the client.
///
/// A state is checked against the log at each start and each new session, by subscribing from the cut's own offset, not the
/// one after: the first delivery brings the hash of the batch that holds the cut. When it differs (a log put back from a
/// backup, say), the snapshot is dropped and the fold begins again from an older one or from offset 1. What was evolved
/// meanwhile: nothing.
class FoldHost {
 public:
  virtual ~FoldHost() = default;
  /// Restores once connected, takes snapshots that are due by time, refreshes the gauges.
  virtual void tick() = 0;
  [[nodiscard]] virtual FoldState state() const = 0;
  [[nodiscard]] bool live() const { return state() == FoldState::kLive; }
  /// The state. Another object after a snapshot was dropped: ask anew after each poll or tick, keep no reference.
  [[nodiscard]] virtual const Fold& fold() const = 0;
  /// The cut: everything the filter takes up to this offset has been evolved.
  [[nodiscard]] virtual Offset cut() const = 0;
  [[nodiscard]] virtual TimeUs cut_time() const = 0;  ///< bus time of the batch that holds the cut
  [[nodiscard]] virtual ChainHash cut_hash()
      const = 0;  ///< chain hash of the batch that holds the cut
  /// Runs `ready` once the cut has reached `offset` (at once if it has). Dropped unrun with the host.
  virtual void when_at(Offset offset, std::function<void()> ready) = 0;
  /// After each delivery has been evolved and once live, on the owner's thread: for gauges.
  virtual void on_evolved(std::function<void()> callback) = 0;
  /// Writes a snapshot now if anything changed since the last. Errors: kIo, kOverloaded (disk full).
  [[nodiscard]] virtual Result<void> snapshot() = 0;
};

using MakeFold = std::function<std::unique_ptr<Fold>()>;

/// `make_fold` makes a fresh fold; it is asked again when a snapshot turns out unusable.
[[nodiscard]] std::unique_ptr<FoldHost> host_fold(const Env& env, bus::Client& client,
                                                  MakeFold make_fold, FoldHostOptions options,
                                                  ServiceMetrics& metrics);

/// The fold of `host` as the type its `make_fold` makes.
template <typename F>
[[nodiscard]] const F& fold_as(const FoldHost& host) {
  return static_cast<const F&>(host.fold());
}

}  // namespace lamplight::runtime
