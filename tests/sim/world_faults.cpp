// The world's faults: what strikes, how hard and for how long.
#include <algorithm>
#include <functional>

#include "log/batch.hpp"
#include "world.hpp"

namespace lamplight::simtest {

namespace {
constexpr std::size_t kSegmentHeaderBytes = 4096;
}

void World::plan_next_fault() {
  later(random_.skewed(plan_.fault_every_us / 4, plan_.fault_every_us * 4), [this] {
    strike();
    plan_next_fault();
  });
}

void World::strike() {
  std::vector<std::function<void()>> kinds;
  const auto add = [&kinds](bool wanted, int weight, std::function<void()> what) {
    for (int i = 0; wanted && i < weight; ++i) kinds.push_back(what);
  };
  add(plan_.crashes || plan_.power, 4, [this] { strike_process(); });
  add(plan_.links, 3, [this] { strike_link(); });
  add(plan_.messages, 3, [this] { strike_messages(); });
  add(plan_.disk_errors, 2, [this] { strike_disk(); });
  add(plan_.disk_full, 1, [this] { fill_disk(); });
  add(plan_.hand_overs, 2, [this] { hand_over(); });
  add(plan_.clock_steps, 1, [this] { step_clock(); });
  add(plan_.bit_flips, 2, [this] { flip_bit(); });
  if (!kinds.empty()) kinds[random_.below(kinds.size())]();
}

Process& World::any_process() {
  // The bus is the one that matters most.
  if (random_.chance(400'000)) return *broker_;
  return *processes_[random_.below(processes_.size())];
}

void World::lose_power(sim::Platter& platter) {
  for (const auto& process : processes_) {
    if (on_bus_machine(*process) == (&platter == &bus_disk_)) process->crash("loses power");
  }
  platter.lose_power();
  if (&platter == &services_disk_) check_snapshots();
}

void World::strike_process() {
  Process& process = any_process();
  sim::Platter& platter = on_bus_machine(process) ? bus_disk_ : services_disk_;
  const bool power = plan_.power && (!plan_.crashes || random_.chance(500'000));
  const std::uint64_t how = random_.below(3);
  if (how == 0 && plan_.crashes && process.running()) {
    trace_.fault(scheduler_.now_us(), "clean_stop", "{}", process.name());
    return process.stop();
  }
  if (how == 1) {
    const auto calls = static_cast<std::uint64_t>(random_.skewed(0, 60));
    trace_.fault(scheduler_.now_us(), power ? "power_loss_in_disk_call" : "kill_in_disk_call",
                 "{} after {} calls", process.name(), calls);
    return process.crash_in_disk_call(calls, [this, power, &platter] {
      if (power) lose_power(platter);
    });
  }
  if (power) return lose_power(platter);
  trace_.fault(scheduler_.now_us(), "kill", "{}", process.name());
  process.crash("is killed");
}

// The follower takes over while the other is alive and knows nothing of it yet.
void World::hand_over() {
  trace_.fault(scheduler_.now_us(), "hand_over", "ledger");
  consumers_.front()->hand_over("ledger");
}

void World::strike_link() {
  const std::string link = processes_[1 + random_.below(processes_.size() - 1)]->name();
  if (random_.chance(300'000)) return network_.break_link(link);
  const auto way =
      random_.chance(500'000) ? sim::Network::Way::kToHub : sim::Network::Way::kToClient;
  network_.cut(link, way, random_.chance(500'000));
  later(random_.skewed(100'000, 20'000'000), [this, link] { network_.mend(link); });
}

void World::strike_messages() {
  sim::NetworkFaults& faults = network_.faults;
  const auto rate = static_cast<std::uint64_t>(random_.skewed(10'000, 300'000));
  switch (random_.below(3)) {
    case 0: faults.lose = rate; break;
    case 1: faults.repeat = rate; break;
    default: faults.reorder = rate;
  }
  faults.latency_to_us = random_.skewed(2'000, 300'000);
  trace_.line(scheduler_.now_us(), "messages: lose {} repeat {} reorder {} latency to {} us",
              faults.lose, faults.repeat, faults.reorder, faults.latency_to_us);
  later(random_.between(200'000, 3'000'000), [this] { network_.faults = {}; });
}

void World::strike_disk() {
  sim::Platter& platter = random_.chance(700'000) ? bus_disk_ : services_disk_;
  const auto rate = static_cast<std::uint64_t>(random_.skewed(30'000, 800'000));
  switch (random_.below(3)) {
    case 0: platter.faults.write_fails = rate; break;
    case 1: platter.faults.sync_fails = rate; break;
    default: platter.faults.read_fails = rate;
  }
  later(random_.between(100'000, 1'500'000), [&platter] { platter.faults = {}; });
}

void World::fill_disk() {
  sim::Platter& platter = random_.chance(700'000) ? bus_disk_ : services_disk_;
  platter.capacity = platter.used() + static_cast<std::uint64_t>(random_.skewed(0, 100'000));
  trace_.fault(scheduler_.now_us(), "disk_fills", "room for {} bytes",
               platter.capacity - platter.used());
  later(random_.skewed(100'000, 3'000'000), [&platter] { platter.capacity = 1ULL << 40; });
}

void World::step_clock() {
  sim::SimClock& clock = random_.chance(700'000) ? bus_clock_ : services_clock_;
  std::int64_t step = std::int64_t{1'000} << random_.below(24);  // a millisecond to two hours
  if (random_.chance(500'000)) step = -step;
  trace_.fault(scheduler_.now_us(), "clock_step", "by {} us", step);
  clock.step(step);
}

// In a cache (sidecar, snapshot) it must make no difference. In what is known to be synced nothing may be delivered from
// it; then the bit is put right, as from a backup.
void World::flip_bit() {
  const auto flip = choose_flip();
  if (!flip) return;
  const bool segment = flip->path.ends_with(".seg");
  sim::Platter& platter = flip->path.starts_with("bus/") ? bus_disk_ : services_disk_;
  trace_.fault(scheduler_.now_us(), segment ? "bit_flip_segment" : "bit_flip_cache",
               "{} byte {} bit {}", flip->path, flip->byte, flip->bit);
  platter.flip_bit(flip->path, flip->byte, flip->bit);
  if (!segment) {
    flipped_caches_.insert(flip->path);
    return;
  }
  flips_.push_back(*flip);
  checker_.segments_harmed = true;
  later(random_.skewed(200'000, 2'000'000), [this] { mend_flips(); });
}

void World::mend_flips() {
  for (const Flip& flip : flips_) bus_disk_.flip_bit(flip.path, flip.byte, flip.bit);
  flips_.clear();
  checker_.segments_harmed = false;
}

std::optional<World::Flip> World::choose_flip() {
  std::vector<std::string> segments;
  std::vector<std::string> caches;
  for (const std::string& path : bus_disk_.paths()) {
    if (path.ends_with(".seg")) segments.push_back(path);
    if (path.ends_with(".idx")) caches.push_back(path);
  }
  for (const std::string& path : services_disk_.paths()) {
    if (path.ends_with(".snap")) caches.push_back(path);
  }
  const bool in_segment = !segments.empty() && random_.chance(500'000);
  if (!in_segment) {
    if (caches.empty()) return std::nullopt;
    const std::string& path = caches[random_.below(caches.size())];
    const sim::Platter& platter = path.starts_with("bus/") ? bus_disk_ : services_disk_;
    const std::size_t size = platter.content(path)->size();
    if (size == 0) return std::nullopt;
    return Flip{path, random_.below(size), static_cast<unsigned>(random_.below(8))};
  }
  // Only sealed segments whose successor proves them synced: the tail of the last may be cut as torn by right.
  if (segments.size() < 2 || !flips_.empty()) return std::nullopt;
  const std::string& path = segments[random_.below(segments.size() - 1)];
  const Bytes bytes = as_bytes(*bus_disk_.content(path));
  std::size_t end = kSegmentHeaderBytes;
  while (end < bytes.size()) {
    const auto header = log::read_batch_header(bytes.subspan(end));
    if (!header) break;
    end += header->bytes;
  }
  return Flip{path, random_.below(end), static_cast<unsigned>(random_.below(8))};
}

}  // namespace lamplight::simtest
