#include "runtime/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

#include "base/check.hpp"

namespace lamplight::runtime {

struct StopSignals::Impl {
  explicit Impl(std::function<void()> callback) : on_stop(std::move(callback)) {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    LAMPLIGHT_CHECK(pthread_sigmask(SIG_BLOCK, &set, &before) == 0, "signals can be blocked");
    signals = ::signalfd(-1, &set, SFD_CLOEXEC);
    end = ::eventfd(0, EFD_CLOEXEC);
    LAMPLIGHT_CHECK(signals >= 0 && end >= 0, "a signalfd and an eventfd can be made");
    thread = std::thread([this] { watch(); });
  }

  ~Impl() {
    const std::uint64_t one = 1;
    LAMPLIGHT_CHECK(::write(end, &one, sizeof one) == sizeof one, "an eventfd takes a one");
    thread.join();
    ::close(signals);
    ::close(end);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void watch() {
    std::array<pollfd, 2> watched{{{signals, POLLIN, 0}, {end, POLLIN, 0}}};
    for (bool asked = false;;) {
      if (::poll(watched.data(), watched.size(), -1) < 0) {
        LAMPLIGHT_CHECK(errno == EINTR, "poll works");
        continue;
      }
      if (watched[1].revents != 0) return;
      signalfd_siginfo info{};
      if (::read(signals, &info, sizeof info) != sizeof info) continue;
      if (asked) ::_exit(1);
      asked = true;
      on_stop();
    }
  }

  std::function<void()> on_stop;
  sigset_t before{};
  int signals = -1;
  int end = -1;
  std::thread thread;
};

StopSignals::StopSignals(std::function<void()> on_stop)
    : impl_(std::make_unique<Impl>(std::move(on_stop))) {}
StopSignals::~StopSignals() = default;

}  // namespace lamplight::runtime
