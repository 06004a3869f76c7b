#include <atomic>
#include <cerrno>
#include <zmq.hpp>

#include "base/logging.hpp"
#include "bus/broker_core.hpp"
#include "socket_wait.hpp"
#include "sync_thread.hpp"
#include "wake.hpp"
#include "zmq_message.hpp"

namespace lamplight::bus {

namespace {

constexpr int kReceiveRound = 256;  // messages taken before deliveries get their turn
constexpr int kQueue = 4096;        // messages in ZeroMQ's queue to or from one peer
constexpr std::int64_t kBlockedRetryUs =
    5'000;  // a ROUTER does not tell when one peer's queue has room again
constexpr std::int64_t kCatchUpPauseUs = 200;  // BrokerCore::pump says why
constexpr int kLingerMs = 1'000;               // for the last acknowledgements when stopping

class RouterTransport final : public Transport {
 public:
  explicit RouterTransport(zmq::socket_t socket) : socket_(std::move(socket)) {
    arrivals_.watch(socket_.handle());
  }

  SendOutcome send(const PeerId& peer, Bytes control, Bytes body, bool has_body) override {
    void* raw = socket_.handle();
    if (!send_part(raw, as_bytes(peer), true)) {
      const SendOutcome outcome = errno == EAGAIN ? SendOutcome::kFull : SendOutcome::kGone;
      arrivals_.turned_away(raw, ZMQ_POLLIN);  // of one peer's room a ROUTER says nothing
      return outcome;
    }
    arrivals_.sent();
    // The ROUTER has found room for the whole message: only the first part can be turned away.
    const bool sent =
        send_part(raw, control, has_body) && (!has_body || send_part(raw, body, false));
    return sent ? SendOutcome::kSent : SendOutcome::kGone;
  }
  bool receive(ReceivedMessage& message) {
    if (!arrivals_.may_receive()) return false;
    const bool got = message.receive(socket_.handle());
    if (!got) arrivals_.found_nothing();
    return got;
  }
  void wait(const Wake& wake, bool listening, std::int64_t timeout_us) {
    arrivals_.wait(wake, listening, timeout_us);
  }
  void close() { socket_.close(); }

 private:
  zmq::socket_t socket_;
  SocketWait arrivals_;
};

class ZmqBroker final : public Broker {
 public:
  ZmqBroker(const Env& env, std::unique_ptr<log::Log> log, zmq::socket_t socket)
      : clock_(env.clock), log_(std::move(log)), router_(std::move(socket)) {}

  Result<void> prepare(BrokerOptions options, BrokerObserver& observer) {
    auto core = BrokerCore::make(*log_, std::move(options), router_, observer, now());
    if (!core) return core.error();
    core_ = std::move(core).value();
    return {};
  }

  Result<void> run() override {
    SyncThread syncs(wake_);
    Subscriptions::Pumped pumped;
    while (!core_->failure()) {
      const bool stopping = stop_.load();
      if (stopping && core_->drained()) break;
      wait(pumped, stopping);
      if (auto done = syncs.take())
        core_->on_synced(std::move(done->sync), std::move(done->outcome), now());
      if (!stopping) receive();
      if (core_->wants_sync()) syncs.start(core_->begin_sync(now()));
      core_->tick(now());  // before the pump: what it has to tell of progress leaves in this turn
      pumped = core_->pump(now());
    }
    return leave();
  }

  void stop() override {
    stop_.store(true);
    wake_.ring();
  }

 private:
  [[nodiscard]] Now now() const { return {clock_.wall(), clock_.monotonic_us()}; }

  void wait(const Subscriptions::Pumped& pumped, bool stopping) {
    std::int64_t timeout_us =
        std::max<std::int64_t>(0, core_->next_tick_us() - clock_.monotonic_us());
    if (pumped.blocked) timeout_us = std::min(timeout_us, kBlockedRetryUs);
    if (pumped.more) timeout_us = core_->publishing_few(now()) ? kCatchUpPauseUs : 0;
    router_.wait(wake_, !stopping && core_->accepting(), timeout_us);
  }

  void receive() {
    for (int i = 0; i < kReceiveRound && core_->accepting(); ++i) {
      if (!router_.receive(message_)) return;
      const auto parts = message_.parts();
      core_->on_message(as_text(parts[0]), parts.subspan(1), now());
    }
  }

  Result<void> leave() {
    core_->say_goodbye();
    core_->tick(now());
    router_.close();
    if (core_->failure()) return *core_->failure();
    return log_->close();
  }

  Clock& clock_;
  std::unique_ptr<log::Log> log_;
  RouterTransport router_;
  Wake wake_;
  std::atomic<bool> stop_{false};
  std::unique_ptr<BrokerCore> core_;
  ReceivedMessage message_;
};

Result<zmq::socket_t> listen_at(Context& context, const std::vector<std::string>& endpoints) {
  std::string at = "the ROUTER socket";
  try {
    zmq::socket_t socket(*static_cast<zmq::context_t*>(context.native()), zmq::socket_type::router);
    socket.set(zmq::sockopt::router_mandatory, true);
    socket.set(zmq::sockopt::router_handover, false);
    socket.set(zmq::sockopt::sndhwm, kQueue);
    socket.set(zmq::sockopt::rcvhwm, kQueue);
    socket.set(zmq::sockopt::linger, kLingerMs);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMaxFrameBytes + 4096));
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    for (const auto& endpoint : endpoints) {
      at = endpoint;
      socket.bind(endpoint);
    }
    return socket;
  } catch (const zmq::error_t& error) {
    return Error(Code::kIo, "bus cannot listen at " + at + ": " + error.what());
  }
}

}  // namespace

Result<std::unique_ptr<Broker>> make_broker(Context& context, const Env& env,
                                            std::unique_ptr<log::Log> log, BrokerOptions options,
                                            BrokerObserver& observer) {
  if (options.endpoints.empty())
    return Error(Code::kInvalid, "the bus needs an endpoint to listen at");
  auto socket = listen_at(context, options.endpoints);
  if (!socket) return socket.error();
  auto broker = std::make_unique<ZmqBroker>(env, std::move(log), std::move(socket).value());
  if (auto ready = broker->prepare(std::move(options), observer); !ready) return ready.error();
  return std::unique_ptr<Broker>(std::move(broker));
}

}  // namespace lamplight::bus
