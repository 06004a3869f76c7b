#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "bus/decision_window.hpp"
#include "bus/publish_window.hpp"
#include "bus/wire.hpp"

namespace lamplight::bus {

/// Takes the client core's messages to the bus: one connection at a time.
class ClientLink {
 public:
  virtual ~ClientLink() = default;
  /// Takes the whole message or nothing (false: full, later); never blocks.
  virtual bool send(Bytes control, Bytes body, bool has_body) = 0;
};

/// The client without sockets, threads and clocks.
///
/// The host's loop: `on_open` when a new connection was begun; hand in messages; `tick` at `next_tick_us`;
/// `end_of_round` before it waits; and when `wants_reconnect` says so, a new connection and `on_open`.
/// Threads: one. Callbacks may call publish, flush, subscribe and unsubscribe.
class ClientCore {
 public:
  ClientCore(ClientOptions options, const Id16& instance, ClientLink& link);

  [[nodiscard]] Result<void> publish(const NewEvent& event, std::optional<TimeUs> seed_time,
                                     AckCallback done);
  [[nodiscard]] Result<void> publish_frame(const DecidedFrame& frame, FrameCallback done);
  void flush();
  [[nodiscard]] std::size_t unacknowledged() const {
    return window_.unacknowledged() + decisions_.unacknowledged();
  }
  std::uint32_t subscribe(SubscribeOptions options,
                          std::function<void(const Delivery&)> on_delivery);
  void unsubscribe(std::uint32_t id);
  void pause(std::uint32_t id, bool paused);
  void go_live(const Id16& event_id, AckCallback done);
  void confirm_clock(const Id16& event_id, AckCallback done);
  void hand_over(const Id16& event_id, const std::string& service, AckCallback done);
  [[nodiscard]] const BusState& state() const { return state_; }
  void on_change(std::function<void(const BusState&, const std::optional<Error>&)> callback);

  void on_open(std::int64_t now_us);
  void on_message(std::span<const Bytes> parts, std::int64_t now_us);
  void tick(std::int64_t now_us);
  /// Sends what is due: what was full before, credit, and the gathered frame when none is under way or one was answered.
  void end_of_round();
  [[nodiscard]] std::int64_t next_tick_us() const { return next_tick_us_; }
  [[nodiscard]] bool wants_reconnect() const { return reconnect_; }
  /// Something waits for room in the connection's queue.
  [[nodiscard]] bool wants_write() const;
  void say_goodbye();

 private:
  struct Feed {
    SubscribeOptions options;
    std::function<void(const Delivery&)> on_delivery;
    Offset scanned;               ///< everything up to here was handed to the callback
    std::uint64_t to_return = 0;  ///< credit worked off and not given back yet
    bool subscribed = false;      ///< in this session
    bool paused = false;
  };

  void welcome(const wire::Welcome& welcome);
  void acknowledge(const wire::Ack& ack);
  void refused(const wire::Refused& refused, std::int64_t now_us);
  void deliver(const wire::Deliver& head, Bytes body);
  void heartbeat(const wire::BusHeartbeat& beat);
  void error(const wire::ErrorMessage& error, std::int64_t now_us);
  void order(std::uint64_t tag, wire::ClientMessage request, AckCallback done);
  /// Whether `tag` is that of an order, which has its answer now.
  [[nodiscard]] bool answer_order(std::uint64_t tag, const Result<Acked>& answer);
  void wait_for_room(std::int64_t now_us);
  void return_credit(std::uint32_t id, Feed& feed);
  void lose(std::int64_t retry_at_us);
  void fence(const Error& why);
  void tell_change();
  void send_subscribe(std::uint32_t id, Feed& feed);
  void post(const wire::ClientMessage& message);
  [[nodiscard]] bool flush_outbox();
  void send_frames();

  /// What an operator asks of the bus; each kind once at a time.
  struct Order {
    wire::ClientMessage request;
    AckCallback done;
    bool sent = false;
  };

  const ClientOptions options_;
  const Id16 instance_;
  ClientLink& link_;
  BusState state_;
  PublishWindow window_;      // an edge's
  DecisionWindow decisions_;  // a decider's
  std::map<std::uint32_t, Feed> feeds_;
  std::uint32_t next_feed_ = 1;
  std::vector<Event> events_;              // of the delivery at hand; kept for its memory
  std::deque<std::string> outbox_;         // small control messages that found the queue full
  std::map<std::uint64_t, Order> orders_;  // by tag
  std::function<void(const BusState&, const std::optional<Error>&)> on_change_;

  bool open_ = false;           // a connection is there, perhaps without WELCOME
  bool was_connected_ = false;  // numbers are known
  bool reconnect_ = false;
  std::optional<std::int64_t> reconnect_at_us_;
  std::int64_t heard_us_ = 0;
  std::int64_t beat_at_us_ = 0;
  std::int64_t hello_wait_us_ = 0;  // how long this HELLO is waited for; 0 after a WELCOME
  std::int64_t hold_until_us_ = 0;  // "later" was answered: nothing is published before
  std::optional<std::int64_t> later_since_us_;  // "later" is all that was answered since
  std::int64_t next_tick_us_ = 0;
  bool frame_due_ = false;  // a frame was answered since the last round
  std::optional<Error> fenced_;
};

}  // namespace lamplight::bus
