#include "ledger_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bus/control.hpp"

namespace lamplight::simtest {

namespace {
constexpr std::int64_t kRoundUs = 50'000;
constexpr std::string_view kInputs[] = {"sim.third", "sim.other"};
}  // namespace

bool LedgerProcess::takes(std::string_view subject) {
  return subject == "control.ledger.time_reached" ||
         std::find(std::begin(kInputs), std::end(kInputs), subject) != std::end(kInputs);
}

Result<void> LedgerProcess::begin(const Env& env) {
  fenced_.reset();
  registry_ = std::make_unique<runtime::Registry>();
  metrics_ = std::make_unique<runtime::ServiceMetrics>(*registry_, "ledger");
  const auto connect = [this, env](std::string bus_name, bus::Role role) {
    bus::ClientOptions options;
    options.name = std::move(bus_name);
    options.role = role;
    return std::make_unique<SimClient>(
        around_.network, env, life_, around_.checker, options, [this] { wake(); }, name_);
  };
  client_ = connect("ledger", bus::Role::kDecider);
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) fenced_ = *fenced;
  });
  runtime::DeciderHostOptions host;
  host.service = "ledger";
  host.subjects.assign(std::begin(kInputs), std::end(kInputs));
  host.publishes = {"ledger.*"};
  host.snapshot_folder = "services/snapshots/" + name_;
  if (std::exchange(excused_, false)) (void)env.disk.remove(host.snapshot_folder + "/evolving");
  host.window = options_.window;
  host.snapshot_every_events = options_.snapshot_every_events;
  host.snapshot_every_us = options_.snapshot_every_us;
  const auto make_clock = [connect]() -> Result<std::unique_ptr<bus::Client>> {
    return std::unique_ptr<bus::Client>(connect(bus::clock_name("ledger"), bus::Role::kEdge));
  };
  const std::uint32_t rules = options_.rules();
  auto made = runtime::host_decider(
      env, *client_, make_clock, [rules] { return std::make_unique<test::Ledger>(rules); }, host,
      *metrics_);
  if (!made) return made.error();
  host_ = std::move(*made);
  return {};
}

void LedgerProcess::excuse() {
  excused_ = true;
  if (!running()) return;
  const runtime::DeciderState now = host_->state();
  if (now == runtime::DeciderState::kHalted || now == runtime::DeciderState::kConnecting)
    crash("is looked at");
}

void LedgerProcess::end() {
  host_.reset();
  client_.reset();
  metrics_.reset();
  registry_.reset();
}

Result<std::int64_t> LedgerProcess::round() {
  client_->poll(0);
  if (dead()) return now_us();
  host_->tick();
  if (fenced_) return *fenced_;
  if (now_us() >= next_read_us_) read();
  return std::min(client_->next_us(), now_us() + kRoundUs);
}

Result<bool> LedgerProcess::drain() {
  client_->poll(0);
  if (fenced_) return *fenced_;
  return host_->drain();
}

// What is shown has to be what the log says at that cut, for ever.
void LedgerProcess::read() {
  next_read_us_ = now_us() + chance_.skewed(options_.read_every_us / 8, options_.read_every_us * 8);
  const std::uint64_t shown = runtime::decider_as<test::Ledger>(*host_).digest();
  host_->when_acknowledged([this, shown, life = life_](const Result<Offset>& cut) {
    if (life->over || !cut) return;
    around_.checker.ledger_read(*cut, shown);
  });
}

std::string LedgerProcess::told() const {
  if (!running()) return name_ + " is down";
  return fmt::format("{}: state {} cut {} {}", name_, static_cast<int>(host_->state()),
                     host_->cut().value, host_->why_not_live());
}

bool LedgerProcess::overdue() const {
  if (!running()) return false;
  const auto due = host_->decider().next_due();
  return due && *due <= client_->state().bus_time;
}

std::optional<LedgerProcess::State> LedgerProcess::state() const {
  if (!running()) return std::nullopt;
  const auto told = std::make_shared<
      std::optional<Offset>>();  // outlives us in the host where it is not told at once
  host_->when_acknowledged([told](const Result<Offset>& cut) {
    if (cut) *told = *cut;
  });
  if (!*told) return std::nullopt;
  return State{**told, runtime::decider_as<test::Ledger>(*host_).digest()};
}

}  // namespace lamplight::simtest
