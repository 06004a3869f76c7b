#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "runtime/decider.hpp"

namespace lamplight::runtime {

struct ReplayOptions {
  std::string service;                ///< whose outputs evolve at their causes
  std::vector<std::string> subjects;  ///< its inputs, as in DeciderHostOptions
  /// As of this offset: the cut is the greatest `through` of its frames at or below it.
  Offset as_of{std::numeric_limits<std::uint64_t>::max()};
  /// After an input has evolved and before what was decided on it does. A rehearsal decides anew here.
  std::function<void(const Event& input)> on_input;
  /// Before an output evolves: as evolve sees it, without its place.
  std::function<void(const Event& output)> on_output;
  /// Asked before each input: true ends the replay there. Left out: it goes on to the end.
  std::function<bool()> over;
};

/// Gives another reader of the same log, from its beginning. A later one reaches at least as far as an earlier one.
using OpenLog = std::function<Result<std::unique_ptr<log::Reader>>()>;

/// Evolves `decider` over a log as the decider's own replay would, from a folder, beside whatever runs: what it was as of
/// any past offset, one entity's history, a rehearsal of other rules. Decides nothing, publishes nothing.
///
/// Reads the log twice at once: own frames ahead, inputs up to what these are known to reach. Memory: a batch of each and
/// the outputs of one, however far the decider was behind.
/// Returns the cut that was reached. Errors: those of `open` and of log::Reader; kInvalid, an output has no input among
/// `subjects`; kUnsupported, one has a schema that `decider` does not know; kDamaged, a frame reaches beyond the log's
/// inputs.
[[nodiscard]] Result<Offset> replay_decider(const OpenLog& open, Decider& decider,
                                            const ReplayOptions& options);

}  // namespace lamplight::runtime
