#pragma once

#include <cstdint>

#include "sim/seeded_random.hpp"

namespace lamplight::simtest {

/// What a seed stands for: the size of the world, what its parts are like, and how bad it gets.
struct Plan {
  /// Faults end, everything heals, and then all must be done within a time. Otherwise faults go on to the end, and only
  /// what was said must be true.
  bool heals = true;
  std::int64_t faults_us = 5'000'000;     ///< for how long faults strike
  std::int64_t fault_every_us = 300'000;  ///< about

  std::uint64_t edge_events = 60;
  std::size_t least_event_bytes = 8;
  std::size_t most_event_bytes = 200;
  std::uint64_t alerts = 60;
  std::uint64_t segment_bytes = 32U << 10;
  std::uint64_t recent_bytes = 16U << 10;
  std::uint64_t reserve_bytes = 0;
  std::size_t queue_limit = 4096;
  bool consumer_keeps_place = false;
  std::size_t ledger_windows[2] = {1, 1};
  std::uint64_t new_rules = 0;     ///< chance per million that an instance starts with newer rules
  std::int64_t fast_sync_us = 30;  ///< half of a sync's time, from this
  std::int64_t slow_sync_us = 4'000;  ///< to this

  // What kinds of faults there are.
  bool messages = true;
  bool links = true;
  bool crashes = true;
  bool power = true;
  bool disk_errors = true;
  bool disk_full = true;
  bool hand_overs = true;  // of the ledger, by an operator
  bool clock_steps = true;
  bool bit_flips = true;

  [[nodiscard]] static Plan of(sim::SeededRandom& random);
};

}  // namespace lamplight::simtest
