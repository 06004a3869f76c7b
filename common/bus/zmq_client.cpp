#include <algorithm>
#include <cerrno>
#include <mutex>
#include <zmq.hpp>

#include "base/logging.hpp"
#include "base/uuid.hpp"
#include "bus/client_core.hpp"
#include "bus/context.hpp"
#include "socket_wait.hpp"
#include "wake.hpp"
#include "zmq_message.hpp"

namespace lamplight::bus {

namespace {

constexpr int kReceiveRound = 64;
constexpr int kQueue = 4096;  // messages in ZeroMQ's queue; bytes are bounded by window and credit
constexpr int kGoodbyeMs = 200;   // for GOODBYE to leave when the client goes
constexpr int kReconnectMs = 50;  // until libzmq tries an endpoint again that nobody listens at

class ZmqClient final : public Client, private ClientLink {
 public:
  ZmqClient(Context& context, const Env& env, std::string endpoint, ClientOptions options)
      : context_(*static_cast<zmq::context_t*>(context.native())),
        clock_(env.clock),
        ids_(env.clock, env.random),
        endpoint_(std::move(endpoint)),
        core_(std::move(options), ids_.next(), *this) {}

  ~ZmqClient() override {
    core_.say_goodbye();
    if (!socket_) return;
    zmq_setsockopt(socket_.handle(), ZMQ_LINGER, &kGoodbyeMs, sizeof kGoodbyeMs);
  }

  Result<void> open() {
    try {
      socket_ = zmq::socket_t(context_, zmq::socket_type::dealer);
      socket_.set(zmq::sockopt::linger, 0);
      socket_.set(zmq::sockopt::sndhwm, kQueue);
      socket_.set(zmq::sockopt::rcvhwm, kQueue);
      socket_.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
      socket_.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(wire::kMaxDeliverBytes));
      socket_.set(zmq::sockopt::tcp_keepalive, 1);
      socket_.connect(endpoint_);
      arrivals_.watch(socket_.handle());
    } catch (const zmq::error_t& error) {
      return Error(Code::kInvalid, "bus at " + endpoint_ + ": " + error.what());
    }
    core_.on_open(clock_.monotonic_us());
    return {};
  }

  Result<void> publish(const NewEvent& event, std::optional<TimeUs> seed_time,
                       AckCallback done) override {
    return core_.publish(event, seed_time, std::move(done));
  }
  Result<void> publish_frame(const DecidedFrame& frame, FrameCallback done) override {
    return core_.publish_frame(frame, std::move(done));
  }
  void flush() override { core_.flush(); }
  std::size_t unacknowledged() const override { return core_.unacknowledged(); }
  std::uint32_t subscribe(SubscribeOptions options,
                          std::function<void(const Delivery&)> on_delivery) override {
    return core_.subscribe(std::move(options), std::move(on_delivery));
  }
  void unsubscribe(std::uint32_t id) override { core_.unsubscribe(id); }
  void pause(std::uint32_t id, bool paused) override { core_.pause(id, paused); }
  void go_live(AckCallback done) override { core_.go_live(ids_.next(), std::move(done)); }
  void confirm_clock(AckCallback done) override {
    core_.confirm_clock(ids_.next(), std::move(done));
  }
  void hand_over(const std::string& service, AckCallback done) override {
    core_.hand_over(ids_.next(), service, std::move(done));
  }
  const BusState& state() const override { return core_.state(); }
  void on_change(
      std::function<void(const BusState&, const std::optional<Error>&)> callback) override {
    core_.on_change(std::move(callback));
  }

  void poll(std::int64_t timeout_us) override {
    const std::int64_t until = timeout_us < 0 ? -1 : clock_.monotonic_us() + timeout_us;
    for (bool last = false; !work() && !last;) {
      const std::int64_t now = clock_.monotonic_us();
      std::int64_t wait_us = std::max<std::int64_t>(0, core_.next_tick_us() - now);
      if (until >= 0) wait_us = std::min(wait_us, std::max<std::int64_t>(0, until - now));
      last = until >= 0 && now >= until;
      arrivals_.wait(wake_, true, wait_us);  // with no time left, too: nothing else tells arrivals
    }
  }

  void post(std::function<void()> work) override {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(work));
    }
    wake_.ring();
  }

 private:
  bool send(Bytes control, Bytes body, bool has_body) override {
    void* raw = socket_.handle();
    // A DEALER takes the rest of a message whose first part it took.
    const bool sent =
        send_part(raw, control, has_body) && (!has_body || send_part(raw, body, false));
    if (sent) arrivals_.sent();
    else arrivals_.turned_away(raw, ZMQ_POLLIN | ZMQ_POLLOUT);
    return sent;
  }

  // One round: posted work, what has arrived, timers, what is due to be sent. Whether there was work.
  bool work() {
    bool worked = run_posted();
    for (int i = 0; i < kReceiveRound && !core_.wants_reconnect() && receive(); ++i) {
      core_.on_message(message_.parts(), clock_.monotonic_us());
      worked = true;
    }
    const std::int64_t now = clock_.monotonic_us();
    if (now >= core_.next_tick_us()) core_.tick(now);
    if (core_.wants_reconnect()) {
      if (const auto opened = open(); !opened)
        logging::error("event=reconnect_failed why=\"{}\"", opened.error().message());
    }
    core_.end_of_round();
    return worked;
  }

  bool receive() {
    if (!arrivals_.may_receive()) return false;
    const bool got = message_.receive(socket_.handle());
    if (!got) arrivals_.found_nothing();
    return got;
  }

  bool run_posted() {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(mutex_);
      work.swap(posted_);
    }
    for (const auto& one : work) one();
    return !work.empty();
  }

  zmq::context_t& context_;
  Clock& clock_;
  UuidSource ids_;
  std::string endpoint_;
  zmq::socket_t socket_;
  ReceivedMessage message_;
  Wake wake_;
  SocketWait arrivals_;
  std::mutex mutex_;  // guards posted_ only
  std::vector<std::function<void()>> posted_;
  ClientCore core_;
};

}  // namespace

Result<std::unique_ptr<Client>> connect(Context& context, const Env& env,
                                        const std::string& endpoint, ClientOptions options) {
  if (!is_valid_name(options.name)) {
    return Error(Code::kInvalid,
                 "'" + options.name + "' is no client name; want [a-z0-9_-] with at most one '/'");
  }
  auto client = std::make_unique<ZmqClient>(context, env, endpoint, std::move(options));
  if (auto opened = client->open(); !opened) return opened.error();
  return std::unique_ptr<Client>(std::move(client));
}

}  // namespace lamplight::bus
