#pragma once

#include <algorithm>
#include <cstdint>

/// Sums of numbers that others say. An item says at most kMaxNumber, older ones up to 2^63: no count of them may wrap.
namespace lamplight::tally {

/// Holds the sum of more 64-bit numbers than a log has, exactly, so that each can be taken out again.
__extension__ using WideSum = __int128;

/// As far as a sum is told, either way: one that would go further stays there. The difference of two fits 64 bits.
inline constexpr std::int64_t kGreatestSum = std::int64_t{1} << 62;

[[nodiscard]] constexpr bool is_beyond(std::int64_t sum) {
  return sum >= kGreatestSum || sum <= -kGreatestSum;
}
[[nodiscard]] constexpr std::int64_t bounded(WideSum sum) {
  return static_cast<std::int64_t>(std::clamp<WideSum>(sum, -kGreatestSum, kGreatestSum));
}
/// The sum as it is told: of two that were, or of one and a number that somebody says.
[[nodiscard]] constexpr std::int64_t add_up(std::int64_t sum, std::int64_t more) {
  return bounded(WideSum{sum} + more);
}

}  // namespace lamplight::tally
