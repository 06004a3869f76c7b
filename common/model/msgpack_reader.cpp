#include "model/msgpack_reader.hpp"

#include <limits>

#include "model/limits.hpp"

namespace lamplight {

bool MsgpackReader::need(std::size_t n) {
  if (failed_ || size_ - at_ < n) {
    failed_ = true;
    return false;
  }
  return true;
}

std::uint64_t MsgpackReader::big_endian(std::size_t bytes) {
  if (!need(bytes)) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = (value << 8) | data_[at_ + i];
  at_ += bytes;
  return value;
}

Bytes MsgpackReader::take(std::uint64_t n) {
  if (n > size_ || !need(static_cast<std::size_t>(n))) {
    failed_ = true;
    return {};
  }
  const Bytes out{data_ + at_, static_cast<std::size_t>(n)};
  at_ += static_cast<std::size_t>(n);
  return out;
}

std::uint32_t MsgpackReader::array() {
  if (!need(1)) return 0;
  const std::uint8_t type = data_[at_++];
  std::uint64_t n = 0;
  if ((type & 0xF0) == 0x90) n = type & 0x0F;
  else if (type == 0xDC) n = big_endian(2);
  else if (type == 0xDD) n = big_endian(4);
  else failed_ = true;
  // Every element takes a byte at least: a count beyond the rest is a lie.
  if (n > size_ - at_) failed_ = true;
  return failed_ ? 0 : static_cast<std::uint32_t>(n);
}

std::uint32_t MsgpackReader::map() {
  if (!need(1)) return 0;
  const std::uint8_t type = data_[at_++];
  std::uint64_t n = 0;
  if ((type & 0xF0) == 0x80) n = type & 0x0F;
  else if (type == 0xDE) n = big_endian(2);
  else if (type == 0xDF) n = big_endian(4);
  else failed_ = true;
  if (n > (size_ - at_) / 2) failed_ = true;
  return failed_ ? 0 : static_cast<std::uint32_t>(n);
}

std::uint64_t MsgpackReader::uint() {
  if (!need(1)) return 0;
  const std::uint8_t type = data_[at_++];
  if (type < 0x80) return type;
  switch (type) {
    case 0xCC: return big_endian(1);
    case 0xCD: return big_endian(2);
    case 0xCE: return big_endian(4);
    case 0xCF: return big_endian(8);
    default: break;
  }
  --at_;
  const std::int64_t value = sint();
  if (value < 0) failed_ = true;
  return failed_ ? 0 : static_cast<std::uint64_t>(value);
}

std::int64_t MsgpackReader::sint() {
  if (!need(1)) return 0;
  const std::uint8_t type = data_[at_++];
  if (type < 0x80) return type;
  if (type >= 0xE0) return static_cast<std::int8_t>(type);
  std::int64_t value = 0;
  switch (type) {
    case 0xCC: value = static_cast<std::int64_t>(big_endian(1)); break;
    case 0xCD: value = static_cast<std::int64_t>(big_endian(2)); break;
    case 0xCE: value = static_cast<std::int64_t>(big_endian(4)); break;
    case 0xCF: {
      const std::uint64_t big = big_endian(8);
      if (big > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        failed_ = true;
      value = static_cast<std::int64_t>(big);
      break;
    }
    case 0xD0: value = static_cast<std::int8_t>(big_endian(1)); break;
    case 0xD1: value = static_cast<std::int16_t>(big_endian(2)); break;
    case 0xD2: value = static_cast<std::int32_t>(big_endian(4)); break;
    case 0xD3: value = static_cast<std::int64_t>(big_endian(8)); break;
    default: failed_ = true;
  }
  return failed_ ? 0 : value;
}

std::string_view MsgpackReader::str() {
  if (!need(1)) return {};
  const std::uint8_t type = data_[at_++];
  std::uint64_t n = 0;
  if ((type & 0xE0) == 0xA0) n = type & 0x1F;
  else if (type == 0xD9) n = big_endian(1);
  else if (type == 0xDA) n = big_endian(2);
  else if (type == 0xDB) n = big_endian(4);
  else failed_ = true;
  return failed_ ? std::string_view{} : as_text(take(n));
}

Bytes MsgpackReader::bin() {
  if (!need(1)) return {};
  const std::uint8_t type = data_[at_++];
  std::uint64_t n = 0;
  if (type == 0xC4) n = big_endian(1);
  else if (type == 0xC5) n = big_endian(2);
  else if (type == 0xC6) n = big_endian(4);
  else failed_ = true;
  return failed_ ? Bytes{} : take(n);
}

bool MsgpackReader::boolean() {
  if (!need(1)) return false;
  const std::uint8_t type = data_[at_++];
  if (type != 0xC2 && type != 0xC3) failed_ = true;
  return type == 0xC3;
}

bool MsgpackReader::take_nil() {
  if (!need(1) || peek() != 0xC0) return false;
  ++at_;
  return true;
}

Bytes MsgpackReader::skip() {
  const std::size_t from = at_;
  skip_one(0);
  return failed_ ? Bytes{} : Bytes{data_ + from, at_ - from};
}

void MsgpackReader::skip_one(int depth) {
  if (depth > kMaxDepth || !need(1)) {
    failed_ = true;
    return;
  }
  const std::uint8_t type = peek();
  if (type < 0x80 || type >= 0xE0 || type == 0xC0 || type == 0xC2 || type == 0xC3) {
    ++at_;
  } else if ((type & 0xF0) == 0x90 || type == 0xDC || type == 0xDD) {
    for (std::uint32_t n = array(); n > 0 && !failed_; --n) skip_one(depth + 1);
  } else if ((type & 0xF0) == 0x80 || type == 0xDE || type == 0xDF) {
    for (std::uint64_t n = 2ULL * map(); n > 0 && !failed_; --n) skip_one(depth + 1);
  } else if ((type & 0xE0) == 0xA0 || (type >= 0xD9 && type <= 0xDB)) {
    (void)str();
  } else if (type >= 0xC4 && type <= 0xC6) {
    (void)bin();
  } else if (type >= 0xC7 && type <= 0xC9) {  // ext 8, 16, 32: length, type, data
    ++at_;
    const std::uint64_t n = big_endian(std::size_t{1} << (type - 0xC7));
    (void)take(1);
    (void)take(n);
  } else if (type == 0xC1) {  // never used
    failed_ = true;
  } else if (type >= 0xD4 && type <= 0xD8) {  // fixext 1, 2, 4, 8, 16
    ++at_;
    (void)take(1 + (std::uint64_t{1} << (type - 0xD4)));
  } else {  // numbers: uint 8..64, int 8..64, float 32, 64
    ++at_;
    const std::uint64_t n = type == 0xCA   ? 4
                            : type == 0xCB ? 8
                            : type < 0xD0  ? std::uint64_t{1} << (type - 0xCC)
                                           : std::uint64_t{1} << (type - 0xD0);
    (void)take(n);
  }
}

}  // namespace lamplight
