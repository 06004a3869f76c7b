#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/answers.hpp"
#include "bus/broker.hpp"
#include "bus/bus_time.hpp"
#include "bus/outbound.hpp"
#include "bus/publish_handler.hpp"
#include "bus/sessions.hpp"
#include "bus/subscriptions.hpp"
#include "log/log.hpp"

namespace lamplight::bus {

/// The broker without sockets, threads and clocks: messages and the time go in, messages come out through Transport.
///
/// The host's loop: hand in messages while `accepting`; when `wants_sync` and none is under way, `begin_sync`, run it
/// (on any thread), `on_synced`; `pump` while it says that there is more; `tick` at `next_tick_us`.
/// Nothing is acknowledged or delivered before the sync that covers it has come back.
/// Threads: one.
class BrokerCore {
 public:
  /// Rebuilds the tables from the log's indexes. Errors: those of Log::visit_indexes.
  [[nodiscard]] static Result<std::unique_ptr<BrokerCore>> make(log::Log& log,
                                                                BrokerOptions options,
                                                                Transport& transport,
                                                                BrokerObserver& observer,
                                                                const Now& now);

  /// One message of a peer, without its routing id: the control part and perhaps a data part.
  void on_message(std::string_view peer, std::span<const Bytes> parts, const Now& now);
  /// False while the log gathers no more: the host leaves messages in their queues until the next sync.
  [[nodiscard]] bool accepting() const { return held_.empty(); }

  [[nodiscard]] bool wants_sync() const { return !syncing_ && !failure_ && log_.has_gathered(); }
  [[nodiscard]] std::unique_ptr<log::PendingSync> begin_sync(const Now& now);
  void on_synced(std::unique_ptr<log::PendingSync> sync, Result<void> outcome, const Now& now);

  /// Whether events are coming in, few at a time: a sync runs or began within the last 20 ms, of 64 KiB at most. By the megabyte
  /// they come from publishers that wait for throughput, as their readers do.
  [[nodiscard]] bool publishing_few(const Now& now) const;
  /// Deliveries, in small rounds while `publishing_few`. The host then pauses between rounds, though there may be more to
  /// do: readers that catch up take every processor they are given, and the threads that an event passes on its way to its
  /// acknowledgement would each wait milliseconds for theirs.
  Subscriptions::Pumped pump(const Now& now);
  /// Heartbeats, silent sessions, retries of full queues. Cheap when nothing is due.
  void tick(const Now& now);
  [[nodiscard]] std::int64_t next_tick_us() const { return next_tick_us_; }

  /// Whether everything accepted is synced and answered.
  [[nodiscard]] bool drained() const {
    return !syncing_ && held_.empty() && answers_.empty() && !log_.has_gathered();
  }
  /// Tells all sessions that the bus stops.
  void say_goodbye();
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  BrokerCore(log::Log& log, BrokerOptions options, Transport& transport, BrokerObserver& observer,
             const Now& now);

  struct Held {
    PeerId peer;
    std::vector<std::string> parts;
  };
  enum class Taken { kYes, kLater, kPaced };

  /// `session`: the peer's, null when it has none.
  [[nodiscard]] Taken take(std::string_view peer, Session* session, std::span<const Bytes> parts,
                           const Now& now);
  [[nodiscard]] Taken dispatch(Session& session, const wire::ClientMessage& message,
                               std::span<const Bytes> parts, const Now& now);
  [[nodiscard]] Taken take(const Held& held, const Now& now);
  void take_held(const Now& now);
  void take_paced(const Now& now);
  void ask_deciders(const Now& now);
  [[nodiscard]] wire::BusHeartbeat beat(const Now& now);
  void hello(std::string_view peer, const wire::Hello& hello, const Now& now);
  /// Why the name may not have the role; empty when it may.
  [[nodiscard]] std::string refuse_role(Role role, const std::string& name) const;
  [[nodiscard]] wire::Welcome welcome(const Session& session, const Now& now);
  void subscribe(const Session& session, const wire::Subscribe& request);
  void send(const PeerId& peer, const wire::BusMessage& message);
  void send_error(std::string_view peer, std::string_view code, std::string message);
  void end_session(const PeerId& peer);
  void release_answers(const Now& now);
  void forget_gone();
  void heartbeat(const Now& now);
  void tell_clock(const Now& now);
  void tell_log(const Now& now);
  [[nodiscard]] Result<TimeUs> time_of(Offset offset);
  void fail(const Error& why);

  log::Log& log_;
  BrokerOptions options_;
  BrokerObserver& observer_;
  Outbound outbound_;
  Answers answers_;
  PublishHandler publish_;
  Sessions sessions_;
  Subscriptions subscriptions_;
  std::deque<Held> held_;  // what the log could not gather, in order
  std::map<PeerId, std::deque<Held>, std::less<>>
      paced_;        // what waits for deciders, a peer's in order
  Offset paced_at_;  // the log's head when they were last tried
  std::pair<Offset, TimeUs>
      asked_;  // of deciders, while something waits: settle, and the time it is

  bool syncing_ = false;
  std::int64_t sync_begun_us_ = -1'000'000;  // none yet
  Offset sync_from_;
  std::uint64_t sync_bytes_ = 0;
  std::uint64_t gathered_bytes_ = 0;
  bool seeding_told_ = false;  // what clients are told; changes with the sync that covers went_live
  Offset went_live_at_;
  bool clock_held_told_ = false;
  std::int64_t next_tick_us_ = 0;
  std::optional<Error> failure_;
};

}  // namespace lamplight::bus
