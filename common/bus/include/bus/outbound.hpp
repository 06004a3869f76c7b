#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace lamplight::bus {

/// A connection as the transport names it (ZeroMQ: the ROUTER's routing id).
using PeerId = std::string;

enum class SendOutcome {
  kSent,
  kFull /* nothing taken, later */,
  kGone /* no such peer any more */
};

/// Takes messages from the broker core to its peers: ROUTER in production, a network of its own in simulation.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Takes the whole message or nothing; never blocks. `body` is empty or the second part.
  virtual SendOutcome send(const PeerId& peer, Bytes control, Bytes body, bool has_body) = 0;
};

/// Keeps what a peer's full queue does not take yet, in order, up to a bound beyond which the peer counts as gone.
/// Threads: one.
class Outbound {
 public:
  static constexpr std::size_t kMaxQueued = 16'384;  ///< messages a peer

  explicit Outbound(Transport& transport) : transport_(transport) {}

  /// Sends a control message, now or as soon as the queue takes it.
  void post(const PeerId& peer, std::string control);
  /// Sends a delivery now or not at all (kFull): deliveries wait in their subscription.
  [[nodiscard]] SendOutcome deliver(const PeerId& peer, Bytes control, Bytes body);
  /// Tries what waits; returns whether anything still does.
  bool flush();
  void forget(const PeerId& peer);
  /// Peers found gone since the last call.
  [[nodiscard]] std::vector<PeerId> take_gone();

 private:
  Transport& transport_;
  std::map<PeerId, std::deque<std::string>> waiting_;
  std::vector<PeerId> gone_;
};

}  // namespace lamplight::bus
