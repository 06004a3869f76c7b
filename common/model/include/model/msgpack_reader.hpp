#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.hpp"

namespace lamplight {

/// Reads MessagePack value by value, in place and without allocation (msgpack-c offers a tree or a push parser only).
///
/// Hostile bytes are expected: every read is bounds-checked, nesting is limited to kMaxDepth, and the first thing that
/// does not fit makes the reader fail for good: from then on reads return zero or empty. Test `ok()` once, at the end.
/// Views point into the given bytes. Threads: one.
class MsgpackReader {
 public:
  explicit MsgpackReader(Bytes bytes) : data_(bytes.data()), size_(bytes.size()) {}

  [[nodiscard]] std::uint32_t array();  ///< number of elements that follow
  [[nodiscard]] std::uint32_t map();    ///< number of key-value pairs that follow
  [[nodiscard]] std::uint64_t uint();   ///< fails on a negative number
  [[nodiscard]] std::int64_t sint();    ///< fails on a number over INT64_MAX
  [[nodiscard]] std::string_view str();
  [[nodiscard]] Bytes bin();
  [[nodiscard]] bool boolean();
  [[nodiscard]] bool take_nil();  ///< true, and past it, when the next value is nil
  /// Past the next value whatever it is; its bytes.
  Bytes skip();

  void fail() { failed_ = true; }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return at_ == size_; }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  [[nodiscard]] std::uint8_t peek() const { return data_[at_]; }
  [[nodiscard]] bool need(std::size_t n);
  [[nodiscard]] std::uint64_t big_endian(std::size_t bytes);
  [[nodiscard]] Bytes take(std::uint64_t n);
  void skip_one(int depth);

  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace lamplight
