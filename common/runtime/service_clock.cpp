#include "service_clock.hpp"

#include <utility>

#include "base/logging.hpp"
#include "bus/control.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::runtime {

ServiceClock::ServiceClock(const Env& env, std::string service, MakeClock make)
    : service_(std::move(service)),
      subject_(bus::control_subject(service_, bus::ControlVerb::kTimeReached)),
      make_(std::move(make)),
      ids_(env.clock, env.random) {}

bool ServiceClock::connect() {
  auto made = make_();
  if (!made) {
    logging::warning("clock not connected service={} why=\"{}\"", service_, made.error().message());
    return false;
  }
  client_ = std::move(made).value();
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) fenced_ = true;
  });
  return true;
}

// A clock that is fenced is another instance's business: so is the epoch, as the next frame will hear.
void ServiceClock::poll() {
  if (client_) client_->poll(0);
  if (std::exchange(fenced_, false)) forget();
}

void ServiceClock::ask(TimeUs due, Offset cut) {
  if (asked_ && asked_at_ && cut >= *asked_at_) asked_ = false;
  if (asked_ || (!client_ && !connect())) return;
  MsgpackWriter payload;
  payload.array(1);
  payload.sint(due.value);
  bus::NewEvent event;
  event.subject = subject_;
  event.id = ids_.next();
  event.payload = payload.bytes();
  const auto queued =
      client_->publish(event, std::nullopt, [this](const Result<bus::Acked>& answer) {
        if (answer) asked_at_ = answer->offset;
        else asked_ = false;
      });
  if (!queued) return;  // not connected yet
  asked_ = true;
  asked_at_.reset();
  poll();
}

void ServiceClock::forget() {
  client_.reset();
  asked_ = false;
  asked_at_.reset();
}

}  // namespace lamplight::runtime
