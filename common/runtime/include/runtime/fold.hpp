#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/event.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::runtime {

using SnapshotWriter = MsgpackWriter;
using SnapshotReader = MsgpackReader;

/// A service's state: a projection of the log. Deterministic: no clock, randomness, I/O, threads, configuration or
/// unordered iteration. (Who also decides derives from this: runtime/decider.hpp.)
class Fold {
 public:
  virtual ~Fold() = default;
  /// The only way state changes, live and in replay. Never refuses what happened.
  virtual void evolve(const Event& event) = 0;
  /// Told of events that evolve is about to take, in their order, at most kForeseen at a time: a fold greater than the
  /// processor's cache asks for the memory that they will look up, so that the waits for it overlap. A hint alone: it
  /// changes nothing, and nobody need give it.
  virtual void foresee(std::span<const Event> /*events*/) const {}
  static constexpr std::size_t kForeseen = 32;
  /// Byte-identical for equal state: iterate sorted.
  virtual void save(SnapshotWriter& out) const = 0;
  /// Into a fresh fold. A reader that fails means a cache miss: the harness drops the fold and replays.
  virtual void load(SnapshotReader& in) = 0;
  /// Raised when evolve or the saved layout changes.
  [[nodiscard]] virtual std::uint32_t state_version() const = 0;
};

}  // namespace lamplight::runtime
