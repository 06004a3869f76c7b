#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bus/client.hpp"
#include "model/event.hpp"

/// A bus in memory: a log that outlives its clients, and a client whose acknowledgements and deliveries can be held.
namespace lamplight::intake::test {

struct Stored {
  std::string subject;
  Id16 id;
  std::optional<Id16> dedupe;
  std::string payload;
  Offset offset;
  TimeUs time;
  Offset cause = {};
  std::string producer = "intake";
};

struct FakeLog {
  std::deque<Stored> events;
  TimeUs now{1'700'000'000'000'000};
  std::unordered_map<Id16, Offset> dedupe;
  bool seeding = false;
  int deliveries = 0;  ///< read by subscriptions
  /// Hears of each event that a client has published, and may append what follows from it.
  std::function<void(const Stored&)> on_published;

  [[nodiscard]] Offset head() const { return {events.size()}; }
  const Stored& append(Stored stored) {
    stored.offset = head().next();
    stored.time = now;
    return events.emplace_back(std::move(stored));
  }
  [[nodiscard]] Event view(const Stored& stored) const {
    Event event;
    event.subject = stored.subject;
    event.id = stored.id;
    event.dedupe = stored.dedupe;
    event.payload = as_bytes(stored.payload);
    event.offset = stored.offset;
    event.time = stored.time;
    event.cause = stored.cause;
    event.producer = stored.producer;
    return event;
  }
};

class FakeClient final : public bus::Client {
 public:
  explicit FakeClient(FakeLog& log) : log_(log) {
    state_.log_id.bytes[0] = 1;
    reconnect();
  }

  // ---- what tests turn ----
  bool hold_acks = false;
  bool hold_deliveries = false;
  std::size_t window = 8192;
  std::size_t published = 0;
  std::optional<Error> refuse_next;

  void lose_connection() {
    state_.connected = false;
    tell(std::nullopt);
  }
  void reconnect() {
    state_.connected = true;
    state_.head = log_.head();
    state_.seeding = log_.seeding;
    tell(std::nullopt);
  }
  void fence() {
    fenced_ = true;
    state_.connected = false;
    tell(Error(Code::kFenced, "a newer intake took over"));
    std::deque<Waiting> waiting;
    waiting.swap(waiting_);
    for (Waiting& each : waiting) each.done(Error(Code::kFenced, "a newer intake took over"));
  }
  void acknowledge(std::size_t n = SIZE_MAX) {
    for (; n > 0 && !waiting_.empty(); --n) {
      Waiting first = std::move(waiting_.front());
      waiting_.pop_front();
      first.done(append(first));
    }
  }
  void deliver() {
    std::map<std::uint32_t, Subscription> subscriptions = subscriptions_;
    for (const auto& entry : subscriptions) deliver_to(entry.first);
  }

  // ---- bus::Client ----
  Result<void> publish(const bus::NewEvent& event, std::optional<TimeUs> seed_time,
                       bus::AckCallback done) override {
    if (fenced_) return Error(Code::kFenced, "fenced");
    if (waiting_.size() >= window) return Error(Code::kOverloaded, "window full");
    ++published;
    Waiting waiting;
    waiting.stored.subject = event.subject;
    waiting.stored.id = event.id;
    waiting.stored.dedupe = event.dedupe;
    waiting.stored.payload = as_text(event.payload);
    waiting.stored.cause = event.cause;
    waiting.time = seed_time;
    waiting.refusal = refuse_next;
    refuse_next.reset();
    waiting.done = std::move(done);
    waiting_.push_back(std::move(waiting));
    return {};
  }
  void flush() override {}
  std::size_t unacknowledged() const override { return waiting_.size(); }
  std::uint32_t subscribe(bus::SubscribeOptions options,
                          std::function<void(const bus::Delivery&)> callback) override {
    Subscription subscription;
    subscription.next = options.from;
    subscription.patterns = options.subjects;
    subscription.callback = std::move(callback);
    subscriptions_.emplace(++last_id_, std::move(subscription));
    return last_id_;
  }
  void unsubscribe(std::uint32_t id) override { subscriptions_.erase(id); }
  void go_live(bus::AckCallback) override {}
  const bus::BusState& state() const override { return state_; }
  void on_change(
      std::function<void(const bus::BusState&, const std::optional<Error>&)> callback) override {
    changed_.push_back(std::move(callback));
  }

