#pragma once

#include "base/env.hpp"

namespace lamplight {

/// Makes UUIDv7 ids (RFC 9562): time first, so that they sort by creation; never twice the same in a process.
/// Threads: one.
class UuidSource {
 public:
  UuidSource(Clock& clock, Random& random) : clock_(clock), random_(random) {}
  [[nodiscard]] Id16 next();

 private:
  Clock& clock_;
  Random& random_;
  std::uint64_t last_ms_ = 0;
  std::uint16_t counter_ = 0;  // 12 bits of rand_a: order within one millisecond
};

}  // namespace lamplight
