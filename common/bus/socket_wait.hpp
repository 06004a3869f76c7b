#pragma once

#include <poll.h>
#include <zmq.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "base/check.hpp"
#include "wake.hpp"

namespace lamplight::bus {

/// Waits for a ZeroMQ socket and a Wake with one system call, where zmq_poll asks the socket before and after.
///
/// The socket's descriptor tells that something happened, not that a message waits, and any call on the socket may take
/// the telling away. So: look for messages until there is none, and again after each send; where a send is turned away, ask
/// what it took notice of. Owning thread only.
class SocketWait {
 public:
  /// Another socket from now on.
  void watch(void* socket) {
    std::size_t size = sizeof fd_;
    LAMPLIGHT_CHECK(zmq_getsockopt(socket, ZMQ_FD, &fd_, &size) == 0, "a socket has a descriptor");
    look_ = true;
  }
  [[nodiscard]] bool may_receive() const { return look_; }
  void found_nothing() { look_ = false; }
  void sent() { look_ = true; }
  /// A send found a queue full: whether one of `events` (ZMQ_POLLIN, ZMQ_POLLOUT) calls for another round already. If not,
  /// the descriptor will tell.
  void turned_away(void* socket, int events) {
    int now = 0;
    std::size_t size = sizeof now;
    LAMPLIGHT_CHECK(zmq_getsockopt(socket, ZMQ_EVENTS, &now, &size) == 0, "a socket has events");
    look_ = look_ || (now & events) != 0;
  }

  /// Returns when the socket (if `listening`) or the wake told something, or after `timeout_us`; clears the wake.
  void wait(const Wake& wake, bool listening, std::int64_t timeout_us) {
    if (listening && look_) timeout_us = 0;
    pollfd fds[] = {{wake.fd(), POLLIN, 0}, {fd_, POLLIN, 0}};
    timeout_us = std::max<std::int64_t>(0, timeout_us);
    const timespec timeout{timeout_us / 1'000'000, timeout_us % 1'000'000 * 1'000};
    if (::ppoll(fds, listening ? 2 : 1, &timeout, nullptr) <= 0) return;
    if ((fds[0].revents & POLLIN) != 0) wake.clear();
    if (fds[1].revents != 0) look_ = true;
  }

 private:
  int fd_ = -1;
  bool look_ = true;
};

}  // namespace lamplight::bus
