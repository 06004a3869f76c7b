#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace lamplight::http {

/// Bytes on their way to a socket, in order. Small ones are gathered so that many answers leave in one write; large
/// ones are moved in, not copied. Threads: the connection's only.
class SendQueue {
 public:
  static constexpr std::size_t kGatherBytes = 16 * 1024;
  static constexpr std::size_t kMaxBuffers = 16;
  static constexpr std::size_t kSpareBytes = 4096;  ///< memory an idle connection may keep

  void append(std::string_view bytes) {
    tail() += bytes;
    bytes_ += bytes.size();
  }
  void append(std::string&& bytes);

  /// Buffers of the next write; they stay in place until `sent`. Call again only after it.
  struct Write {
    std::array<boost::asio::const_buffer, kMaxBuffers> buffers;
    std::size_t count = 0;
    [[nodiscard]] const boost::asio::const_buffer* begin() const { return buffers.data(); }
    [[nodiscard]] const boost::asio::const_buffer* end() const { return buffers.data() + count; }
  };
  [[nodiscard]] Write begin_write();
  void sent(std::size_t bytes);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_ == 0; }
  void clear();

 private:
  std::string& tail();

  std::deque<std::string> parts_;
  std::size_t front_sent_ = 0;  ///< bytes of the first part that have left
  std::size_t in_flight_ = 0;   ///< parts at the front that a write under way points into
  std::size_t bytes_ = 0;
  std::string spare_;  ///< an emptied part, kept for its memory
};

}  // namespace lamplight::http
