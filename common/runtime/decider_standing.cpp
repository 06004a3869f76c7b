#include "decider_standing.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/logging.hpp"

namespace lamplight::runtime {

namespace {

std::string_view name_of(DeciderState state) {
  switch (state) {
    case DeciderState::kConnecting: return "connecting";
    case DeciderState::kFollower: return "follower";
    case DeciderState::kLive: return "live";
    case DeciderState::kHalted: return "halted";
    case DeciderState::kDraining: break;
  }
  return "draining";
}

}  // namespace

DeciderStanding::DeciderStanding(std::string service, ServiceMetrics& metrics)
    : service_(std::move(service)), metrics_(metrics) {}

void DeciderStanding::halt(Offset offset, const std::string& why) {
  halt_reason_ = fmt::format("halted at offset {}: {}", offset.value, why);
  logging::error("event=halted service={} offset={} why=\"{}\"", service_, offset.value, why);
  metrics_.set_halted(offset);
}

void DeciderStanding::follow_because(std::string why) {
  if (why == waits_for_) return;
  waits_for_ = std::move(why);
  logging::info("decider follows service={} why=\"{}\"", service_, waits_for_);
}

void DeciderStanding::show(DeciderState state) {
  if (shown_ == state) return;
  shown_ = state;
  metrics_.set_state(name_of(state));
}

}  // namespace lamplight::runtime
