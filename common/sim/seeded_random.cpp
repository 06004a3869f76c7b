#include "sim/seeded_random.hpp"

#include <algorithm>

namespace lamplight::sim {

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) value = next();
    out[i] = static_cast<std::uint8_t>(value >> (8 * (i % 8)));
  }
}

std::uint64_t SeededRandom::below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

std::int64_t SeededRandom::between(std::int64_t from, std::int64_t to) {
  return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
}

bool SeededRandom::chance(std::uint64_t per_million) { return below(1'000'000) < per_million; }

std::int64_t SeededRandom::skewed(std::int64_t from, std::int64_t to) {
  std::int64_t top = std::max<std::int64_t>(from, 1);
  while (top < to && chance(500'000)) top *= 2;
  return between(from, std::clamp(top, from, to));
}

}  // namespace lamplight::sim
