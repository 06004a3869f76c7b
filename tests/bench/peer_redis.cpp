#include "base/check.hpp"
#include "figures.hpp"
#include "peers.hpp"

#ifdef LAMPLIGHT_BENCH_REDIS
#include <hiredis/hiredis.h>

#include <array>
#include <filesystem>
#endif

namespace lamplight::bench {

#ifndef LAMPLIGHT_BENCH_REDIS
MaybeBus start_redis(const std::string&, const std::string&) {
  return {nullptr, "libhiredis-dev was not there"};
}
#else

namespace {

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};

class RedisBus : public Bus {
 public:
  RedisBus(std::unique_ptr<Server> server, std::string socket)
      : server_(std::move(server)), socket_(std::move(socket)) {}

  bool connect() {
    context_.reset(redisConnectUnix(socket_.c_str()));
    return context_ && context_->err == 0;
  }

  // XADD, pipelined: replies are taken as they come, the window is filled again at once.
  Sample publish(std::uint32_t window, double seconds) override {
    const std::string payload(kPayloadBytes, 'x');
    std::array<const char*, 5> words{"XADD", "bench", "*", "e", payload.data()};
    const std::array<std::size_t, 5> sizes{4, 5, 1, 1, payload.size()};
    const double cpu = own_cpu_seconds() + server_->cpu_seconds();
    const double from = seconds_now();
    Sample sample;
    std::uint64_t sent = 0;
    bool open = true;
    while (open || sample.messages < sent) {
      for (; open && sent - sample.messages < window; ++sent) {
        redisAppendCommandArgv(context_.get(), 5, words.data(), sizes.data());
      }
      take_replies(sample.messages);
      open = seconds_now() < from + seconds;
    }
    sample.seconds = seconds_now() - from;
    sample.cpu_seconds = own_cpu_seconds() + server_->cpu_seconds() - cpu;
    return sample;
  }

  Sample stream(std::uint32_t, int, double) override {
    LAMPLIGHT_CHECK(false, "no figure asks for it");
    return {};
  }

 private:
  void take_replies(std::uint64_t& count) {
    void* reply = nullptr;
    LAMPLIGHT_CHECK(redisGetReply(context_.get(), &reply) == REDIS_OK, "redis answers");
    while (reply != nullptr) {
      LAMPLIGHT_CHECK(static_cast<redisReply*>(reply)->type == REDIS_REPLY_STRING,
                      "redis takes a message");
      freeReplyObject(reply);
      ++count;
      LAMPLIGHT_CHECK(redisGetReplyFromReader(context_.get(), &reply) == REDIS_OK, "redis answers");
    }
  }

  std::unique_ptr<Server> server_;
  std::string socket_;
  std::unique_ptr<redisContext, FreeContext> context_;
};

}  // namespace

MaybeBus start_redis(const std::string& folder, const std::string& fsync) {
  std::filesystem::create_directories(folder);
  const std::string socket = folder + "/redis.sock";
  auto bus = std::make_unique<RedisBus>(
      Server::start(
          {"redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--appendonly",
           "yes", "--appendfsync", fsync, "--save", "", "--auto-aof-rewrite-percentage", "0"},
          folder + "/redis.log"),
      socket);
  if (!soon([&] { return bus->connect(); })) return {nullptr, "redis-server does not answer"};
  return {std::move(bus), {}};
}
#endif

}  // namespace lamplight::bench
