#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace lamplight {

/// Appends MessagePack to a string that it owns (msgpack-c's packer underneath). Threads: one.
class MsgpackWriter {
 public:
  void array(std::uint32_t size);
  void map(std::uint32_t size);
  void nil();
  void boolean(bool value);
  void uint(std::uint64_t value);
  void sint(std::int64_t value);
  void str(std::string_view text);
  void bin(Bytes bytes);
  void raw(Bytes encoded);  ///< bytes that are MessagePack already

  [[nodiscard]] const std::string& buffer() const { return buffer_; }
  [[nodiscard]] Bytes bytes() const { return as_bytes(buffer_); }
  [[nodiscard]] std::string take();
  void clear() { buffer_.clear(); }

 private:
  std::string buffer_;
};

}  // namespace lamplight
