#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "runtime/fold.hpp"

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
};

/// Evolves `fold` over a log as the decider's own replay would, from a folder, beside whatever runs: what it was as of
/// any past offset, one entity's history, a rehearsal of other rules. Decides nothing, publishes nothing.
/// Returns the cut that was reached. Errors: those of log::Reader; kInvalid, an output has no input among `subjects`.
[[nodiscard]] Result<Offset> replay_decider(log::Reader& reader, Fold& fold,
                                            const ReplayOptions& options);

}  // namespace lamplight::runtime
