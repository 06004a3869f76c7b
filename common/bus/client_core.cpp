#include "bus/client_core.hpp"

#include <algorithm>
#include <utility>

#include "base/crc32c.hpp"
#include "base/logging.hpp"
#include "base/planted_bug.hpp"
#include "bus/body.hpp"

namespace lamplight::bus {

namespace {
constexpr std::int64_t kRetryUs =
    200'000;  // after "later", and before trying a bus that failed again
constexpr std::int64_t kLaterUs = 1'000'000;  // a segment being made ready is no full disk
constexpr std::int64_t kFirstHelloUs =
    250'000;  // a HELLO may be lost with a bus that is just going: try again, ever later
constexpr std::uint64_t kGoLiveTag = 1ULL << 63;  // apart from the window's tags
constexpr std::uint64_t kConfirmClockTag = kGoLiveTag + 1;
constexpr std::uint64_t kHandOverTag = kGoLiveTag + 2;
}  // namespace

ClientCore::ClientCore(ClientOptions options, const Id16& instance, ClientLink& link)
    : options_(std::move(options)),
      instance_(instance),
      link_(link),
      window_(options_),
      decisions_(options_) {}

// --- what the owner asks for ---

Result<void> ClientCore::publish(const NewEvent& event, std::optional<TimeUs> seed_time,
                                 AckCallback done) {
  if (fenced_) return *fenced_;
  if (options_.role == Role::kFollower) {
    return Error(Code::kForbidden, options_.name + " follows; publishing needs the edge role");
  }
  if (options_.role == Role::kDecider)
    return Error(Code::kForbidden, options_.name + " decides; it publishes whole frames");
  if (!was_connected_)
    return Error(Code::kUnavailable, "the bus was not reached yet; wait for the first connection");
  auto added = window_.add(event, seed_time, std::move(done));
  if (window_.has_unsent()) send_frames();  // a full frame need not wait
  return added;
}

Result<void> ClientCore::publish_frame(const DecidedFrame& frame, FrameCallback done) {
  if (fenced_) return *fenced_;
  if (options_.role != Role::kDecider)
    return Error(Code::kForbidden, options_.name + " is no decider: it publishes events");
  if (!was_connected_)
    return Error(Code::kUnavailable, "the bus was not reached yet; wait for the first connection");
  auto added = decisions_.add(frame, std::move(done));
  if (added) send_frames();
  return added;
}

void ClientCore::flush() {
  if (!was_connected_ || fenced_) return;
  window_.cut();
  send_frames();
}

std::uint32_t ClientCore::subscribe(SubscribeOptions options,
                                    std::function<void(const Delivery&)> on_delivery) {
  const std::uint32_t id = next_feed_++;
  options.credit_bytes = std::max(options.credit_bytes, wire::kMinCreditBytes);
  Feed feed;
  feed.scanned = Offset{options.from.value == 0 ? 0 : options.from.value - 1};
  feed.options = std::move(options);
  feed.on_delivery = std::move(on_delivery);
  Feed& kept = feeds_.emplace(id, std::move(feed)).first->second;
  if (state_.connected) send_subscribe(id, kept);
  return id;
}

void ClientCore::unsubscribe(std::uint32_t id) {
  const auto found = feeds_.find(id);
  if (found == feeds_.end()) return;
  if (found->second.subscribed) post(wire::Unsubscribe{id});
  feeds_.erase(found);
}

void ClientCore::pause(std::uint32_t id, bool paused) {
  const auto found = feeds_.find(id);
  if (found == feeds_.end()) return;
  found->second.paused = paused;
  if (paused || !state_.connected) return;
  if (found->second.subscribed) return_credit(id, found->second);
  else send_subscribe(id, found->second);
}

void ClientCore::go_live(const Id16& event_id, AckCallback done) {
  order(kGoLiveTag, wire::GoLive{kGoLiveTag, event_id}, std::move(done));
}

void ClientCore::confirm_clock(const Id16& event_id, AckCallback done) {
  order(kConfirmClockTag, wire::ConfirmClock{kConfirmClockTag, event_id}, std::move(done));
}

void ClientCore::hand_over(const Id16& event_id, const std::string& service, AckCallback done) {
  order(kHandOverTag, wire::HandOver{kHandOverTag, event_id, service}, std::move(done));
}

void ClientCore::order(std::uint64_t tag, wire::ClientMessage request, AckCallback done) {
  if (fenced_) return done(*fenced_);
  if (orders_.contains(tag)) return done(Error(Code::kOverloaded, "that was asked for already"));
  orders_.emplace(tag, Order{std::move(request), std::move(done), false});
}

void ClientCore::on_change(
    std::function<void(const BusState&, const std::optional<Error>&)> callback) {
  on_change_ = std::move(callback);
}

// --- the connection's life ---

void ClientCore::on_open(std::int64_t now_us) {
  reconnect_ = false;
  if (fenced_) return;
  if (state_.connected) lose(now_us);
  reconnect_at_us_.reset();
  outbox_.clear();
  for (auto& [id, feed] : feeds_) {
    feed.subscribed = false;
    feed.to_return = 0;
  }
  for (auto& [tag, order] : orders_) order.sent = false;
  open_ = true;
  heard_us_ = now_us;
  beat_at_us_ = now_us + options_.heartbeat_us;
  hello_wait_us_ = hello_wait_us_ == 0 ? kFirstHelloUs : hello_wait_us_ * 2;
  hello_wait_us_ = std::min(hello_wait_us_, options_.silence_us);
  next_tick_us_ = now_us + hello_wait_us_;
  wire::Hello hello;
  hello.name = options_.name;
  hello.role = options_.role == Role::kFollower ? 0 : options_.role == Role::kEdge ? 1 : 2;
  hello.instance = instance_;
  hello.seed = options_.seed;
  hello.started = decisions_.started();
  post(hello);
}

void ClientCore::lose(std::int64_t retry_at_us) {
  open_ = false;
  reconnect_at_us_ = retry_at_us;
  next_tick_us_ = std::min(next_tick_us_, retry_at_us);
  if (!state_.connected) return;
  state_.connected = false;
  tell_change();
}

void ClientCore::fence(const Error& why) {
  if (fenced_) return;
  fenced_ = why;
  open_ = false;
  state_.connected = false;
  logging::error("event=client_fenced name={} why=\"{}\"", options_.name, why.message());
  window_.fail_all(why);
  decisions_.fail_all(why);
  while (!orders_.empty()) (void)answer_order(orders_.begin()->first, why);
  tell_change();
}

void ClientCore::tell_change() {
  if (on_change_) on_change_(state_, fenced_);
}

void ClientCore::tick(std::int64_t now_us) {
  if (fenced_) {
    next_tick_us_ = now_us + options_.heartbeat_us;
    return;
  }
  const std::int64_t patience_us = state_.connected ? options_.silence_us : hello_wait_us_;
  if (open_ && now_us - heard_us_ >= patience_us) lose(now_us);
  if (reconnect_at_us_ && now_us >= *reconnect_at_us_) reconnect_ = true;
  if (open_ && state_.connected && now_us >= beat_at_us_) {
    beat_at_us_ = now_us + options_.heartbeat_us;
    post(wire::ClientHeartbeat{});
  }
  if (now_us >= hold_until_us_) hold_until_us_ = 0;
  next_tick_us_ = std::max(beat_at_us_, now_us + 1);
  if (open_ && !state_.connected) next_tick_us_ = heard_us_ + hello_wait_us_;
  if (reconnect_at_us_) next_tick_us_ = *reconnect_at_us_;
  if (hold_until_us_ != 0) next_tick_us_ = std::min(next_tick_us_, hold_until_us_);
}

void ClientCore::say_goodbye() {
  if (open_) post(wire::Goodbye{});
  open_ = false;
}

// --- what the bus says ---

void ClientCore::on_message(std::span<const Bytes> parts, std::int64_t now_us) {
  if (!open_ || fenced_ || parts.empty()) return;
  const auto message = wire::decode_bus(parts[0]);
  if (!message) {
    logging::warning("event=bad_message from=bus why=\"{}\"", message.error().message());
    return lose(now_us + kRetryUs);
  }
  heard_us_ = now_us;
  state_.heard_at_us = now_us;
  if (const auto* greeting = std::get_if<wire::Welcome>(&*message)) welcome(*greeting);
  else if (const auto* ack = std::get_if<wire::Ack>(&*message)) acknowledge(*ack);
  else if (const auto* no = std::get_if<wire::Refused>(&*message)) refused(*no, now_us);
  else if (const auto* head = std::get_if<wire::Deliver>(&*message))
    deliver(*head, parts.size() == 2 ? parts[1] : Bytes{});
  else if (const auto* beat = std::get_if<wire::BusHeartbeat>(&*message)) heartbeat(*beat);
  else if (std::holds_alternative<wire::Goodbye>(*message)) lose(now_us);
  else if (const auto* wrong = std::get_if<wire::ErrorMessage>(&*message)) error(*wrong, now_us);
}

void ClientCore::welcome(const wire::Welcome& welcome) {
  if (state_.connected) return;
  if (was_connected_ && welcome.log_id != state_.log_id) {
    return fence(
        Error(Code::kFenced, "the bus serves another log now; restart to work on that one"));
  }
  if (options_.role == Role::kEdge) {
    if (const auto fits = window_.begin_session(welcome.last_seq); !fits)
      return fence(fits.error());
  }
  was_connected_ = true;
  hold_until_us_ = 0;
  hello_wait_us_ = 0;
  if (options_.role == Role::kDecider) decisions_.begin_session(welcome.last_seq);
  state_.connected = true;
  ++state_.sessions;
  later_since_us_.reset();
  state_.later = false;
  state_.log_id = welcome.log_id;
  state_.seeding = welcome.seeding;
  state_.head = welcome.head;
  state_.bus_time = welcome.bus_time;
  for (auto& [id, feed] : feeds_) {
    if (!feed.paused) send_subscribe(id, feed);
  }
  send_frames();
  tell_change();
}

void ClientCore::acknowledge(const wire::Ack& ack) {
  later_since_us_.reset();
  state_.later = false;
  frame_due_ = true;
  for (const auto& entry : ack.entries) {
    if (answer_order(entry.tag, Acked{entry.first_offset, entry.time, false})) continue;
    if (options_.role == Role::kDecider) decisions_.acknowledge(entry);
    else window_.acknowledge(entry);
  }
}

void ClientCore::refused(const wire::Refused& refused, std::int64_t now_us) {
  const Error why(code_from(refused.code).value_or(Code::kUnavailable), "bus: " + refused.message);
  if (refused.code == wire::kLogFailed) return lose(now_us + kRetryUs);
  if (answer_order(refused.tag, why)) return;
  frame_due_ = true;
  if (options_.role == Role::kDecider) {
    switch (decisions_.refuse(refused)) {
      case DecisionWindow::Refusal::kLater: return wait_for_room(now_us);
      case DecisionWindow::Refusal::kReconnect: return lose(now_us);
      case DecisionWindow::Refusal::kStale:
      case DecisionWindow::Refusal::kEnded: return;
    }
  }
  switch (window_.refuse(refused)) {
    case PublishWindow::Refusal::kStale:
    case PublishWindow::Refusal::kGoBack: return;
    case PublishWindow::Refusal::kLater: return wait_for_room(now_us);
    case PublishWindow::Refusal::kReconnect: return lose(now_us);
    case PublishWindow::Refusal::kFenced: return fence(why);
  }
}

void ClientCore::wait_for_room(std::int64_t now_us) {
  if (!later_since_us_) later_since_us_ = now_us;
  state_.later = now_us - *later_since_us_ >= kLaterUs;
  hold_until_us_ = now_us + kRetryUs;
  next_tick_us_ = std::min(next_tick_us_, hold_until_us_);
}

bool ClientCore::answer_order(std::uint64_t tag, const Result<Acked>& answer) {
  const auto found = orders_.find(tag);
  if (found == orders_.end()) return false;
  const AckCallback done = std::move(found->second.done);
  orders_.erase(found);
  done(answer);
  return true;
}

void ClientCore::deliver(const wire::Deliver& head, Bytes body) {
  const auto found = feeds_.find(head.subscription);
  if (found == feeds_.end() || !found->second.subscribed) return;
  events_.clear();
  const bool whole = crc32c(body) == head.crc;
  const auto read =
      whole ? read_body(body, events_) : Result<void>(Error(Code::kDamaged, "its CRC differs"));
  if (!read || events_.size() != head.events) {
    logging::warning("event=bad_delivery subscription={} scanned={} why=\"{}\"", head.subscription,
                     head.scanned.value,
                     read ? "another number of events than told" : read.error().message());
    return lose(heard_us_);
  }
  Feed& feed = found->second;
  if (head.after && *head.after != feed.scanned) {
    if (head.scanned <= feed.scanned) return;  // a repeat: it was charged once
    logging::warning("event=delivery_missing subscription={} scanned={} follows={}",
                     head.subscription, feed.scanned.value, head.after->value);
    return lose(heard_us_);
  }
  feed.scanned = head.scanned;
  state_.head = std::max(state_.head, head.scanned);
  feed.to_return += (body.size() + wire::kDeliverCost) / (planted(Bug::kCreditLeak) ? 2 : 1);
  Delivery delivery;
  delivery.events = &events_;
  delivery.scanned = head.scanned;
  delivery.hash = head.hash;
  delivery.time = head.time;
  delivery.batch_end = head.batch_end;
  const auto on_delivery = feed.on_delivery;  // it may unsubscribe
  on_delivery(delivery);
  const auto still = feeds_.find(head.subscription);
  if (still != feeds_.end()) return_credit(head.subscription, still->second);
}

void ClientCore::return_credit(std::uint32_t id, Feed& feed) {
  if (feed.paused || !feed.subscribed || feed.to_return * 2 < feed.options.credit_bytes) return;
  post(wire::Credit{id, std::exchange(feed.to_return, 0)});
}

void ClientCore::heartbeat(const wire::BusHeartbeat& beat) {
  state_.bus_time = beat.bus_time;
  state_.head = std::max(state_.head, beat.head);
  state_.seeding = beat.seeding;
  state_.clock_held = beat.clock_held;
  state_.settle = beat.settle;
}

void ClientCore::error(const wire::ErrorMessage& error, std::int64_t now_us) {
  const Error why(code_from(error.code).value_or(Code::kUnavailable), "bus: " + error.message);
  if (error.subscription && !feeds_.contains(*error.subscription)) return;
  if (error.subscription)
    return fence(why.with("subscription " + std::to_string(*error.subscription)));
  const bool final = why.code() == Code::kFenced || why.code() == Code::kUnsupported ||
                     why.code() == Code::kForbidden;
  if (final) return fence(why);
  logging::warning("event=bus_error code={} why=\"{}\"", error.code, error.message);
  lose(error.code == wire::kNoSession ? now_us : now_us + kRetryUs);
}

// --- sending ---

void ClientCore::send_subscribe(std::uint32_t id, Feed& feed) {
  feed.subscribed = true;
  feed.to_return = 0;
  wire::Subscribe request;
  request.subscription = id;
  request.from = feed.scanned.next();
  request.subjects = feed.options.subjects;
  request.producers = feed.options.producers;
  request.credit = feed.options.credit_bytes;
  post(request);
}

void ClientCore::post(const wire::ClientMessage& message) {
  outbox_.push_back(wire::encode(message));
  (void)flush_outbox();
}

bool ClientCore::flush_outbox() {
  while (!outbox_.empty() && link_.send(as_bytes(outbox_.front()), {}, false)) outbox_.pop_front();
  return outbox_.empty();
}

bool ClientCore::wants_write() const {
  const bool unsent = window_.has_unsent() || decisions_.has_unsent();
  const bool frames = state_.connected && hold_until_us_ == 0 && unsent;
  return open_ && (!outbox_.empty() || frames);
}

void ClientCore::send_frames() {
  if (!state_.connected || hold_until_us_ != 0 || !flush_outbox()) return;
  const auto send = [this](std::uint64_t tag, Bytes frame) {
    const std::string control = wire::encode(wire::ClientMessage(wire::Publish{tag}));
    return link_.send(as_bytes(control), frame, true);
  };
  if (options_.role == Role::kDecider) decisions_.send(send);
  else window_.send(send);
}

void ClientCore::end_of_round() {
  if (!open_ || !flush_outbox() || !state_.connected) return;
  for (auto& [tag, order] : orders_) {
    if (!std::exchange(order.sent, true)) post(order.request);
  }
  if (window_.gathering() && (frame_due_ || !window_.under_way())) window_.cut();
  frame_due_ = false;
  send_frames();
}

}  // namespace lamplight::bus
