#pragma once

#include <zmq.h>

#include <array>
#include <cstring>
#include <span>

#include "base/check.hpp"
#include "base/ids.hpp"

namespace lamplight::bus {

/// The parts of one received ZeroMQ message, kept until the next `receive`. Parts beyond the fourth are dropped.
class ReceivedMessage {
 public:
  ReceivedMessage() {
    for (auto& part : parts_) zmq_msg_init(&part);
  }
  ~ReceivedMessage() {
    for (auto& part : parts_) zmq_msg_close(&part);
  }
  ReceivedMessage(const ReceivedMessage&) = delete;
  ReceivedMessage& operator=(const ReceivedMessage&) = delete;

  /// False when nothing waits (or the socket is going away). Never blocks.
  bool receive(void* socket) {
    count_ = 0;
    bool more = true;
    while (more) {
      zmq_msg_t& part = parts_[count_ < parts_.size() ? count_ : parts_.size() - 1];
      if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) return false;
      more = zmq_msg_more(&part) != 0;
      if (count_ < parts_.size()) {
        views_[count_] = {static_cast<const std::uint8_t*>(zmq_msg_data(&part)),
                          zmq_msg_size(&part)};
        ++count_;
      }
    }
    // The last place may have been used more than once: its view is that of the last part.
    zmq_msg_t& last = parts_[count_ - 1];
    views_[count_ - 1] = {static_cast<const std::uint8_t*>(zmq_msg_data(&last)),
                          zmq_msg_size(&last)};
    return true;
  }
  [[nodiscard]] std::span<const Bytes> parts() const { return {views_.data(), count_}; }

 private:
  std::array<zmq_msg_t, 4> parts_{};
  std::array<Bytes, 4> views_{};
  std::size_t count_ = 0;
};

/// Sends one part without blocking; errno tells why not.
inline bool send_part(void* socket, Bytes bytes, bool more) {
  return zmq_send(socket, bytes.data(), bytes.size(), ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0;
}

}  // namespace lamplight::bus
