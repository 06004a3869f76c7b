// The simulation's command line: ./dev sim.
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "quiet.hpp"
#include "world.hpp"

namespace lamplight::simtest {
namespace {

struct Arguments {
  std::uint64_t from = 1;
  std::uint64_t seeds = 200;
  bool trace = false;
};

int usage() {
  fmt::print(
      stderr,
      "Usage: sim [--seeds N] [--from N]   run N seeds (default 200), exit 1 on a violation\n"
      "       sim --seed N [--trace]       run one seed, and tell its story\n");
  return 2;
}

std::uint64_t current_seed = 0;

// A broken invariant ends the process: say whose it was.
void on_abort(int) {
  const std::string line = "seed " + std::to_string(current_seed) +
                           ": an invariant broke; again with ./dev sim --trace --seed " +
                           std::to_string(current_seed) + "\n";
  (void)!write(STDERR_FILENO, line.data(), line.size());
  _exit(1);
}

void tell(const Outcome& outcome) {
  for (const std::string& violation : outcome.violations)
    fmt::print("seed {}: {}\n", outcome.seed, violation);
  if (!outcome.ok())
    fmt::print("seed {}: VIOLATION, trace {:016x}; again with ./dev sim --trace --seed {}\n",
               outcome.seed, outcome.trace_hash, outcome.seed);
}

int run_one(const Arguments& arguments) {
  current_seed = arguments.from;
  const Outcome outcome = World(arguments.from, arguments.trace ? stdout : nullptr).run();
  tell(outcome);
  fmt::print("seed {}: {} trace {:016x} simulated {:.1f} s, {} events, {} acks, {} deliveries\n",
             outcome.seed, outcome.ok() ? "ok" : "VIOLATION", outcome.trace_hash,
             static_cast<double>(outcome.simulated_us) / 1e6, outcome.events, outcome.acks,
             outcome.deliveries);
  return outcome.ok() ? 0 : 1;
}

int run_many(const Arguments& arguments) {
  const auto begun = std::chrono::steady_clock::now();
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t failed = 0;
  std::uint64_t healed = 0;
  std::uint64_t events = 0;
  std::uint64_t acks = 0;
  std::uint64_t deliveries = 0;
  std::int64_t simulated_us = 0;
  for (std::uint64_t n = 0; n < arguments.seeds; ++n) {
    current_seed = arguments.from + n;
    const Outcome outcome = World(current_seed, nullptr).run();
    tell(outcome);
    std::fflush(stdout);
    if (!outcome.ok()) ++failed;
    if (outcome.heals) ++healed;
    events += outcome.events;
    acks += outcome.acks;
    deliveries += outcome.deliveries;
    simulated_us += outcome.simulated_us;
    for (const auto& [kind, count] : outcome.faults) faults[kind] += count;
  }
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  fmt::print("{} seeds from {}: {} with violations; {} healed and finished, {} safety only\n",
             arguments.seeds, arguments.from, failed, healed, arguments.seeds - healed);
  fmt::print("{:.1f} s real, {:.1f} ms a seed; {:.0f} s simulated, {:.0f} s a real second\n", took,
             took * 1e3 / static_cast<double>(arguments.seeds),
             static_cast<double>(simulated_us) / 1e6,
             static_cast<double>(simulated_us) / 1e6 / took);
  fmt::print("{} events on logs, {} acknowledgements, {} deliveries checked\n", events, acks,
             deliveries);
  fmt::print("faults:");
  for (const auto& [kind, count] : faults) fmt::print(" {}={}", kind, count);
  fmt::print("\n");
  return failed == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
  Arguments arguments;
  bool one = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
      continue;
    }
    if (i + 1 == argc) return usage();
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(argv[++i], &end, 10);
    if (*end != '\0' || *argv[i] == '\0') return usage();
    if (name == "--seed") {
      one = true;
      arguments.from = value;
    } else if (name == "--from") {
      arguments.from = value;
    } else if (name == "--seeds") {
      arguments.seeds = value;
    } else {
      return usage();
    }
  }
  if (arguments.trace && !one) return usage();
  if (arguments.trace) logging::init("info");  // to stderr: the program's own words
  else be_quiet();
  std::signal(SIGABRT, on_abort);
  return one ? run_one(arguments) : run_many(arguments);
}

}  // namespace
}  // namespace lamplight::simtest

int main(int argc, char** argv) { return lamplight::simtest::run(argc, argv); }
