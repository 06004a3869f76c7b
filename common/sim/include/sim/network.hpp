#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "sim/scheduler.hpp"
#include "sim/seeded_random.hpp"
#include "sim/trace.hpp"

namespace lamplight::sim {

/// Chances of a message's fate, per million, and how long it is under way.
struct NetworkFaults {
  std::uint64_t lose = 0;
  std::uint64_t repeat = 0;
  std::uint64_t reorder = 0;  ///< it leaves the line and comes when it comes
  std::int64_t latency_from_us = 20;
  std::int64_t latency_to_us = 2'000;
};

struct Message {
  std::string control;
  std::string body;
  bool has_body = false;
};

/// Clients' connections to one hub, as DEALER and ROUTER have them: in order within a connection; while the hub is away
/// messages wait for it; after a break the hub sees a new peer. On top of that any message may be lost, repeated or
/// overtake others; a connection to which that happened breaks sooner or later, as a real one would.
/// Threads: one.
class Network {
 public:
  enum class Sent { kYes, kFull, kGone };
  enum class Way { kToHub, kToClient };
  using ConnectionId = std::uint64_t;

  Network(Scheduler& scheduler, SeededRandom random, Trace& trace)
      : scheduler_(scheduler), random_(random), trace_(trace) {}

  NetworkFaults faults;
  std::size_t queue_limit = 4096;  ///< messages a connection and way

  // The hub's side.
  void listen(std::function<void()> wake);
  void stop_listening();  ///< what it has sent is under way still; what was under way to it is lost
  struct Arrived {
    std::string peer;
    Message message;
  };
  [[nodiscard]] std::optional<Arrived> receive_at_hub();
  Sent send_to_client(const std::string& peer, Message message);

  // A client's side. `link` names its cable, for cuts.
  [[nodiscard]] ConnectionId connect(const std::string& link, std::function<void()> wake);
  void close(ConnectionId id);
  [[nodiscard]] std::optional<Message> receive_at_client(ConnectionId id);
  Sent send_to_hub(ConnectionId id, Message message);

  // Faults.
  /// Nothing passes that way until `mend`; it is held back, or, when `lossy`, lost.
  void cut(const std::string& link, Way way, bool lossy);
  void mend(const std::string& link);
  /// Breaks every connection of the link.
  void break_link(const std::string& link);
  /// Breaks the connections that lost, repeated or reordered something, and mends every cut.
  void heal();

 private:
  struct Cut {
    bool lossy = false;
  };
  struct Connection {
    std::string link;
    std::function<void()> wake;
    std::string peer;             // empty: the hub does not know it (yet)
    std::uint64_t life = 0;       // counts breaks: what was under way before is lost
    std::deque<Message> waiting;  // for the hub to be there
    std::deque<Message> inbox;    // arrived at the client
    std::deque<Message> held[2];  // by way: behind a cut
    std::size_t under_way[2] = {0, 0};
    std::int64_t last_arrival_us[2] = {0, 0};
    bool doomed = false;
    bool client_refused = false;  // it found the queue full and wants to hear of room
  };

  Sent send(ConnectionId id, Way way, Message message);
  void travel(ConnectionId id, Way way, const std::string& peer, Message message, bool in_line);
  void arrive(ConnectionId id, Way way, const std::string& peer, std::uint64_t life,
              Message message);
  void introduce(ConnectionId id);
  void doom(ConnectionId id);
  void break_connection(ConnectionId id);
  [[nodiscard]] std::vector<ConnectionId> connections_of(const std::string& link) const;

  Scheduler& scheduler_;
  SeededRandom random_;
  Trace& trace_;
  std::function<void()> wake_hub_;
  bool listening_ = false;
  std::uint64_t hub_life_ = 0;
  std::deque<std::pair<ConnectionId, Arrived>> hub_inbox_;
  std::map<ConnectionId, Connection> connections_;
  std::map<std::string, ConnectionId> peers_;
  std::map<std::pair<std::string, Way>, Cut> cuts_;
  ConnectionId next_id_ = 1;
};

}  // namespace lamplight::sim
