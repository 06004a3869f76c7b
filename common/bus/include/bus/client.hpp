#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "model/event.hpp"

namespace lamplight::bus {

enum class Role { kFollower /* reads only, fences nobody */, kEdge, kDecider };

struct ClientOptions {
  std::string name;  ///< producer and consumer name: "intake"
  Role role = Role::kFollower;
  bool seed = false;  ///< asks for the right to give time on a seeded log
  std::uint32_t window_events =
      8192;  ///< unacknowledged events at most; publish answers kOverloaded beyond
  std::size_t window_bytes = 16U << 20;
  std::int64_t heartbeat_us = 1'000'000;
  std::int64_t silence_us = 5'000'000;  ///< nothing heard for so long: reconnect
};

/// An event to publish; the strings are the caller's until publish returns.
struct NewEvent {
  std::string_view subject;
  Id16 id;
  Offset cause;
  std::optional<Id16> dedupe;
  std::uint32_t schema = 1;
  Bytes payload;
};

struct Acked {
  Offset offset;
  TimeUs time;             ///< bus time of the event
  bool duplicate = false;  ///< the dedupe key was on the log already; `offset` is that event's
};
using AckCallback = std::function<void(const Result<Acked>&)>;

/// What a decider publishes: the outputs of whole steps, atomically (RUNTIME.md "Live").
struct DecidedFrame {
  std::uint64_t epoch = 0;
  Offset prev;              ///< `through` of the frame before
  Offset through;           ///< no input up to here is left undecided
  std::uint32_t count = 0;  ///< events in `events`
  Bytes events;             ///< encoded, one behind another (write_event_content)
};
struct FrameAcked {
  Offset first_offset;
  std::uint32_t count = 0;
  TimeUs time;  ///< bus time of its events
};
using FrameCallback = std::function<void(const Result<FrameAcked>&)>;

/// What the bus told at HELLO and since.
struct BusState {
  bool connected = false;
  std::uint64_t sessions =
      0;  ///< how many have begun: another one may serve a log that was put back
  Id16 log_id;
  bool seeding = false;  ///< seeded and not yet live: time comes with frames
  Offset head;           ///< last synced offset the bus told
  TimeUs bus_time;       ///< as of the last heartbeat
  Offset settle;       ///< on a seeding log: up to here deciders shall tell what they have decided
  bool later = false;  ///< for a second or more it has taken nothing: the disk is nearly full
  bool clock_held = false;       ///< a step of the bus's wall clock waits for confirm_clock
  std::int64_t heard_at_us = 0;  ///< monotonic, of the last message from the bus
};

/// Some events in order, and how far the bus has scanned. Views end with the callback.
struct Delivery {
  const std::vector<Event>* events = nullptr;  ///< may be empty: progress only
  Offset scanned;  ///< everything up to here that the filter takes has been delivered
  ChainHash hash;  ///< chain hash of the batch that ends at or holds `scanned`
  TimeUs time;     ///< bus time of that batch
  bool batch_end =
      false;  ///< `scanned` is the last offset of its batch, so `hash` is the hash at `scanned`
};

struct SubscribeOptions {
  Offset from{1};                          ///< first offset wanted
  std::vector<std::string> subjects{">"};  ///< patterns, any of them
  std::vector<std::string> producers;      ///< names, any of them; empty: all
  std::uint64_t credit_bytes = 8U << 20;   ///< bytes that may be under way to us
};

/// A client of the bus: publishes with durable ack, subscribes with credit, survives reconnects.
///
/// Publishing: events go out in call order under dense sequence numbers; what is not acknowledged is sent again byte for
///   byte after a reconnect. A callback comes exactly once, in publish order, after the event is durable (or was refused).
/// Delivery: in offset order, each once, also over reconnects.
/// Threads: one owner; only `post` and `stop` may be called from others. Callbacks run on the owner's thread in `run`/`poll`.
class Client {
 public:
  virtual ~Client() = default;

  /// Queues the event for the next frame. Events gather while frames are unacknowledged, and go at once when none is.
  /// `seed_time`: on a seeding log the event's instant; events of one instant share a frame.
  /// Errors: kOverloaded window full (nothing queued), kTooLarge, kInvalid (subject), kFenced after a newer instance took over,
  ///   kUnavailable before the first connection.
  [[nodiscard]] virtual Result<void> publish(const NewEvent& event, std::optional<TimeUs> seed_time,
                                             AckCallback done) = 0;
  /// A decider's frame: goes out in call order, is sent again byte for byte after a reconnect, and is on the log whole or
  /// not at all. A callback comes exactly once, in order.
  /// Errors: kForbidden not a decider, kUnavailable before the first connection, kOverloaded window full, kTooLarge.
  /// Errors told to `done`, after which nothing of this frame or of those behind it is on the log: kExists (a `started`:
  ///   another instance holds the epoch), kFenced (the epoch is over), kOutOfOrder, kInvalid, kForbidden.
  [[nodiscard]] virtual Result<void> publish_frame(const DecidedFrame& frame, FrameCallback done) {
    (void)frame;
    (void)done;
    return Error(Code::kUnsupported, "this client decides nothing");
  }
  /// Sends what is gathered even while frames are under way. `poll` does so by itself at the end of a round.
  virtual void flush() = 0;
  [[nodiscard]] virtual std::size_t unacknowledged() const = 0;

  /// One subscription a call; returns its id. The callback also hears progress without events.
  virtual std::uint32_t subscribe(SubscribeOptions options,
                                  std::function<void(const Delivery&)> on_delivery) = 0;
  virtual void unsubscribe(std::uint32_t id) = 0;
  /// Paused, a subscription gives no credit back, nor begins again in a new session: what is under way, at most its
  /// credit, still comes, then nothing until it goes on.
  virtual void pause(std::uint32_t id, bool paused) {
    (void)id;
    (void)paused;
  }

  /// Asks the bus to take a seeded log live (`control.log.went_live`).
  virtual void go_live(AckCallback done) = 0;
  /// An operator's word that the wall clock is right after a step (`control.clock.confirmed`). kInvalid: none waits for it.
  virtual void confirm_clock(AckCallback done) {
    done(Error(Code::kUnsupported, "this client gives no orders about the clock"));
  }

  /// An operator's word that the next instance of a decider may take over at once (`control.<service>.handed_over`).
  virtual void hand_over(const std::string& service, AckCallback done) {
    (void)service;
    done(Error(Code::kUnsupported, "this client hands nothing over"));
  }

  [[nodiscard]] virtual const BusState& state() const = 0;
  /// Called when connected, lost, fenced (with the reason). Fenced is final: the process must exit.
  virtual void on_change(
      std::function<void(const BusState&, const std::optional<Error>& fenced)> callback) = 0;

  /// Runs sockets, timers and posted work for up to `timeout_us`; returns earlier after any work. Negative: until work; 0:
  /// what has arrived and what is due.
  virtual void poll(std::int64_t timeout_us) = 0;
  /// Any thread: runs `work` in the owner's next poll, waking it.
  virtual void post(std::function<void()> work) = 0;
};

/// Connects over ZeroMQ (DEALER). endpoint: inproc://…, ipc://… or tcp://…. `context` is the process's one ZeroMQ context
/// (bus/context.hpp); inproc needs the broker in the same one. Connecting goes on in the background for ever.
class Context;
[[nodiscard]] Result<std::unique_ptr<Client>> connect(Context& context, const Env& env,
                                                      const std::string& endpoint,
                                                      ClientOptions options);

}  // namespace lamplight::bus
