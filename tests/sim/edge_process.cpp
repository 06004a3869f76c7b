#include "edge_process.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace lamplight::simtest {

EdgeProcess::EdgeProcess(std::string name, const Surroundings& around, sim::Platter& platter,
                         sim::SimClock& clock, sim::SeededRandom random, Options options)
    : Process(std::move(name), around, platter, clock, random), options_(options) {
  for (std::uint64_t n = 1; n <= options_.events; ++n)
    todo_.push_back({n, chance_.chance(options_.forbidden)});
}

Result<void> EdgeProcess::begin(const Env& env) {
  fenced_.reset();
  published_ = 0;
  ids_ = std::make_unique<UuidSource>(env.clock, env.random);
  bus::ClientOptions options;
  options.name = name_;
  options.role = bus::Role::kEdge;
  client_ = std::make_unique<SimClient>(around_.network, env, life_, around_.checker, options,
                                        [this] { wake(); });
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) fenced_ = *fenced;
  });
  return {};
}

void EdgeProcess::end() {
  client_.reset();
  // What was under way may be on the log or not: with a key it can be tried again.
  if (options_.dedupe) todo_.insert(todo_.begin(), sent_.begin(), sent_.end());
  sent_.clear();
  under_way_ = 0;
}

Result<std::int64_t> EdgeProcess::round() {
  client_->poll(0);
  if (fenced_) return *fenced_;
  if (!client_->state().connected) return client_->next_us();
  if (now_us() >= next_burst_us_ && !todo_.empty()) {
    for (std::uint64_t n = 1 + chance_.below(options_.burst); n > 0 && !todo_.empty(); --n) {
      const Item item = todo_.front();
      sent_.push_back(item);
      todo_.pop_front();
      if (!publish(item)) break;
    }
    if (chance_.chance(300'000)) client_->flush();
    next_burst_us_ = now_us() + chance_.skewed(options_.pause_us / 10, options_.pause_us * 4);
    wake();
  }
  const std::int64_t next = client_->next_us();
  return todo_.empty() ? next : std::min(next, next_burst_us_);
}

Result<bool> EdgeProcess::drain() {
  client_->poll(0);
  if (fenced_) return *fenced_;
  return under_way_ == 0;
}

bool EdgeProcess::publish(const Item& item) {
  const Id16 id = ids_->next();
  const auto bytes = chance_.skewed(static_cast<std::int64_t>(options_.least_bytes),
                                    static_cast<std::int64_t>(options_.most_bytes));
  const std::string payload(static_cast<std::size_t>(bytes), static_cast<char>(item.number));
  bus::NewEvent event;
  event.subject = item.forbidden         ? "control.sim.forbidden"
                  : item.number % 3 == 0 ? "sim.third"
                                         : "sim.other";
  event.id = id;
  if (options_.dedupe) event.dedupe = key_of(item);
  event.payload = as_bytes(payload);
  const auto taken = client_->publish(
      event, std::nullopt,
      [this, item, id](const Result<bus::Acked>& answer) { answered(item, id, answer); });
  if (!taken) {
    sent_.pop_back();
    todo_.push_front(item);
    return false;
  }
  around_.checker.published(id, name_, starts(), ++published_);
  ++under_way_;
  return true;
}

void EdgeProcess::answered(const Item& item, const Id16& id, const Result<bus::Acked>& answer) {
  if (dead()) return;
  if (!answer && answer.error().code() == Code::kFenced) return;  // unknown: as after a crash
  LAMPLIGHT_CHECK(!sent_.empty() && sent_.front().number == item.number,
                  "answers come in the order of publishing");
  sent_.pop_front();
  --under_way_;
  if (!answer) {
    around_.trace.line(now_us(), "{} is refused {}: {}", name_, item.number,
                       answer.error().message());
    around_.checker.refused(id);
    if (!item.forbidden) {
      around_.checker.violation(name_ + " was refused a good event: " + answer.error().message());
    }
    return;
  }
  ++acknowledged_;
  around_.trace.line(now_us(), "{} has {} acknowledged at {}{}", name_, item.number,
                     answer->offset.value, answer->duplicate ? " (was there)" : "");
  if (item.forbidden) around_.checker.violation(name_ + " had a forbidden event acknowledged");
  if (answer->duplicate) around_.checker.known_key(key_of(item), answer->offset);
  else around_.checker.acknowledged(id, answer->offset, answer->time);
}

Id16 EdgeProcess::key_of(const Item& item) const {
  const ChainHash hash = sha256(as_bytes(name_ + "/" + std::to_string(item.number)));
  return Id16::from(hash.span().first(16));
}

}  // namespace lamplight::simtest
