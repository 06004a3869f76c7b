#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/inspect.hpp"
#include "model/event.hpp"
#include "snapshot_file.hpp"
#include "tally/offline.hpp"

namespace lamplight::simtest {

namespace {
constexpr std::int64_t kProgressUs = 120'000'000;  // healed, all must be done within this
constexpr std::int64_t kLookEveryUs = 100'000;
constexpr char kLogFolder[] = "bus/log";
}  // namespace

World::World(std::uint64_t seed, std::FILE* trace_to)
    : seed_(seed),
      random_(seed),
      plan_(Plan::of(random_)),
      trace_(trace_to),
      bus_disk_("bus-disk", scheduler_, random_.fork(), trace_),
      services_disk_("services-disk", scheduler_, random_.fork(), trace_),
      network_(scheduler_, random_.fork(), trace_) {
  network_.queue_limit = plan_.queue_limit;
  const Surroundings around{scheduler_, network_, trace_, checker_};
  const auto add = [this](auto process) {
    auto* raw = process.get();
    raw->restart_after = [this]() -> std::optional<std::int64_t> {
      if (over_) return std::nullopt;
      return healed_ ? 100'000 : random_.skewed(10'000, 2'000'000);
    };
    processes_.push_back(std::move(process));
    return raw;
  };
  BrokerProcess::Options broker;
  broker.log.folder = kLogFolder;
  broker.log.segment_bytes = plan_.segment_bytes;
  broker.log.recent_bytes = plan_.recent_bytes;
  broker.log.reserve_bytes = plan_.reserve_bytes;
  broker.log.in_line = true;
  broker.sync_from_us = plan_.fast_sync_us;
  broker.sync_to_us = plan_.slow_sync_us;
  broker_ =
      add(std::make_unique<BrokerProcess>(around, bus_disk_, bus_clock_, random_.fork(), broker));
  // The work lasts about as long as the faults.
  IntakeProcess::Options intake;
  intake.alerts = plan_.alerts;
  intake.pause_us = plan_.faults_us * 10 / static_cast<std::int64_t>(plan_.alerts);
  intake_ = add(std::make_unique<IntakeProcess>(around, services_disk_, services_clock_,
                                                random_.fork(), intake));
  tally_ = add(std::make_unique<TallyProcess>(around, services_disk_, services_clock_,
                                              random_.fork(), TallyProcess::Options{}));
  for (const bool dedupe : {true, false}) {
    EdgeProcess::Options edge;
    edge.events = plan_.edge_events;
    edge.pause_us = plan_.faults_us * 12 / static_cast<std::int64_t>(plan_.edge_events);
    edge.dedupe = dedupe;
    edge.least_bytes = plan_.least_event_bytes;
    edge.most_bytes = plan_.most_event_bytes;
    edges_.push_back(
        add(std::make_unique<EdgeProcess>(dedupe ? "edge-keys" : "edge-plain", around,
                                          services_disk_, services_clock_, random_.fork(), edge)));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    LedgerProcess::Options ledger;
    ledger.window = plan_.ledger_windows[i];
    ledger.rules = [this] {
      if (random_.chance(plan_.new_rules)) ++rules_;
      return rules_;
    };
    ledgers_.push_back(add(std::make_unique<LedgerProcess>(i == 0 ? "ledger-a" : "ledger-b", around,
                                                           services_disk_, services_clock_,
                                                           random_.fork(), ledger)));
  }
  ConsumerProcess::Options all;
  all.keeps_place = plan_.consumer_keeps_place;
  consumers_.push_back(add(std::make_unique<ConsumerProcess>(
      "reader-all", around, services_disk_, services_clock_, random_.fork(), all)));
  ConsumerProcess::Options some;
  some.subjects = {"sim.third"};
  some.keeps_place = !plan_.consumer_keeps_place;
  consumers_.push_back(add(std::make_unique<ConsumerProcess>(
      "reader-some", around, services_disk_, services_clock_, random_.fork(), some)));
}

Outcome World::run() {
  trace_.line(scheduler_.now_us(), "seed {} {}", seed_,
              plan_.heals ? "faults end and all must be done" : "faults to the end");
  start_all();
  plan_next_fault();
  run_until(scheduler_.now_us() + plan_.faults_us);
  if (plan_.heals) {
    heal();
    await_progress();
  }
  finish();
  Outcome outcome;
  outcome.seed = seed_;
  outcome.heals = plan_.heals;
  outcome.violations = checker_.violations();
  outcome.simulated_us = scheduler_.now_us();
  outcome.acks = checker_.acks();
  outcome.deliveries = checker_.deliveries();
  outcome.events = checker_.events();
  for (const std::string& violation : outcome.violations)
    trace_.line(scheduler_.now_us(), "VIOLATION {}", violation);
  trace_.line(scheduler_.now_us(), "end acks={} deliveries={} events={}", outcome.acks,
              outcome.deliveries, outcome.events);
  outcome.trace_hash = trace_.hash();
  outcome.faults = trace_.faults();
  return outcome;
}

