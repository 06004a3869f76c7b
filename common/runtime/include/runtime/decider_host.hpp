#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "bus/client.hpp"
#include "runtime/decider.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::runtime {

struct DeciderHostOptions {
  std::string service;  ///< "inner": its producer name; one token of [a-z0-9_]
  std::vector<std::string>
      subjects;  ///< its inputs. Subjects may be added in a later version and never removed
  std::vector<std::string> publishes;  ///< what it may publish: patterns, `inner.*`
  std::string
      snapshot_folder;  ///< $LAMPLIGHT_DATA/snapshots/<service>; made when missing, and held alone
  std::size_t window = 1;  ///< inputs decided ahead of the acknowledgement of their frames, at most
  bool follow_only = false;  ///< never decides: a rebuild beside the live one, a debugger
  std::uint64_t snapshot_every_events = 500'000;
  std::uint64_t keep_free_bytes = 0;            ///< of the snapshots' disk: the log's reserve
  std::int64_t snapshot_every_us = 60'000'000;  ///< whichever comes first, if anything changed
  std::uint64_t credit_bytes = 8U << 20;        ///< bytes that may be under way to us, a cursor
  std::int64_t silence_us = 5'000'000;          ///< nothing heard for so long: lag is unknown (NaN)

  // When a frame is due that only tells how far was decided: after so many inputs without an output, or so long after
  // the first of them, or so many scanned offsets.
  std::size_t progress_inputs = 1'000;
  std::int64_t progress_us = 1'000'000;
  std::uint64_t progress_scanned = 100'000;
  std::int64_t start_retry_us = 500'000;  ///< how often a follower tries to take the epoch
};

enum class DeciderState {
  kConnecting,
  kFollower,  ///< evolves what another instance has decided, or catches up with what was decided before
  kLive,      ///< holds the epoch and decides
  kHalted,  ///< will not decide before somebody has looked; reads are answered, as of before the fault
  kDraining,
};

/// Runs a decider: restore → follow what was decided → take the epoch → decide (RUNTIME.md is the contract).
///
/// Lives on the owner thread of `client`, which has the role decider under the service's name: call `tick` after each
/// `client.poll`, at least ten times a second:
///     while (!stopping) { client.poll(50'000); host.tick(); }
///     while (!host.drain()) client.poll(50'000);                   // gives the epoch back
/// A fenced client (on_change) ends the process, as everywhere. Losing the epoch to another instance does not: the host
/// drops its state and follows. Destroy the host before the client.
class DeciderHost {
 public:
  virtual ~DeciderHost() = default;
  virtual void tick() = 0;
  /// Decides nothing more; true once all is acknowledged, the epoch is given back and a snapshot is written.
  [[nodiscard]] virtual bool drain() = 0;

  [[nodiscard]] virtual DeciderState state() const = 0;
  [[nodiscard]] bool live() const { return state() == DeciderState::kLive; }
  /// Why it halted, with the offset; or why it follows though nobody else decides (another instance holds the epoch, the
  /// last one ran newer rules). Empty: no reason to tell.
  [[nodiscard]] virtual const std::string& why_not_live() const = 0;
  /// The state. Another object after it was dropped: ask anew after each poll or tick, keep no reference.
  [[nodiscard]] virtual const Decider& decider() const = 0;
  /// The cut: every input up to here has been evolved, with what was decided on it.
  [[nodiscard]] virtual Offset cut() const = 0;
  /// The cut up to which every frame is acknowledged, and where the last of them ends on the log.
  [[nodiscard]] virtual Offset acknowledged_cut() const = 0;
  [[nodiscard]] virtual Offset frame_offset() const = 0;

  /// For whatever leaves the process: a read's answer, a figure. Runs `ready` with a cut that has the present state once the
  /// frames up to it are acknowledged, at once when they are. What was read at a cut whose frames are refused never was: `ready` then
  /// gets kFenced, and the reader asks again. Dropped unrun with the host.
  virtual void when_acknowledged(std::function<void(const Result<Offset>&)> ready) = 0;
  /// Runs `ready` once every input up to `offset` is decided and that is acknowledged (at once if it is). Dropped unrun with the host.
  virtual void when_at(Offset offset, std::function<void()> ready) = 0;
  /// After the state has moved, on the owner's thread.
  virtual void on_evolved(std::function<void()> callback) = 0;
};

using MakeDecider = std::function<std::unique_ptr<Decider>()>;
/// Connects a client with the role edge under bus::clock_name(service): asked for when the epoch is taken. Its owner is
/// the host, which polls it.
using MakeClock = std::function<Result<std::unique_ptr<bus::Client>>()>;

/// `make` makes a fresh decider; it is asked again when a state is dropped. Holds the snapshot folder until the host goes.
/// Errors: kExists, another process runs on that folder: instances of one service need data folders of their own.
[[nodiscard]] Result<std::unique_ptr<DeciderHost>> host_decider(const Env& env, bus::Client& client,
                                                                MakeClock make_clock,
                                                                MakeDecider make,
                                                                DeciderHostOptions options,
                                                                ServiceMetrics& metrics);

/// The decider of `host` as the type its `make` makes.
template <typename D>
[[nodiscard]] const D& decider_as(const DeciderHost& host) {
  return static_cast<const D&>(host.decider());
}

}  // namespace lamplight::runtime
