#include "tally_process.hpp"

#include <algorithm>

#include "model/alert.hpp"
#include "tally/state.hpp"

namespace lamplight::simtest {

namespace {
constexpr std::int64_t kRoundUs = 100'000;  // as in services/tally/service.cpp
}

Result<void> TallyProcess::begin(const Env& env) {
  fenced_.reset();
  registry_ = std::make_unique<runtime::Registry>();
  metrics_ = std::make_unique<runtime::ServiceMetrics>(*registry_, "tally");
  bus::ClientOptions options;
  options.name = "tally";
  client_ = std::make_unique<SimClient>(around_.network, env, life_, around_.checker, options,
                                        [this] { wake(); });
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) fenced_ = *fenced;
  });
  runtime::FoldHostOptions host;
  host.service = "tally";
  host.subjects = {std::string(kAlertReceived)};
  host.snapshot_folder = kSnapshots;
  host.snapshot_every_events = options_.snapshot_every_events;
  host.snapshot_every_us = options_.snapshot_every_us;
  host_ = runtime::host_fold(
      env, *client_, [] { return std::make_unique<tally::TallyFold>(); }, host, *metrics_);
  return {};
}

void TallyProcess::end() {
  host_.reset();
  client_.reset();
  metrics_.reset();
  registry_.reset();
}

Result<std::int64_t> TallyProcess::round() {
  client_->poll(0);
  host_->tick();
  if (fenced_) return *fenced_;
  return std::min(client_->next_us(), now_us() + kRoundUs);
}

Result<bool> TallyProcess::drain() {
  if (auto saved = host_->snapshot(); !saved) return saved.error();
  return true;
}

std::optional<TallyProcess::State> TallyProcess::state() const {
  if (!running()) return std::nullopt;
  runtime::SnapshotWriter writer;
  host_->fold().save(writer);
  return State{host_->cut(), writer.take()};
}

}  // namespace lamplight::simtest
