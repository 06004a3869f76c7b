#include "base/uuid.hpp"

namespace lamplight {

Id16 UuidSource::next() {
  const std::int64_t wall_ms = clock_.wall().value / 1000;
  const auto ms = wall_ms > 0 ? static_cast<std::uint64_t>(wall_ms) : 0;
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = 0;
  } else if (++counter_ ==
             0x1000) {  // more than 4,096 ids in a millisecond, or the clock went back
    ++last_ms_;
    counter_ = 0;
  }
  Id16 id;
  random_.fill(std::span(id.bytes).subspan(8));
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(last_ms_ >> (8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 8));
  id.bytes[7] = static_cast<std::uint8_t>(counter_ & 0xFF);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

}  // namespace lamplight
