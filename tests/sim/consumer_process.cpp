#include "consumer_process.hpp"

namespace lamplight::simtest {

Result<void> ConsumerProcess::begin(const Env& env) {
  fenced_.reset();
  if (!options_.keeps_place) {
    scanned_ = {};
    offsets_.clear();
  }
  bus::ClientOptions options;
  options.name = name_;
  client_ = std::make_unique<SimClient>(around_.network, env, life_, around_.checker, options,
                                        [this] { wake(); });
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) fenced_ = *fenced;
  });
  bus::SubscribeOptions wanted;
  wanted.from = scanned_.next();
  wanted.subjects = options_.subjects;
  wanted.credit_bytes = options_.credit_bytes;
  client_->subscribe(std::move(wanted),
                     [this](const bus::Delivery& delivery) { on_delivery(delivery); });
  return {};
}

void ConsumerProcess::on_delivery(const bus::Delivery& delivery) {
  if (dead()) return;
  for (const Event& event : *delivery.events) {
    around_.checker.delivered(name_, event, scanned_);
    offsets_.insert(event.offset);
    if (event.offset > delivery.scanned)
      around_.checker.violation(name_ + " was delivered more than was said to be scanned");
  }
  if (delivery.scanned < scanned_)
    around_.checker.violation(name_ + " was told that less is scanned than before");
  scanned_ = delivery.scanned;
  around_.trace.line(now_us(), "{} has {} events, scanned {}", name_, delivery.events->size(),
                     scanned_.value);
}

Result<std::int64_t> ConsumerProcess::round() {
  client_->poll(0);
  if (fenced_) return *fenced_;
  return client_->next_us();
}

}  // namespace lamplight::simtest
