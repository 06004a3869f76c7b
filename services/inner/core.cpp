#include "inner/core.hpp"

#include <fmt/format.h>

#include <utility>

namespace lamplight::inner {

Core::Core(const Env& env, std::unique_ptr<bus::Client> client,
           std::unique_ptr<runtime::DeciderHost> host, Metrics& metrics, Options options,
           runtime::Told told)
    : env_(env),
      client_(std::move(client)),
      metrics_(metrics),
      options_(std::move(options)),
      told_(std::move(told)),
      host_(std::move(host)) {
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) told_.failed(fenced->with("inner's connection to the bus"));
  });
}

void Core::round(std::int64_t timeout_us) {
  client_->poll(timeout_us);
  host_->tick();
  show_figures();
  tell_readiness();
}

bool Core::drain(std::int64_t timeout_us) {
  if (host_->drain()) return true;
  client_->poll(timeout_us);
  return false;
}

/// The figures are made at a cut and shown once its frames are acknowledged: a scrape sees nothing that a replay could not
/// give. Whoever does not decide shows none: two instances must not add up, and what stands still must not look well.
void Core::show_figures() {
  if (!host_->live()) {
    if (shown_) metrics_.hide();
    shown_.reset();
    return;
  }
  const Offset cut = host_->cut();
  const std::int64_t now_us = env_.clock.monotonic_us();
  const std::int64_t pause_us =
      shown_ == cut ? options_.show_again_after_us : options_.show_every_us;
  if (showing_ || (shown_ && now_us - shown_at_us_ < pause_us)) return;
  auto families = std::make_shared<std::vector<prometheus::MetricFamily>>(figure_families(
      runtime::decider_as<InnerDecider>(*host_), client_->state().bus_time, options_.areas));
  shown_at_us_ = now_us;
  showing_ = true;
  host_->when_acknowledged([this, cut, families](const Result<Offset>& acknowledged) {
    showing_ = false;
    if (!acknowledged || !host_->live()) return;  // it never was so: made anew at the next turn
    metrics_.show(std::move(*families), host_->frame_offset());
    shown_ = cut;
  });
}

void Core::tell_readiness() {
  std::string why;
  if (!client_->state().connected) why = "no connection to the bus";
  else if (!host_->live()) {
    why = host_->why_not_live().empty()
              ? fmt::format("following {} of {}", host_->cut().value, client_->state().head.value)
              : host_->why_not_live();
  }
  if (told_why_ == why) return;
  told_.ready_changed(why);
  told_why_ = std::move(why);
}

}  // namespace lamplight::inner
