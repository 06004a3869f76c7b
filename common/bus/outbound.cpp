#include "bus/outbound.hpp"

#include <utility>

namespace lamplight::bus {

void Outbound::post(const PeerId& peer, std::string control) {
  const auto queue = waiting_.find(peer);
  if (queue == waiting_.end()) {
    switch (transport_.send(peer, as_bytes(control), {}, false)) {
      case SendOutcome::kSent: return;
      case SendOutcome::kGone: gone_.push_back(peer); return;
      case SendOutcome::kFull: waiting_[peer].push_back(std::move(control)); return;
    }
  }
  if (queue->second.size() >= kMaxQueued) {
    // It answers nothing and asks for more: what it is owed it will hear after its next HELLO.
    gone_.push_back(peer);
    return;
  }
  queue->second.push_back(std::move(control));
}

SendOutcome Outbound::deliver(const PeerId& peer, Bytes control, Bytes body) {
  if (waiting_.contains(peer)) return SendOutcome::kFull;
  const SendOutcome outcome = transport_.send(peer, control, body, true);
  if (outcome == SendOutcome::kGone) gone_.push_back(peer);
  return outcome;
}

bool Outbound::flush() {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto& queue = at->second;
    while (!queue.empty()) {
      const SendOutcome outcome = transport_.send(at->first, as_bytes(queue.front()), {}, false);
      if (outcome == SendOutcome::kFull) break;
      if (outcome == SendOutcome::kSent) {
        queue.pop_front();
      } else {
        gone_.push_back(at->first);
        queue.clear();
      }
    }
    at = queue.empty() ? waiting_.erase(at) : std::next(at);
  }
  return !waiting_.empty();
}

void Outbound::forget(const PeerId& peer) { waiting_.erase(peer); }

std::vector<PeerId> Outbound::take_gone() { return std::exchange(gone_, {}); }

}  // namespace lamplight::bus
