#include "broker_process.hpp"

#include <algorithm>

namespace lamplight::simtest {

namespace {
constexpr int kReceiveRound = 256;  // as in bus/zmq_broker.cpp
constexpr std::int64_t kBlockedRetryUs = 5'000;
}  // namespace

class BrokerProcess::Observer final : public bus::BrokerObserver {
 public:
  explicit Observer(BrokerProcess& broker) : broker_(broker) {}
  void published(std::string_view, std::uint64_t, std::uint64_t) override {}
  void duplicate(std::uint64_t) override {}
  void refused(std::string_view) override {}
  void acked(std::int64_t) override {}
  void synced(std::uint64_t, std::uint64_t, std::int64_t) override {
    if (broker_.dead()) return;
    broker_.around_.trace.line(broker_.now_us(), "broker synced through {}",
                               broker_.log_->synced().value);
  }
  void delivered(std::string_view, std::uint64_t) override {}
  void consumer(std::string_view, std::uint64_t, std::uint64_t) override {}
  void consumer_gone(std::string_view) override {}
  void connections(std::uint64_t) override {}
  void heads(Offset, TimeUs bus_time, std::uint64_t, std::uint64_t, std::uint64_t) override {
    if (!broker_.dead()) broker_.around_.checker.bus_time(bus_time);
  }
  void failed(const Error& why) override {
    broker_.around_.trace.line(broker_.now_us(), "broker's log failed: {}", why.message());
  }

 private:
  BrokerProcess& broker_;
};

BrokerProcess::BrokerProcess(const Surroundings& around, sim::Platter& platter,
                             sim::SimClock& clock, sim::SeededRandom random, Options options)
    : Process("broker", around, platter, clock, random), options_(std::move(options)) {}

BrokerProcess::~BrokerProcess() { end(); }

Result<void> BrokerProcess::begin(const Env& env) {
  observer_ = std::make_unique<Observer>(*this);
  auto log = log::open(env, options_.log);
  if (!log) return refused(log.error());
  log_ = std::move(log).value();
  const log::Recovery& found = log_->recovery();
  around_.trace.line(now_us(), "log opened head={} segments={} clean_stop={} torn_bytes={}",
                     log_->head().value, found.segments, found.clean_stop, found.torn_bytes);
  around_.checker.bus_started();
  auto core = bus::BrokerCore::make(*log_, {}, *this, *observer_, now());
  if (!core) return refused(core.error());
  core_ = std::move(core).value();
  around_.network.listen([this] { wake(); });
  return {};
}

Error BrokerProcess::refused(const Error& why) {
  if (why.code() == Code::kDamaged && !dead()) around_.checker.bus_refused(why.message());
  return why;
}

void BrokerProcess::end() {
  around_.network.stop_listening();
  core_.reset();
  sync_.reset();
  outcome_.reset();
  log_.reset();
}

Result<std::int64_t> BrokerProcess::round() {
  take_back_sync();
  receive();
  if (core_->wants_sync()) run_sync(core_->begin_sync(now()));
  const auto pumped = core_->pump(now());
  core_->tick(now());
  if (core_->failure()) {
    core_->say_goodbye();
    return *core_->failure();
  }
  std::int64_t next = std::max(core_->next_tick_us(), now_us() + 1);
  if (pumped.blocked) next = std::min(next, now_us() + kBlockedRetryUs);
  if (pumped.more) next = now_us() + 1;
  return next;
}

Result<bool> BrokerProcess::drain() {
  take_back_sync();
  if (core_->wants_sync()) run_sync(core_->begin_sync(now()));
  (void)core_->pump(now());
  core_->tick(now());
  if (core_->failure()) return *core_->failure();
  if (!core_->drained()) return false;
  core_->say_goodbye();
  core_->tick(now());
  if (auto closed = log_->close(); !closed) return closed.error();
  return true;
}

void BrokerProcess::receive() {
  for (int i = 0; i < kReceiveRound && core_->accepting(); ++i) {
    auto arrived = around_.network.receive_at_hub();
    if (!arrived) return;
    std::vector<Bytes> parts{as_bytes(arrived->message.control)};
    if (arrived->message.has_body) parts.push_back(as_bytes(arrived->message.body));
    core_->on_message(arrived->peer, parts, now());
    if (i + 1 == kReceiveRound) wake();
  }
}

// On the sync thread: at some moment the writes and the sync happen, at a later one the broker hears of it.
void BrokerProcess::run_sync(std::unique_ptr<log::PendingSync> sync) {
  sync_ = std::move(sync);
  const std::int64_t works = chance_.skewed(options_.sync_from_us, options_.sync_to_us);
  const std::int64_t returns = chance_.skewed(options_.sync_from_us, options_.sync_to_us);
  around_.scheduler.after(works, [this, life = life_, returns] {
    if (life->over) return;
    auto outcome = sync_->run();
    if (life->over) return;
    around_.scheduler.after(returns, [this, life, outcome = std::move(outcome)] {
      if (life->over) return;
      outcome_ = outcome;
      wake();
    });
  });
}

void BrokerProcess::take_back_sync() {
  if (!outcome_) return;
  auto outcome = std::move(*outcome_);
  outcome_.reset();
  core_->on_synced(std::move(sync_), std::move(outcome), now());
}

bus::SendOutcome BrokerProcess::send(const bus::PeerId& peer, Bytes control, Bytes body,
                                     bool has_body) {
  if (dead()) return bus::SendOutcome::kSent;  // into the void
  switch (around_.network.send_to_client(
      peer, {std::string(as_text(control)), std::string(as_text(body)), has_body})) {
    case sim::Network::Sent::kYes: return bus::SendOutcome::kSent;
    case sim::Network::Sent::kFull: return bus::SendOutcome::kFull;
    case sim::Network::Sent::kGone: break;
  }
  return bus::SendOutcome::kGone;
}

}  // namespace lamplight::simtest