void World::start_all() {
  for (const auto& process : processes_) {
    const std::int64_t when = random_.skewed(1, 100'000);
    scheduler_.after(when, [&process] { process->start(); });
  }
}

void World::run_until(std::int64_t until_us) {
  while (scheduler_.step(until_us) && checker_.violations().empty()) {
  }
}

// --- progress --------------------------------------------------------------------------------------

void World::heal() {
  healed_ = true;
  trace_.line(scheduler_.now_us(), "everything heals");
  network_.faults.lose = network_.faults.repeat = network_.faults.reorder = 0;
  network_.heal();
  for (sim::Platter* disk : {&bus_disk_, &services_disk_}) {
    disk->faults = {};
    disk->capacity = 1ULL << 40;
  }
  mend_flips();
  for (LedgerProcess* ledger : ledgers_) ledger->excuse();
}

void World::await_progress() {
  const std::int64_t until = scheduler_.now_us() + kProgressUs;
  while (scheduler_.now_us() < until && checker_.violations().empty()) {
    run_until(scheduler_.now_us() + kLookEveryUs);
    if (unfinished().empty()) return;
  }
  if (checker_.violations().empty())
    checker_.violation("no progress after healing: " + unfinished());
}

std::string World::unfinished() const {
  const log::Log* log = broker_->log();
  if (log == nullptr) return "the bus is down";
  if (log->synced() != log->head()) return "the log is not synced to its head";
  for (const EdgeProcess* edge : edges_) {
    if (!edge->done()) return edge->name() + " has not published everything";
  }
  if (!intake_->done()) return "intake has not answered every alert";
  for (const ConsumerProcess* consumer : consumers_) {
    if (consumer->scanned() != log->head())
      return fmt::format("{} has scanned {} of {}", consumer->name(), consumer->scanned().value,
                         log->head().value);
  }
  if (!tally_->live() || tally_->cut() != log->head())
    return fmt::format("tally has folded {} of {}", tally_->cut().value, log->head().value);
  return unfinished_ledger();
}

// A decider that is done: it has decided all there is, time's inputs too, and nobody else decides.
std::string World::unfinished_ledger() const {
  const auto live = std::count_if(ledgers_.begin(), ledgers_.end(),
                                  [](const LedgerProcess* one) { return one->live(); });
  if (live != 1) {
    return fmt::format("{} instances of the ledger decide; {}; {}", live, ledgers_[0]->told(),
                       ledgers_[1]->told());
  }
  for (const LedgerProcess* one : ledgers_) {
    if (one->live() && one->cut() != broker_->log()->head())
      return fmt::format("{} has decided up to {}", one->name(), one->cut().value);
    if (one->overdue()) {
      return fmt::format("a deadline of {} is past and has not fired; {}; {}", one->name(),
                         ledgers_[0]->told(), ledgers_[1]->told());
    }
  }
  return {};
}

// --- the end ---------------------------------------------------------------------------------------

// The hardest end there is: both machines lose power. What was said must be true of what is left.
void World::finish() {
  over_ = true;
  healed_ = true;
  const auto tally = tally_->state();
  std::vector<LedgerProcess::State> ledgers;
  for (const LedgerProcess* one : ledgers_) {
    if (const auto state = one->state()) ledgers.push_back(*state);
  }
  lose_power(services_disk_);
  lose_power(bus_disk_);
  mend_flips();
  bus_disk_.faults = {};
  bus_disk_.capacity = 1ULL << 40;
  if (!checker_.violations().empty()) return;  // found on the way: the log may be anything

  const auto life = std::make_shared<sim::Life>();
  sim::ProcessDisk disk(bus_disk_, life);
  log::Options options = broker_->options().log;
  sim::SeededRandom random = random_.fork();
  if (auto log = log::open({bus_clock_, disk, random}, options); !log) {
    return checker_.violation("the log does not open after the end: " + log.error().message());
  }
  for (const auto& [cut, digest] : ledgers) checker_.ledger_read(cut, digest);
  checker_.check_log(disk, kLogFolder);
  checker_.check_ledger(disk, kLogFolder, LedgerProcess::takes);
  if (tally && tally->cut.value > 0) {
    const auto fresh = tally::fold_log(disk, kLogFolder, tally->cut);
    if (!fresh) {
      checker_.violation("the log does not fold: " + fresh.error().message());
    } else {
      runtime::SnapshotWriter writer;
      fresh->fold->save(writer);
      if (writer.take() != tally->bytes)
        checker_.violation(
            fmt::format("the tally at {} is not that of a fresh fold", tally->cut.value));
    }
  }
  check_consumers();
}

void World::check_consumers() {
  const auto life = std::make_shared<sim::Life>();
  sim::ProcessDisk disk(bus_disk_, life);
  for (const ConsumerProcess* consumer : consumers_) {
    const auto reader = log::read_folder(disk, kLogFolder, Offset{1});
    if (!reader) return;
    std::set<Offset> wanted;
    for (auto batch = (*reader)->next(); batch && *batch; batch = (*reader)->next()) {
      log::for_each_event(**batch, [&](const Event& event) {
        if (event.offset > consumer->scanned()) return;
        for (const std::string& pattern : consumer->subjects()) {
          if (matches(pattern, event.subject)) wanted.insert(event.offset);
        }
      });
    }
    if (wanted == consumer->offsets()) continue;
    std::vector<Offset> missing;
    std::set_difference(wanted.begin(), wanted.end(), consumer->offsets().begin(),
                        consumer->offsets().end(), std::back_inserter(missing));
    checker_.violation(fmt::format("{} scanned up to {} and has {} events of {}; first missing: {}",
                                   consumer->name(), consumer->scanned().value,
                                   consumer->offsets().size(), wanted.size(),
                                   missing.empty() ? 0 : missing.front().value));
  }
}

// A file under a snapshot's final name is whole, whenever the power goes.
void World::check_snapshots() {
  for (const std::string& path : services_disk_.paths()) {
    if (!path.ends_with(".snap") || flipped_caches_.contains(path)) continue;
    if (const auto why = why_not_whole(*services_disk_.content(path)); !why.empty())
      checker_.violation(fmt::format("{} is not whole after a power loss: {}", path, why));
  }
}

void World::later(std::int64_t delay_us, std::function<void()> work) {
  scheduler_.after(delay_us, [this, work = std::move(work)] {
    if (!healed_ && !over_) work();
  });
}

}  // namespace lamplight::simtest
