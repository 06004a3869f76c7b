#pragma once

#include <cstdint>
#include <span>

#include "base/env.hpp"

namespace lamplight::sim {

/// The one source of chance of a run: everything follows from its seed (splitmix64). Threads: one.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

  [[nodiscard]] std::uint64_t next();
  /// 0 .. bound-1; 0 for a bound of 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// from .. to, both included.
  [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to);
  /// True in `per_million` of a million cases.
  [[nodiscard]] bool chance(std::uint64_t per_million);
  /// Mostly near `from`, sometimes up to `to`: every doubling is as likely as the next.
  [[nodiscard]] std::int64_t skewed(std::int64_t from, std::int64_t to);
  /// Another source that depends on this one only now.
  [[nodiscard]] SeededRandom fork() { return SeededRandom(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace lamplight::sim
