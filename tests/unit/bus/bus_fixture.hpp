#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/crc32c.hpp"
#include "bus/body.hpp"
#include "bus/broker_core.hpp"
#include "memory_log.hpp"

namespace lamplight::bus::test {

inline Id16 key(std::uint8_t n) {
  Id16 out;
  out.bytes[15] = n;
  return out;
}

/// An event as a test writes it down.
struct Said {
  std::string payload;
  std::string subject = "alert.received";
  std::optional<Id16> dedupe = {};
};

inline std::string frame(const std::string& producer, std::uint64_t first_seq,
                         const std::vector<Said>& events, std::optional<TimeUs> time = {}) {
  MsgpackWriter out;
  for (const Said& said : events) {
    EventContent event;
    event.subject = said.subject;
    event.dedupe = said.dedupe;
    event.payload = as_bytes(said.payload);
    write_event_content(out, event);
  }
  FrameHeader head;
  head.producer = producer;
  head.first_seq = Seq{first_seq};
  head.time = time;
  head.count = static_cast<std::uint32_t>(events.size());
  return encode_frame(head, out.bytes());
}

/// An event as a consumer was given it.
struct Got {
  std::uint64_t offset;
  std::string payload;
  bool operator==(const Got&) const = default;
};
inline void PrintTo(const Got& got, std::ostream* out) { *out << got.offset << ":" << got.payload; }

/// Keeps what the core sends; a peer's queue can be full, a peer can be gone.
class RecordingTransport final : public Transport {
 public:
  struct Sent {
    std::string control;
    std::string body;
  };
  SendOutcome send(const PeerId& peer, Bytes control, Bytes body, bool) override {
    if (gone.contains(peer)) return SendOutcome::kGone;
    if (full.contains(peer)) return SendOutcome::kFull;
    sent[peer].push_back({std::string(as_text(control)), std::string(as_text(body))});
    return SendOutcome::kSent;
  }
  std::map<PeerId, std::vector<Sent>> sent;
  std::set<PeerId> full;
  std::set<PeerId> gone;
};

class CountingObserver final : public BrokerObserver {
 public:
  void published(std::string_view group, std::uint64_t events, std::uint64_t) override {
    published_events[std::string(group)] += events;
  }
  void duplicate(std::uint64_t events) override { duplicates += events; }
  void refused(std::string_view reason) override { ++refusals[std::string(reason)]; }
  void acked(std::int64_t) override { ++acks; }
  void synced(std::uint64_t, std::uint64_t, std::int64_t) override {}
  void delivered(std::string_view, std::uint64_t) override {}
  void consumer(std::string_view name, std::uint64_t lag, std::uint64_t) override {
    lags[std::string(name)] = lag;
  }
  void consumer_gone(std::string_view name) override { lags.erase(std::string(name)); }
  void connections(std::uint64_t open) override { connected = open; }
  void heads(Offset, TimeUs, std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void clock_held(bool held) override { clock_is_held = held; }
  void room(const std::string& why_not) override { no_room = why_not; }
  void failed(const Error&) override { ++failures; }

  std::map<std::string, std::uint64_t> published_events;
  std::map<std::string, std::uint64_t> refusals;
  std::map<std::string, std::uint64_t> lags;
  std::uint64_t duplicates = 0;
  std::uint64_t acks = 0;
  std::uint64_t connected = 0;
  int failures = 0;
  bool clock_is_held = false;
  std::string no_room;
};

/// A broker core over a log in memory, with peers that the test speaks for.
class BusFixture : public testing::Test {
 protected:
  explicit BusFixture(bool seeded = false) : log_(seeded) { start(); }

  void start() { core_ = BrokerCore::make(log_, options_, transport_, observer_, now_).value(); }
  /// The bus loses its power and comes back over what was synced.
  void restart() {
    core_.reset();
    log_.lose_power();
    transport_.sent.clear();
    start();
  }

