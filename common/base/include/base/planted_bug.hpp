#pragma once

#include <cstdint>

/// Deliberate bugs, to show that the simulation finds bugs of their kind. They exist only in the objects that tests/sim
/// builds for itself with LAMPLIGHT_PLANTED_BUGS; in what ships `planted` is the constant false.
namespace lamplight {

enum class Bug : std::uint8_t {
  kNone,
  kAckBeforeSync,      ///< acknowledgements leave when the frame is appended
  kDeliverBeforeSync,  ///< a batch can be read once it is written
  kFenceForgotten,     ///< a start does not rebuild the fence
  kDedupeNotRebuilt,   ///< a start does not rebuild the dedupe window
  kTornTailKept,       ///< recovery goes on behind a torn batch instead of cutting it off
  kFrameSplit,         ///< a frame of several events goes on the log as two, in two batches
  kSnapshotUnsynced,   ///< a snapshot gets its name before its bytes are synced
  kCreditLeak,         ///< a client gives back half of the credit it used
  kTimeStepsBack,      ///< bus time follows the wall clock back
  // Of deciders: the rules of RUNTIME.md's first table, one off at a time.
  kOwnAtPlace,     ///< replay evolves own outputs where they lie on the log
  kOwnPlaceSeen,   ///< replay evolves own outputs with their own time and offset
  kSnapshotAhead,  ///< a snapshot is written before the frames up to its cut are acknowledged
  kReadAhead,      ///< a read is answered before the frames up to its cut are acknowledged
  kStepSplit,      ///< the outputs of one step leave in two frames
  kPrevUnchecked,  ///< the bus takes a frame whatever it follows
  kProgressUntold,  ///< a frame's through is its last output's cause, and steps without outputs tell none
  kZombieTaken,  ///< the bus takes frames of an epoch that is over, under whatever numbers
};

#ifdef LAMPLIGHT_PLANTED_BUGS
[[nodiscard]] bool planted(Bug bug);
#else
[[nodiscard]] constexpr bool planted(Bug) { return false; }
#endif

}  // namespace lamplight
