#pragma once

#include <cstdint>
#include <string>

#include "runtime/decider.hpp"

/// The log of tests/data/inner-log: what a build before this one has decided.
namespace lamplight::inner::test {

/// Of a recorded log, and of what any later code has to make of it.
struct RecordedFacts {
  std::uint32_t state_version = 0;  ///< of the code that `state` is for
  std::string state;                ///< SHA-256, hex, of the snapshot at the last cut
  std::uint64_t cut = 0;
  std::uint64_t decisions = 0;  ///< published by inner, control events not among them
  std::string
      published;  ///< SHA-256, hex, of those: subject, id, cause and payload, in the order of the log
};

/// Replays the log in `folder` into `fold`, by the subjects that the inner loop takes now.
RecordedFacts replay_recorded(const std::string& folder, runtime::Decider& fold);

/// `facts.txt`: name and value, a line each.
[[nodiscard]] RecordedFacts read_facts(const std::string& path);
[[nodiscard]] std::string to_text(const RecordedFacts& facts);

}  // namespace lamplight::inner::test