  void say(const PeerId& peer, const wire::ClientMessage& message,
           const std::optional<std::string>& data = {}) {
    const std::string control = wire::encode(message);
    std::vector<Bytes> parts{as_bytes(control)};
    if (data) parts.push_back(as_bytes(*data));
    core_->on_message(peer, parts, now_);
  }
  wire::Welcome hello(const PeerId& peer, const std::string& name, std::uint8_t role = 1,
                      std::uint8_t instance = 1, bool seed = false) {
    say(peer, wire::Hello{1, name, role, key(instance), seed});
    const auto answer = take<wire::Welcome>(peer);
    return answer.empty() ? wire::Welcome{} : answer.back();
  }
  void publish(const PeerId& peer, std::uint64_t tag, const std::string& frame_bytes) {
    say(peer, wire::Publish{tag}, frame_bytes);
  }
  void subscribe(const PeerId& peer, std::uint64_t from = 1,
                 std::vector<std::string> subjects = {">"}, std::vector<std::string> producers = {},
                 std::uint64_t credit = wire::kMinCreditBytes, std::uint32_t id = 1) {
    say(peer, wire::Subscribe{id, Offset{from}, std::move(subjects), std::move(producers), credit});
  }

  std::unique_ptr<log::PendingSync> begin_sync() { return core_->begin_sync(now_); }
  void end_sync(std::unique_ptr<log::PendingSync> sync) {
    core_->on_synced(std::move(sync), {}, now_);
  }
  void fail_sync(std::unique_ptr<log::PendingSync> sync) {
    core_->on_synced(std::move(sync), Error(Code::kIo, "fdatasync: Input/output error"), now_);
  }
  void sync() {
    while (core_->wants_sync()) end_sync(begin_sync());
  }
  void pump() {
    while (core_->pump(now_).more) {
    }
  }
  void pass(std::int64_t us) {
    now_.monotonic_us += us;
    now_.wall = now_.wall.plus_us(us);
    core_->tick(now_);
  }

  /// Messages of one type that the peer was sent since the last call; those of other types stay.
  template <typename M>
  std::vector<M> take(const PeerId& peer) {
    std::vector<M> out;
    auto& sent = transport_.sent[peer];
    for (auto at = sent.begin(); at != sent.end();) {
      const auto message = wire::decode_bus(as_bytes(at->control));
      EXPECT_TRUE(message.ok());
      if (message.ok() && std::holds_alternative<M>(*message)) {
        out.push_back(std::get<M>(*message));
        at = sent.erase(at);
      } else {
        ++at;
      }
    }
    return out;
  }
  std::vector<wire::AckEntry> acks(const PeerId& peer) {
    std::vector<wire::AckEntry> all;
    for (const auto& ack : take<wire::Ack>(peer))
      all.insert(all.end(), ack.entries.begin(), ack.entries.end());
    return all;
  }
  /// Deliveries with their bodies read and their CRC checked.
  struct Delivered {
    wire::Deliver head;
    std::vector<Got> events;
    std::size_t body_bytes = 0;
  };
  std::vector<Delivered> deliveries(const PeerId& peer) {
    std::vector<Delivered> out;
    auto& sent = transport_.sent[peer];
    for (auto at = sent.begin(); at != sent.end();) {
      const auto message = wire::decode_bus(as_bytes(at->control));
      if (!message.ok() || !std::holds_alternative<wire::Deliver>(*message)) {
        ++at;
        continue;
      }
      Delivered one{std::get<wire::Deliver>(*message), {}, at->body.size()};
      EXPECT_EQ(one.head.crc, crc32c(as_bytes(at->body)));
      std::vector<Event> events;
      EXPECT_TRUE(read_body(as_bytes(at->body), events).ok());
      EXPECT_EQ(one.head.events, events.size());
      for (const Event& e : events)
        one.events.push_back({e.offset.value, std::string(as_text(e.payload))});
      out.push_back(std::move(one));
      at = sent.erase(at);
    }
    return out;
  }
  std::vector<Got> events(const PeerId& peer) {
    std::vector<Got> all;
    for (auto& one : deliveries(peer)) all.insert(all.end(), one.events.begin(), one.events.end());
    return all;
  }

  static constexpr std::int64_t kStart = 1'700'000'000'000'000;
  MemoryLog log_;
  BrokerOptions options_;
  RecordingTransport transport_;
  CountingObserver observer_;
  Now now_{TimeUs{kStart}, 1'000'000};
  std::unique_ptr<BrokerCore> core_;
};

}  // namespace lamplight::bus::test
