#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/check.hpp"

namespace lamplight::bus {

/// Wakes a thread that waits for a socket. `ring` from any thread; the rest from the waiting one.
class Wake {
 public:
  Wake() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    LAMPLIGHT_CHECK(fd_ >= 0, "an eventfd can be had");
  }
  ~Wake() { ::close(fd_); }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void ring() const {
    const std::uint64_t one = 1;
    (void)!::write(fd_, &one, sizeof one);  // full means that it rings already
  }
  void clear() const {
    std::uint64_t count = 0;
    (void)!::read(fd_, &count, sizeof count);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace lamplight::bus
