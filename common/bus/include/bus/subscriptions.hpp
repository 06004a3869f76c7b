#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "bus/subscription.hpp"

namespace lamplight::bus {

/// All subscriptions, served in turn so that none waits for another. Threads: one.
class Subscriptions {
 public:
  Subscriptions(log::Log& log, Outbound& outbound, BrokerObserver& observer)
      : log_(log), outbound_(outbound), observer_(observer) {}

  /// Of all sessions: every one costs each round a look.
  static constexpr std::size_t kMaxInAll = 4096;

  /// Errors: kInvalid (pattern, offset, credit, number in use), kOverloaded too many, and those of log::read.
  [[nodiscard]] Result<void> subscribe(const PeerId& peer, const std::string& consumer,
                                       const wire::Subscribe& request);
  void credit(const PeerId& peer, const wire::Credit& credit);
  void unsubscribe(const PeerId& peer, std::uint32_t id);
  void forget(const PeerId& peer);

  struct Pumped {
    bool more = false;     ///< some could go on at once
    bool blocked = false;  ///< some wait for a full queue to their peer
  };
  /// Gives subscriptions a turn, at most one message each, until all have had theirs or a round's share of reading is
  /// used up; the next call goes on there. So a crowd that catches up delays itself and no acknowledgement.
  Pumped pump(std::size_t round_bytes);
  /// Tells each what was scanned since it was last told; whether there is something for the next `pump` to send.
  bool tell_progress();
  /// Tells the observer lag and credit of each consumer.
  void report() const;

 private:
  using Key = std::pair<PeerId, std::uint32_t>;
  enum class Turn { kIdle, kMore, kBlocked, kEnded };
  [[nodiscard]] Turn turn(Subscription& subscription, std::size_t most_bytes);
  [[nodiscard]] SendOutcome send(Subscription& subscription);
  [[nodiscard]] std::size_t count_of(const PeerId& peer) const;

  log::Log& log_;
  Outbound& outbound_;
  BrokerObserver& observer_;
  std::map<Key, std::unique_ptr<Subscription>> subscriptions_;
  Key served_;  ///< the last one that had its turn
};

}  // namespace lamplight::bus
