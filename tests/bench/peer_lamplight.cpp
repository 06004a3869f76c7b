#include <atomic>
#include <filesystem>
#include <limits>
#include <thread>

#include "base/check.hpp"
#include "base/production_env.hpp"
#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "bus/context.hpp"
#include "figures.hpp"
#include "peers.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kNotKnown = std::numeric_limits<std::uint64_t>::max();

// Our own bus as it ships: `lamplight run broker`, reached over ipc.
class LamplightBus : public Bus {
 public:
  LamplightBus(std::unique_ptr<Server> server, const std::string& folder)
      : server_(std::move(server)), endpoint_("ipc://" + folder + "/data/run/bus.sock") {}

  Sample publish(std::uint32_t window, double seconds) override {
    const auto client = connect("bench_edge", bus::Role::kEdge, window);
    return measured([&] { return send(*client, window, seconds); });
  }

  Sample stream(std::uint32_t window, int consumers, double seconds) override {
    const auto client = connect("bench_edge", bus::Role::kEdge, window);
    const Offset from = client->state().head.plus(1);
    std::atomic<std::uint64_t> total{kNotKnown};
    std::atomic<int> listening{0};
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(consumers));
    for (int i = 0; i < consumers; ++i) {
      threads.emplace_back([&] { consume(from, total, listening); });
    }
    LAMPLIGHT_CHECK(soon([&] { return listening == consumers; }), "the consumers connect");
    return measured([&] {
      total = send(*client, window, seconds);
      for (auto& thread : threads) thread.join();
      return total.load();
    });
  }

 private:
  std::unique_ptr<bus::Client> connect(std::string name, bus::Role role, std::uint32_t window) {
    bus::ClientOptions options;
    options.name = std::move(name);
    options.role = role;
    options.window_events = window;
    options.window_bytes = std::size_t{window} * 1024 + (1U << 20);
    auto made = bus::connect(context_, env_.env(), endpoint_, std::move(options));
    LAMPLIGHT_CHECK(made.ok(), "the client connects");
    auto client = std::move(made).value();
    while (!client->state().connected) client->poll(10'000);
    return client;
  }

  std::uint64_t send(bus::Client& client, std::uint32_t window, double seconds) {
    const Env env = env_.env();
    UuidSource ids(env.clock, env.random);
    const std::string payload =
        '\xC4' + std::string(1, '\xFE') + std::string(kPayloadBytes - 2, 'x');
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;
    const double until = seconds_now() + seconds;
    bool open = true;
    while (open || acked < sent) {
      while (open && sent - acked < window) {
        const bus::NewEvent event{"bench.published", ids.next(), {}, {}, 1, as_bytes(payload)};
        const auto queued = client.publish(event, {}, [&acked](const Result<bus::Acked>& result) {
          LAMPLIGHT_CHECK(result.ok(), "the publish is acknowledged");
          ++acked;
        });
        LAMPLIGHT_CHECK(queued.ok(), "the window has room");
        ++sent;
      }
      client.poll(-1);
      open = seconds_now() < until;
    }
    return sent;
  }

  void consume(Offset from, const std::atomic<std::uint64_t>& total, std::atomic<int>& listening) {
    const auto client = connect("bench_reader", bus::Role::kFollower, 1);
    std::uint64_t seen = 0;
    bus::SubscribeOptions options;
    options.from = from;
    client->subscribe(options, [&seen](const bus::Delivery& d) { seen += d.events->size(); });
    ++listening;
    while (seen < total) client->poll(10'000);
  }

  template <typename Work>
  Sample measured(const Work& work) {
    const double cpu = own_cpu_seconds() + server_->cpu_seconds();
    const double from = seconds_now();
    Sample sample;
    sample.messages = work();
    sample.seconds = seconds_now() - from;
    sample.cpu_seconds = own_cpu_seconds() + server_->cpu_seconds() - cpu;
    return sample;
  }

  std::unique_ptr<Server> server_;
  std::string endpoint_;
  ProductionEnv env_;
  bus::Context context_;
};

}  // namespace

MaybeBus start_lamplight(const std::string& program, const std::string& folder) {
  std::filesystem::create_directories(folder);
  auto server =
      Server::start({program, "run", "broker", "--metrics.port=0", "--data", folder + "/data"},
                    folder + "/broker.log", "health");
  LAMPLIGHT_CHECK(server, "the broker starts; its log is in the bench folder");
  return {std::make_unique<LamplightBus>(std::move(server), folder), {}};
}

}  // namespace lamplight::bench
