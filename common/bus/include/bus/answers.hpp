#pragma once

#include <deque>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "bus/outbound.hpp"
#include "bus/wire.hpp"

namespace lamplight::bus {

/// The answers to PUBLISH that wait for a sync, in the order of the messages. An answer that names an offset leaves only
/// when that offset is synced: an acknowledgement, a duplicate's as well, and the refusal of a known dedupe key.
/// Threads: one.
class Answers {
 public:
  void acknowledge(const PeerId& peer, const wire::AckEntry& entry, std::int64_t received_us);
  /// `known_at`: the last offset the refusal speaks of; Offset{} when none.
  void refuse(const PeerId& peer, wire::Refused refusal, Offset known_at);
  /// A log failure: whatever waits will never be synced and is dropped unanswered.
  void drop_all() { waiting_.clear(); }

  struct Released {
    std::function<void(const PeerId&, const wire::BusMessage&)> send;
    std::function<void(const wire::AckEntry&, std::int64_t received_us)> acked;
    /// Bus time of a duplicate frame's first copy. When it cannot be read the peer is told instead: it asks again later.
    std::function<Result<TimeUs>(Offset)> time_of;
  };
  /// Sends, in order, every answer that `synced` covers, several acknowledgements of one peer in one message.
  void release(Offset synced, const Released& to);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

 private:
  struct Answer {
    PeerId peer;
    Offset needs;
    std::int64_t received_us = 0;
    std::variant<wire::AckEntry, wire::Refused> what;
  };
  std::deque<Answer> waiting_;
};

}  // namespace lamplight::bus