  void poll(std::int64_t timeout_us) override {
    std::vector<std::function<void()>> work;
    {
      std::unique_lock lock(mutex_);
      const bool busy = state_.connected &&
                        ((!waiting_.empty() && !hold_acks) || (lagging() && !hold_deliveries));
      if (posted_.empty() && !busy && timeout_us != 0) {
        woken_.wait_for(lock, std::chrono::microseconds(timeout_us),
                        [this] { return !posted_.empty(); });
      }
      work.swap(posted_);
    }
    for (const auto& each : work) each();
    if (!state_.connected) return;
    if (!hold_acks) acknowledge();
    if (!hold_deliveries) deliver();
  }
  void post(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
    woken_.notify_one();
  }

 private:
  struct Waiting {
    Stored stored;
    std::optional<TimeUs> time;
    std::optional<Error> refusal;
    bus::AckCallback done;
  };
  struct Subscription {
    Offset next;
    std::vector<std::string> patterns;
    std::function<void(const bus::Delivery&)> callback;
  };

  Result<bus::Acked> append(Waiting& waiting) {
    if (waiting.refusal) return *waiting.refusal;
    bus::Acked acked;
    if (waiting.stored.dedupe) {
      const auto known = log_.dedupe.find(*waiting.stored.dedupe);
      if (known != log_.dedupe.end()) {
        acked.offset = known->second;
        acked.duplicate = true;
        return acked;
      }
    }
    log_.now = waiting.time && *waiting.time > log_.now ? *waiting.time : log_.now.plus_us(1000);
    const Stored& stored = log_.append(waiting.stored);
    if (stored.dedupe) log_.dedupe.emplace(*stored.dedupe, stored.offset);
    acked.offset = stored.offset;
    acked.time = log_.now;
    if (log_.on_published) log_.on_published(Stored(stored));
    state_.head = log_.head();
    return acked;
  }
  [[nodiscard]] bool lagging() const {
    for (const auto& entry : subscriptions_) {
      if (entry.second.next <= log_.head()) return true;
    }
    return false;
  }
  void deliver_to(std::uint32_t id) {
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end() || found->second.next > log_.head()) return;
    std::vector<Event> events;
    for (std::uint64_t at = found->second.next.value; at <= log_.head().value; ++at) {
      const Stored& stored = log_.events[at - 1];
      for (const std::string& pattern : found->second.patterns) {
        if (matches(pattern, stored.subject)) {
          events.push_back(log_.view(stored));
          break;
        }
      }
    }
    found->second.next = log_.head().next();
    bus::Delivery delivery;
    delivery.events = &events;
    delivery.scanned = log_.head();
    delivery.hash.bytes[0] = static_cast<std::uint8_t>(log_.head().value);
    delivery.time = log_.now;
    delivery.batch_end = true;
    ++log_.deliveries;
    const auto callback = found->second.callback;
    callback(delivery);
  }
  void tell(const std::optional<Error>& fenced) {
    for (const auto& callback : changed_) callback(state_, fenced);
  }

  FakeLog& log_;
  bus::BusState state_;
  bool fenced_ = false;
  std::deque<Waiting> waiting_;
  std::map<std::uint32_t, Subscription> subscriptions_;
  std::uint32_t last_id_ = 0;
  std::vector<std::function<void(const bus::BusState&, const std::optional<Error>&)>> changed_;
  std::mutex mutex_;  // guards posted_
  std::condition_variable woken_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace lamplight::intake::test
