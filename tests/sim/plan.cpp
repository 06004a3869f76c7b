#include "plan.hpp"

namespace lamplight::simtest {

Plan Plan::of(sim::SeededRandom& random) {
  const auto mostly = [&random] { return random.chance(700'000); };
  Plan plan;
  plan.heals = random.chance(700'000);
  plan.faults_us = random.between(2'000'000, 8'000'000);
  plan.fault_every_us = random.between(60'000, 900'000);
  plan.edge_events = static_cast<std::uint64_t>(random.skewed(40, 500));
  plan.alerts = static_cast<std::uint64_t>(random.skewed(20, 300));
  plan.segment_bytes = (16U << 10) << random.below(3);
  plan.recent_bytes = random.chance(500'000) ? 2U << 10 : 1U << 20;
  plan.reserve_bytes = random.chance(500'000) ? 64U << 10 : 0;
  plan.queue_limit = random.chance(200'000) ? 16 : 4096;
  plan.consumer_keeps_place = random.chance(500'000);
  for (std::size_t& window : plan.ledger_windows) window = random.chance(500'000) ? 1 : 4096;
  plan.new_rules = random.chance(500'000) ? 200'000 : 0;
  plan.fast_sync_us = random.skewed(20, 10'000);
  plan.slow_sync_us = plan.fast_sync_us + random.skewed(500, 200'000);
  plan.messages = mostly();
  plan.links = mostly();
  plan.crashes = mostly();
  plan.power = mostly();
  plan.disk_errors = mostly();
  plan.disk_full = random.chance(400'000);
  plan.hand_overs = random.chance(500'000);
  plan.clock_steps = random.chance(400'000);
  plan.bit_flips = random.chance(300'000);
  if (random.chance(40'000)) {  // enough bytes for credit to run out, and not much to begin it anew
    plan.least_event_bytes = 40'000;
    plan.most_event_bytes = 100'000;
    plan.edge_events = 50;
    plan.segment_bytes = 512U << 10;
    plan.fault_every_us = 1'500'000;
    plan.crashes = plan.power = plan.links = plan.messages = random.chance(500'000);
  }
  return plan;
}

}  // namespace lamplight::simtest
