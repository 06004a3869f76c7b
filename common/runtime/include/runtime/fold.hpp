#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/event.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::runtime {

using SnapshotWriter = MsgpackWriter;
using SnapshotReader = MsgpackReader;

/// A service's state: a projection of the log. Deterministic: no clock, randomness, I/O, threads, configuration or
/// unordered iteration. (Deciders, which also decide, derive from this: the place is runtime/decider.hpp.)
class Fold {
 public:
  virtual ~Fold() = default;
  /// The only way state changes, live and in replay. Never refuses what happened.
  virtual void evolve(const Event& event) = 0;
  /// Byte-identical for equal state: iterate sorted.
  virtual void save(SnapshotWriter& out) const = 0;
  /// Into a fresh fold. A reader that fails means a cache miss: the harness drops the fold and replays.
  virtual void load(SnapshotReader& in) = 0;
  /// Raised when evolve or the saved layout changes.
  [[nodiscard]] virtual std::uint32_t state_version() const = 0;
};

}  // namespace lamplight::runtime
