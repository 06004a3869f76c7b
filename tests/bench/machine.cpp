#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <thread>
#include <zmq.hpp>

#include "base/check.hpp"
#include "figures.hpp"

namespace lamplight::bench {

namespace {

// Made once a run: making and removing files costs the disk work that later syncs would wait for.
int written_beforehand(const std::string& folder) {
  static const int kFile = [&folder] {
    const int fd = ::open((folder + "/fdatasync.bin").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    LAMPLIGHT_CHECK(fd >= 0, "the bench folder is writable");
    const std::string zeros(4U << 20, '\0');
    LAMPLIGHT_CHECK(
        ::pwrite(fd, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()), "write");
    LAMPLIGHT_CHECK(::fsync(fd) == 0, "fsync");
    return fd;
  }();
  return kFile;
}

}  // namespace

std::vector<double> fdatasync_samples(const std::string& folder, int count) {
  const int fd = written_beforehand(folder);
  const std::string block(512, 'x');
  std::vector<double> us;
  for (int i = 0; i < count; ++i) {
    const double from = seconds_now();
    LAMPLIGHT_CHECK(::pwrite(fd, block.data(), block.size(), i * 512) == 512, "write");
    LAMPLIGHT_CHECK(::fdatasync(fd) == 0, "fdatasync");
    us.push_back((seconds_now() - from) * 1e6);
  }
  return us;
}

std::vector<double> rtt_samples(const std::string& folder, int count) {
  zmq::context_t context;
  zmq::socket_t router(context, zmq::socket_type::router);
  const std::string endpoint = "ipc://" + folder + "/rtt.sock";
  router.bind(endpoint);
  std::thread echo([&] {
    for (int i = 0; i < count; ++i) {
      zmq::message_t id;
      zmq::message_t body;
      (void)router.recv(id);
      (void)router.recv(body);
      router.send(id, zmq::send_flags::sndmore);
      router.send(body, zmq::send_flags::none);
    }
  });
  zmq::socket_t dealer(context, zmq::socket_type::dealer);
  dealer.connect(endpoint);
  const std::string payload(kPayloadBytes, 'x');
  std::vector<double> us;
  for (int i = 0; i < count; ++i) {
    const double from = seconds_now();
    dealer.send(zmq::buffer(payload), zmq::send_flags::none);
    zmq::message_t back;
    (void)dealer.recv(back);
    us.push_back((seconds_now() - from) * 1e6);
  }
  echo.join();
  return us;
}

namespace {

double measure_push(const std::string& folder) {
  constexpr int kMessages = 2'000'000;
  zmq::context_t context;
  zmq::socket_t pull(context, zmq::socket_type::pull);
  const std::string endpoint = "ipc://" + folder + "/push.sock";
  pull.bind(endpoint);
  std::thread sender([&] {
    zmq::socket_t push(context, zmq::socket_type::push);
    push.connect(endpoint);
    const std::string payload(kPayloadBytes, 'x');
    for (int i = 0; i < kMessages; ++i) push.send(zmq::buffer(payload), zmq::send_flags::none);
  });
  zmq::message_t message;
  (void)pull.recv(message);
  const double from = seconds_now();
  for (int i = 1; i < kMessages; ++i) (void)pull.recv(message);
  const double took = seconds_now() - from;
  sender.join();
  return (kMessages - 1) / took;
}

}  // namespace

const Machine& machine(const Run& run) {
  static const Machine measured = [&] {
    Machine m;
    std::vector<double> syncs = fdatasync_samples(run.folder, 2000);
    std::vector<double> rtts = rtt_samples(run.folder, 20'000);
    m.fdatasync_us = percentile(syncs, 50);
    m.zmq_push_per_s = measure_push(run.folder);
    m.zmq_rtt_us = percentile(rtts, 50);
    return m;
  }();
  return measured;
}

void run_machine(const Run& run) {
  const Machine& m = machine(run);
  run.print({"machine.fdatasync",
             m.fdatasync_us,
             "us",
             {},
             "",
             "p50 of 2000, 512 bytes into a written-beforehand file"});
  run.print({"machine.zmq_push",
             m.zmq_push_per_s,
             "messages/s",
             {},
             "",
             "PUSH/PULL over ipc, 256 bytes"});
  run.print({"machine.zmq_rtt",
             m.zmq_rtt_us,
             "us",
             {},
             "",
             "p50 of 20000, DEALER/ROUTER over ipc, 256 bytes"});
}

}  // namespace lamplight::bench
