#include "bus/broker_core.hpp"

#include <algorithm>
#include <utility>

#include "base/logging.hpp"
#include "base/planted_bug.hpp"
#include "bus/wire.hpp"

namespace lamplight::bus {

Result<std::unique_ptr<BrokerCore>> BrokerCore::make(log::Log& log, BrokerOptions options,
                                                     Transport& transport, BrokerObserver& observer,
                                                     const Now& now) {
  std::unique_ptr<BrokerCore> core(
      new BrokerCore(log, std::move(options), transport, observer, now));
  if (auto restored = core->publish_.restore(now); !restored)
    return restored.error().with("bus start");
  core->seeding_told_ = core->publish_.seeding();
  core->next_tick_us_ = now.monotonic_us;
  return core;
}

BrokerCore::BrokerCore(log::Log& log, BrokerOptions options, Transport& transport,
                       BrokerObserver& observer, const Now& now)
    : log_(log),
      options_(std::move(options)),
      observer_(observer),
      outbound_(transport),
      publish_(log, answers_, observer, now),
      subscriptions_(log, outbound_, observer) {}

void BrokerCore::on_message(std::string_view peer, std::span<const Bytes> parts, const Now& now) {
  const auto copy = [peer, parts] {
    Held held{PeerId(peer), {}};
    for (const Bytes part : parts) held.parts.emplace_back(as_text(part));
    return held;
  };
  Session* const session = sessions_.find(peer);
  if (session != nullptr) {
    session->heard_us = now.monotonic_us;
    if (session->role == Role::kDecider) publish_.deciders().heard(*session, now);
  }
  // Order: nothing overtakes what is held, nor what waits of the same peer.
  const auto paced = paced_.find(peer);
  if (!held_.empty()) {
    held_.push_back(copy());
  } else if (paced != paced_.end()) {
    paced->second.push_back(copy());
  } else {
    const Taken taken = take(peer, session, parts, now);
    if (taken == Taken::kLater) held_.push_back(copy());
    if (taken == Taken::kPaced) paced_[PeerId(peer)].push_back(copy());
  }
  if (log_.head() != paced_at_) take_paced(now);
  // Refusals that wait for no sync leave at once.
  release_answers(now);
  forget_gone();
}

BrokerCore::Taken BrokerCore::take(std::string_view peer, Session* session,
                                   std::span<const Bytes> parts, const Now& now) {
  if (parts.empty() || parts.size() > 2) {
    send_error(peer, "invalid", "a message has a control part and at most one data part");
    return Taken::kYes;
  }
  const auto message = wire::decode_client(parts[0]);
  if (!message) {
    send_error(peer, to_string(message.error().code()), message.error().message());
    return Taken::kYes;
  }
  if (const auto* greeting = std::get_if<wire::Hello>(&*message)) {
    hello(peer, *greeting, now);
    return Taken::kYes;
  }
  if (session == nullptr) {
    if (!std::holds_alternative<wire::Goodbye>(*message)) {
      send_error(peer, wire::kNoSession, "say HELLO first");
    }
    return Taken::kYes;
  }
  return dispatch(*session, *message, parts, now);
}

BrokerCore::Taken BrokerCore::dispatch(Session& session, const wire::ClientMessage& message,
                                       std::span<const Bytes> parts, const Now& now) {
  const auto taken = [](PublishHandler::Outcome outcome) {
    switch (outcome) {
      case PublishHandler::Outcome::kLater: return Taken::kLater;
      case PublishHandler::Outcome::kPaced: return Taken::kPaced;
      case PublishHandler::Outcome::kAnswered: break;
    }
    return Taken::kYes;
  };
  if (const auto* publish = std::get_if<wire::Publish>(&message)) {
    const Bytes frame = parts.size() == 2 ? parts[1] : Bytes{};
    const Offset before = log_.head();
    const auto outcome = publish_.publish(session, publish->tag, frame, now);
    if (log_.head() > before) gathered_bytes_ += frame.size();
    return taken(outcome);
  }
  if (const auto* go_live = std::get_if<wire::GoLive>(&message)) {
    const bool was_seeding = publish_.seeding();
    const auto outcome = publish_.go_live(session, *go_live, now);
    if (was_seeding && !publish_.seeding()) went_live_at_ = log_.head();
    return taken(outcome);
  }
  if (const auto* confirm = std::get_if<wire::ConfirmClock>(&message)) {
    const auto outcome = publish_.confirm_clock(session, *confirm, now);
    if (clock_held_told_ && !publish_.clock_held()) heartbeat(now);  // all hear it at once
    tell_clock(now);
    return taken(outcome);
  }
  if (const auto* order = std::get_if<wire::HandOver>(&message)) {
    logging::info("event=handed_over service={} asked_by={}", order->service, session.name);
    return taken(publish_.hand_over(session, *order, now));
  }
  if (const auto* request = std::get_if<wire::Subscribe>(&message)) {
    subscribe(session, *request);
  } else if (const auto* credit = std::get_if<wire::Credit>(&message)) {
    subscriptions_.credit(session.peer, *credit);
  } else if (const auto* end = std::get_if<wire::Unsubscribe>(&message)) {
    subscriptions_.unsubscribe(session.peer, end->subscription);
  } else if (std::holds_alternative<wire::Goodbye>(message)) {
    end_session(PeerId(session.peer));
  }
  return Taken::kYes;
}

void BrokerCore::hello(std::string_view peer, const wire::Hello& hello, const Now& now) {
  if (failure_) return send_error(peer, wire::kLogFailed, failure_->message());
  if (hello.version == 0) return send_error(peer, "unsupported", "versions begin at 1");
  if (!is_valid_name(hello.name) || hello.name == kControlProducer) {
    return send_error(peer, "forbidden",
                      "that name is none of [a-z0-9_-] with one '/', or it is the bus's own");
  }
  if (hello.role > 2) {
    return send_error(peer, "unsupported",
                      "this bus knows followers (0), edges (1) and deciders (2)");
  }
  const Role role = hello.role == 0   ? Role::kFollower
                    : hello.role == 1 ? Role::kEdge
                                      : Role::kDecider;
  if (const std::string why_not = refuse_role(role, hello.name); !why_not.empty())
    return send_error(peer, "forbidden", why_not);
  Session session{PeerId(peer), hello.name, role, hello.instance, false, now.monotonic_us};
  const auto& seeders = options_.seed_names;
  session.may_seed =
      hello.seed && std::find(seeders.begin(), seeders.end(), hello.name) != seeders.end();

  const auto arrival = sessions_.arrive(session);
  if (!arrival)
    return send_error(peer, to_string(arrival.error().code()), arrival.error().message());
  if (arrival->fenced)
    return send_error(peer, "fenced", "a newer instance holds the name " + hello.name);
  if (arrival->fences) {
    send_error(*arrival->fences, "fenced", "a newer instance took the name " + hello.name);
    logging::info("event=edge_fenced name={}", hello.name);
  }
  for (const PeerId& old : arrival->replaces) subscriptions_.forget(old);
  if (role == Role::kDecider) publish_.deciders().greeted(session, hello.started, now);
  send(session.peer, welcome(session, now));
  observer_.connections(sessions_.size());
}

// A name is an edge's or a decider's for ever: whoever replays it must be able to tell.
std::string BrokerCore::refuse_role(Role role, const std::string& name) const {
  const FenceTable::Place place = publish_.place_of(name);
  if (role == Role::kEdge && place.epoch > 0) return name + " is a decider's name";
  if (role != Role::kDecider) return {};
  if (!is_decider_name(name)) return "a decider's name is one token of [a-z0-9_]";
  const bool edge = place.last_seq.value > 0 && place.epoch == 0;
  return edge ? name + " has published as an edge" : std::string();
}

wire::Welcome BrokerCore::welcome(const Session& session, const Now& now) {
  const FenceTable::Place place = publish_.place_of(session.name);
  wire::Welcome out;
  out.log_id = log_.header().id;
  out.seeded = log_.header().seeded;
  out.seeding = seeding_told_;
  out.head = log_.synced();
  out.last_seq = place.last_seq;
  out.epoch = place.epoch;
  out.last_frame_hash = place.last_hash;
  out.bus_time = publish_.bus_time(now);
  out.heartbeat_ms = static_cast<std::uint64_t>(options_.heartbeat_us / 1000);
  out.silence_ms = static_cast<std::uint64_t>(options_.session_silence_us / 1000);
  return out;
}

void BrokerCore::subscribe(const Session& session, const wire::Subscribe& request) {
  if (const auto done = subscriptions_.subscribe(session.peer, session.name, request); !done) {
    observer_.refused(to_string(done.error().code()));
    send(session.peer, wire::ErrorMessage{std::string(to_string(done.error().code())),
                                          done.error().message(), request.subscription});
  }
}

std::unique_ptr<log::PendingSync> BrokerCore::begin_sync(const Now& now) {
  LAMPLIGHT_CHECK(wants_sync(), "a sync begins when one is wanted");
  syncing_ = true;
  publish_.set_syncing(true);
  sync_begun_us_ = now.monotonic_us;
  sync_from_ = log_.synced();
  sync_bytes_ = std::exchange(gathered_bytes_, 0);
  auto sync = log_.begin_sync();
  take_held(now);  // the log gathers again
  return sync;
}

void BrokerCore::on_synced(std::unique_ptr<log::PendingSync> sync, Result<void> outcome,
                           const Now& now) {
  LAMPLIGHT_CHECK(syncing_, "a sync comes back that was begun");
  syncing_ = false;
  publish_.set_syncing(false);
  if (auto finished = log_.finish_sync(std::move(sync), std::move(outcome)); !finished) {
    fail(finished.error());
    return;
  }
  observer_.synced(log_.synced().value - sync_from_.value, sync_bytes_,
                   now.monotonic_us - sync_begun_us_);
  take_held(now);
  take_paced(now);
  release_answers(now);
  if (seeding_told_ && !publish_.seeding() && log_.synced() >= went_live_at_) {
    seeding_told_ = false;
    heartbeat(now);  // all hear at once that bus time is wall time
  }
  forget_gone();
}

void BrokerCore::take_held(const Now& now) {
  auto held = std::exchange(held_, {});
  while (!held.empty()) {
    const Taken taken =
        paced_.contains(held.front().peer) ? Taken::kPaced : take(held.front(), now);
    if (taken == Taken::kLater) break;
    if (taken == Taken::kPaced) paced_[held.front().peer].push_back(std::move(held.front()));
    held.pop_front();
  }
  held_ = std::move(held);
}

BrokerCore::Taken BrokerCore::take(const Held& held, const Now& now) {
  std::vector<Bytes> parts;
  for (const auto& part : held.parts) parts.push_back(as_bytes(part));
  return take(held.peer, sessions_.find(held.peer), parts, now);
}

// On a seeding log: what waits for the deciders, each peer's in order, as far as they have come by now.
void BrokerCore::take_paced(const Now& now) {
  if (paced_.empty() || !held_.empty()) return;
  auto paced = std::exchange(paced_, {});  // a message may end its session, and so what waits of it
  for (auto& [peer, waiting] : paced) {
    while (!waiting.empty() && take(waiting.front(), now) == Taken::kYes) waiting.pop_front();
    if (!waiting.empty() && sessions_.find(peer) != nullptr)
      paced_.emplace(peer, std::move(waiting));
  }
  paced_at_ = log_.head();
  if (!paced_.empty()) ask_deciders(now);
}

void BrokerCore::ask_deciders(const Now& now) {
  const auto asked = std::pair(publish_.settle(), publish_.bus_time(now));
  if (asked == asked_) return;
  asked_ = asked;
  for (const PeerId& peer : sessions_.peers_of(Role::kDecider)) send(peer, beat(now));
}

void BrokerCore::fail(const Error& why) {
  failure_ = why;
  publish_.fail();
  answers_.drop_all();  // none of it is known to be on disk: no answer is the only true one
  observer_.failed(why);
  logging::error("event=log_failed why=\"{}\"", why.message());
  take_held(Now{});
  release_answers(Now{});
  for (const PeerId& peer : sessions_.peers()) {
    send_error(peer, wire::kLogFailed, "the log failed, the bus stops: " + why.message());
  }
}

void BrokerCore::release_answers(const Now& now) {
  if (answers_.empty()) return;
  const Offset safe = planted(Bug::kAckBeforeSync) ? log_.head() : log_.synced();
  answers_.release(
      safe, {[this](const PeerId& peer, const wire::BusMessage& message) { send(peer, message); },
             [this, &now](const wire::AckEntry&, std::int64_t received_us) {
               observer_.acked(now.monotonic_us - received_us);
             },
             [this](Offset offset) { return time_of(offset); }});
}

Result<TimeUs> BrokerCore::time_of(Offset offset) {
  auto reader = log_.read(offset);
  if (!reader) return reader.error();
  const auto batch = (*reader)->next();
  if (!batch) return batch.error();
  if (!*batch) return Error(Code::kUnavailable, "the event is not synced yet; try again");
  return (*batch)->header.time;
}

bool BrokerCore::publishing_few(const Now& now) const {
  constexpr std::int64_t kRecentUs = 20'000;
  constexpr std::uint64_t kFewBytes = 64U << 10;
  const bool recent = syncing_ || now.monotonic_us - sync_begun_us_ < kRecentUs;
  return recent && sync_bytes_ <= kFewBytes;
}

Subscriptions::Pumped BrokerCore::pump(const Now& now) {
  if (failure_) return {};
  // Read and sent before messages get their turn again.
  constexpr std::size_t kRoundBytes = 2U << 20;
  constexpr std::size_t kSmallRoundBytes = 64U << 10;
  const std::size_t bytes = publishing_few(now) ? kSmallRoundBytes : kRoundBytes;
  auto pumped = subscriptions_.pump(bytes);
  // What deciders are asked about leaves now: nobody may say a word before they have heard it, until the next heartbeat.
  if (!paced_.empty() && !pumped.more && subscriptions_.tell_progress())
    pumped = subscriptions_.pump(bytes);
  forget_gone();
  return pumped;
}

void BrokerCore::tick(const Now& now) {
  outbound_.flush();
  if (now.monotonic_us >= next_tick_us_) {
    next_tick_us_ = now.monotonic_us + options_.heartbeat_us;
    for (const PeerId& peer :
         sessions_.silent_since(now.monotonic_us - options_.session_silence_us)) {
      end_session(peer);
    }
    heartbeat(now);
    subscriptions_.tell_progress();
    subscriptions_.report();
    tell_log(now);
    tell_clock(now);
    take_paced(now);  // who decided may be gone for good
  }
  forget_gone();
}

wire::BusHeartbeat BrokerCore::beat(const Now& now) {
  return {publish_.bus_time(now), log_.synced(), seeding_told_, publish_.clock_held(),
          paced_.empty() ? Offset{} : publish_.settle()};
}

void BrokerCore::heartbeat(const Now& now) {
  for (const PeerId& peer : sessions_.peers()) send(peer, beat(now));
}

void BrokerCore::tell_log(const Now& now) {
  const auto free = log_.free_bytes();
  observer_.heads(log_.synced(), publish_.bus_time(now), log_.total_bytes(), log_.segment_count(),
                  free ? *free : 0);
  if (failure_) return;
  if (free && *free < options_.reserve_bytes) {
    return observer_.room(
        "the log's disk has " + std::to_string(*free) + " bytes free, less than the reserve of " +
        std::to_string(options_.reserve_bytes) + "; nothing is accepted until there is room");
  }
  observer_.room(publish_.refused_for_room(now));
}

void BrokerCore::tell_clock(const Now& now) {
  const bool held = publish_.clock_held();
  observer_.clock_held(held);
  if (held == std::exchange(clock_held_told_, held)) return;
  constexpr double kSecondUs = 1e6;
  const double step = static_cast<double>(publish_.clock_step_us(now)) / kSecondUs;
  if (held) {
    logging::warning(
        "event=clock_held step_seconds={:.3f} note=\"bus time goes on without the wall clock; "
        "where "
        "that is right now, run: {}\"",
        step, options_.confirm_clock_command);
  } else {
    logging::info("event=clock_followed bus_time_us={}", publish_.bus_time(now).value);
  }
}

void BrokerCore::say_goodbye() {
  for (const PeerId& peer : sessions_.peers()) send(peer, wire::Goodbye{});
}

void BrokerCore::send(const PeerId& peer, const wire::BusMessage& message) {
  outbound_.post(peer, wire::encode(message));
}

void BrokerCore::send_error(std::string_view peer, std::string_view code, std::string message) {
  observer_.refused(code);
  send(PeerId(peer), wire::ErrorMessage{std::string(code), std::move(message), std::nullopt});
}

void BrokerCore::end_session(const PeerId& peer) {
  outbound_.forget(peer);
  const Session* session = sessions_.find(peer);
  if (session == nullptr) return;
  const std::string name = session->name;
  subscriptions_.forget(peer);
  paced_.erase(peer);
  sessions_.leave(peer);
  if (!sessions_.has_name(name)) observer_.consumer_gone(name);
  observer_.connections(sessions_.size());
}

void BrokerCore::forget_gone() {
  for (const PeerId& peer : outbound_.take_gone()) end_session(peer);
}

}  // namespace lamplight::bus
