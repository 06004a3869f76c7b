#include "bus/subscriptions.hpp"

#include <algorithm>

#include "base/logging.hpp"

namespace lamplight::bus {

namespace {
// What a turn costs, in bytes read: one that reads and sends at least, and one that finds a queue still full.
constexpr std::size_t kTurnBytes = 16U << 10;
constexpr std::size_t kRetryBytes = 256;
}  // namespace

Result<void> Subscriptions::subscribe(const PeerId& peer, const std::string& consumer,
                                      const wire::Subscribe& request) {
  const Key key{peer, request.subscription};
  if (subscriptions_.contains(key))
    return Error(Code::kInvalid, "that subscription number is in use");
  if (count_of(peer) >= wire::kMaxSubscriptions)
    return Error(Code::kOverloaded, "too many subscriptions in one session");
  if (subscriptions_.size() >= kMaxInAll)
    return Error(Code::kOverloaded, "too many subscriptions in all sessions together");
  if (request.from.value == 0) return Error(Code::kInvalid, "offsets begin at 1");
  if (request.credit < wire::kMinCreditBytes) {
    return Error(Code::kInvalid,
                 "credit below the least, " + std::to_string(wire::kMinCreditBytes) + " bytes");
  }
  auto filter = Filter::make(request.subjects, request.producers);
  if (!filter) return filter.error();
  auto reader = log_.read(request.from);
  if (!reader) return reader.error();
  subscriptions_.emplace(
      key, std::make_unique<Subscription>(peer, consumer, request, std::move(filter).value(),
                                          std::move(reader).value(), log_));
  return {};
}

void Subscriptions::credit(const PeerId& peer, const wire::Credit& credit) {
  const auto found = subscriptions_.find({peer, credit.subscription});
  // One that ended meanwhile is no error.
  if (found != subscriptions_.end()) found->second->add_credit(credit.bytes);
}

void Subscriptions::unsubscribe(const PeerId& peer, std::uint32_t id) {
  subscriptions_.erase({peer, id});
}

void Subscriptions::forget(const PeerId& peer) {
  const auto from = subscriptions_.lower_bound({peer, 0});
  auto to = from;
  while (to != subscriptions_.end() && to->first.first == peer) ++to;
  subscriptions_.erase(from, to);
}

Subscriptions::Pumped Subscriptions::pump(std::size_t round_bytes) {
  Pumped result;
  std::size_t used = 0;
  auto at = subscriptions_.upper_bound(served_);
  for (std::size_t left = subscriptions_.size(); left > 0 && !subscriptions_.empty(); --left) {
    if (used >= round_bytes) {
      result.more = true;
      break;
    }
    if (at == subscriptions_.end()) at = subscriptions_.begin();
    served_ = at->first;
    if (at->second->is_idle()) {
      ++at;
      continue;
    }
    const bool reads = !at->second->message;  // or sends again what was turned away
    const Turn turn_end = turn(*at->second, round_bytes);
    used += reads ? kTurnBytes + at->second->last_read() : kRetryBytes;
    result.more = result.more || turn_end == Turn::kMore;
    result.blocked = result.blocked || turn_end == Turn::kBlocked;
    at = turn_end == Turn::kEnded ? subscriptions_.erase(at) : std::next(at);
  }
  return result;
}

Subscriptions::Turn Subscriptions::turn(Subscription& subscription, std::size_t most_bytes) {
  if (!subscription.message) {
    if (!subscription.has_credit()) return Turn::kIdle;
    if (const auto read = subscription.advance(most_bytes); !read) {
      logging::error("event=subscription_failed consumer={} scanned={} why=\"{}\"",
                     subscription.consumer(), subscription.scanned().value, read.error().message());
      outbound_.post(subscription.peer(), wire::encode(wire::BusMessage(wire::ErrorMessage{
                                              std::string(to_string(read.error().code())),
                                              read.error().message(), subscription.id()})));
      return Turn::kEnded;
    }
  }
  if (subscription.message) {
    switch (send(subscription)) {
      case SendOutcome::kFull: return Turn::kBlocked;
      case SendOutcome::kGone: return Turn::kEnded;
      case SendOutcome::kSent: break;
    }
  }
  return subscription.has_unread() && subscription.has_credit() ? Turn::kMore : Turn::kIdle;
}

SendOutcome Subscriptions::send(Subscription& subscription) {
  const auto& message = *subscription.message;
  const SendOutcome outcome =
      outbound_.deliver(subscription.peer(), as_bytes(message.control), as_bytes(message.body));
  if (outcome != SendOutcome::kSent) return outcome;
  if (message.events > 0) observer_.delivered(subscription.consumer(), message.events);
  subscription.message.reset();
  return outcome;
}

bool Subscriptions::tell_progress() {
  bool any = false;
  for (const auto& [key, subscription] : subscriptions_) any = subscription->tell_progress() || any;
  return any;
}

void Subscriptions::report() const {
  for (const auto& [key, subscription] : subscriptions_) {
    const std::uint64_t synced = log_.synced().value;
    const std::uint64_t scanned = subscription->scanned().value;
    observer_.consumer(subscription->consumer(), synced > scanned ? synced - scanned : 0,
                       subscription->credit());
  }
}

std::size_t Subscriptions::count_of(const PeerId& peer) const {
  std::size_t n = 0;
  for (auto at = subscriptions_.lower_bound({peer, 0});
       at != subscriptions_.end() && at->first.first == peer; ++at)
    ++n;
  return n;
}

}  // namespace lamplight::bus
