#include "base/check.hpp"
#include "figures.hpp"
#include "peers.hpp"

#ifdef LAMPLIGHT_BENCH_NATS
#include <nats/nats.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#endif

namespace lamplight::bench {

#ifndef LAMPLIGHT_BENCH_NATS
MaybeBus start_nats(const std::string&) { return {nullptr, "libnats-dev was not there"}; }
#else

namespace {

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
template <typename T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;
using Connection = Owned<natsConnection, natsConnection_Destroy>;
using JetStream = Owned<jsCtx, jsCtx_Destroy>;
using Subscription = Owned<natsSubscription, natsSubscription_Destroy>;

void must(natsStatus status, const char* what) {
  if (status != NATS_OK) LAMPLIGHT_CHECK(false, what);
}

void count_ack(jsCtx*, natsMsg* message, jsPubAck* ack, jsPubAckErr*, void* count) {
  if (ack != nullptr) ++*static_cast<std::atomic<std::uint64_t>*>(count);
  natsMsg_Destroy(message);
}

void count_message(natsConnection*, natsSubscription*, natsMsg* message, void* count) {
  ++*static_cast<std::atomic<std::uint64_t>*>(count);
  natsMsg_Destroy(message);
}

class NatsBus : public Bus {
 public:
  NatsBus(std::unique_ptr<Server> server, std::string url)
      : server_(std::move(server)), url_(std::move(url)) {}

  // A stream in files, one replica, no limits; false while the server is not up.
  bool prepare() {
    const Connection connection = connect();
    if (!connection) return false;
    const JetStream js = context(*connection, 1, nullptr);
    const char* subjects[] = {"bench.>"};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = "BENCH";
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    return js_AddStream(nullptr, js.get(), &config, nullptr, nullptr) == NATS_OK;
  }

  Sample publish(std::uint32_t window, double seconds) override {
    return stream(window, 0, seconds);
  }

  Sample stream(std::uint32_t window, int consumers, double seconds) override {
    std::vector<std::unique_ptr<Reader>> readers;
    readers.reserve(static_cast<std::size_t>(consumers));
    for (int i = 0; i < consumers; ++i) readers.push_back(read());
    const Connection connection = connect();
    std::atomic<std::uint64_t> acked{0};
    const JetStream js = context(*connection, window, &acked);
    const std::string payload(kPayloadBytes, 'x');
    const double cpu = own_cpu_seconds() + server_->cpu_seconds();
    const double from = seconds_now();
    Sample sample;
    while ((sample.messages & 255) != 0 || seconds_now() < from + seconds) {
      must(js_PublishAsync(js.get(), "bench.published", payload.data(),
                           static_cast<int>(payload.size()), nullptr),
           "JetStream takes a message");
      ++sample.messages;
    }
    must(js_PublishAsyncComplete(js.get(), nullptr), "JetStream acknowledges all");
    for (const auto& reader : readers) {
      while (reader->seen < sample.messages) nats_Sleep(1);
    }
    sample.seconds = seconds_now() - from;
    sample.cpu_seconds = own_cpu_seconds() + server_->cpu_seconds() - cpu;
    LAMPLIGHT_CHECK(acked == sample.messages, "every message was stored");
    return sample;
  }

 private:
  struct Reader {
    Connection connection;
    JetStream js;
    std::atomic<std::uint64_t> seen{0};
    Subscription subscription;  // ends before what it counts in
  };

  Connection connect() const {
    natsOptions* options = nullptr;
    must(natsOptions_Create(&options), "options");
    const Owned<natsOptions, natsOptions_Destroy> owned(options);
    must(natsOptions_SetURL(options, url_.c_str()), "url");
    must(natsOptions_SetMaxPendingMsgs(options, 2'000'000), "pending");
    natsConnection* connection = nullptr;
    return Connection(natsConnection_Connect(&connection, options) == NATS_OK ? connection
                                                                              : nullptr);
  }

  static JetStream context(natsConnection& connection, std::uint32_t window,
                           std::atomic<std::uint64_t>* acked) {
    jsOptions options;
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = window;
    options.PublishAsync.StallWait = 20'000;
    if (acked != nullptr) {
      options.PublishAsync.AckHandler = count_ack;
      options.PublishAsync.AckHandlerClosure = acked;
    }
    jsCtx* js = nullptr;
    must(natsConnection_JetStream(&js, &connection, &options), "a JetStream context");
    return JetStream(js);
  }

  // Reads what comes from now on, pushed, without acknowledgements: the fastest it offers.
  std::unique_ptr<Reader> read() const {
    auto reader = std::make_unique<Reader>();
    reader->connection = connect();
    reader->js = context(*reader->connection, 1, nullptr);
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = "BENCH";
    options.Ordered = true;
    options.Config.DeliverPolicy = js_DeliverNew;
    natsSubscription* subscription = nullptr;
    must(js_Subscribe(&subscription, reader->js.get(), "bench.published", count_message,
                      &reader->seen, nullptr, &options, nullptr),
         "a JetStream consumer");
    reader->subscription.reset(subscription);
    must(natsSubscription_SetPendingLimits(subscription, -1, -1), "pending");
    return reader;
  }

  std::unique_ptr<Server> server_;
  std::string url_;
};

}  // namespace

MaybeBus start_nats(const std::string& folder) {
  std::filesystem::create_directories(folder);
  const std::string port = std::to_string(free_port());
  auto bus = std::make_unique<NatsBus>(
      Server::start({"nats-server", "-js", "-sd", folder, "-a", "127.0.0.1", "-p", port},
                    folder + "/nats.log"),
      "nats://127.0.0.1:" + port);
  if (!soon([&] { return bus->prepare(); })) return {nullptr, "nats-server does not answer"};
  return {std::move(bus), {}};
}
#endif

}  // namespace lamplight::bench
