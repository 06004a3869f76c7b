#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include "base/logging.hpp"
#include "figures.hpp"

namespace lamplight::bench {

double percentile(std::vector<double>& values, double p) {
  std::sort(values.begin(), values.end());
  const auto rank =
      static_cast<std::size_t>(std::ceil(p / 100.0 * static_cast<double>(values.size())));
  return values.at(std::max<std::size_t>(rank, 1) - 1);
}

double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

namespace {

void print_json(const Figure& f) {
  const std::string ratio = f.ratio ? fmt::format("{:.4g}", *f.ratio) : "null";
  const std::string to = f.ratio_to.empty() ? "null" : '"' + f.ratio_to + '"';
  fmt::print(
      R"({{"name":"{}","value":{:.6g},"unit":"{}","ratio":{},"ratio_to":{},"settings":"{}"}})"
      "\n",
      f.name, f.value, f.unit, ratio, to, f.settings);
  std::fflush(stdout);
}

void print_row(const Figure& f) {
  const std::string ratio = f.ratio ? fmt::format("{:.3f} x {}", *f.ratio, f.ratio_to) : "";
  // Seconds and milliseconds of less than ten are told to the thousandth.
  const int digits = f.value < 10 ? 3 : 1;
  fmt::print("{:<22} {:>14.{}f} {:<12} {:<46} {}\n", f.name, f.value, digits, f.unit, ratio,
             f.settings);
  std::fflush(stdout);
}

int usage() {
  fmt::print(
      "bench [NAME] [--json]: measures the figures whose names begin with NAME (all without it).\n"
      "  names: machine.* bus.publish.w1|w64|w1024|w4096|w16384 bus.ack.w1.p50|p99 bus.replay "
      "tally.replay\n"
      "         tally.fold|asof|key_bytes tally.vs_sqlite|vs_postgres\n"
      "         import.dublin bus.vs_nats|vs_redis_always|vs_redis_everysec bus.cpu bus.e2e "
      "bus.fanout4\n"
      "         log.vs_rocksdb log.vs_lmdb start.10m start.10m.broker broker.rss bus.catchup\n"
      "         http.ndjson http.alerts.c64 http.p99.half\n"
      "         inner.decide inner.decide.w1 inner.replay inner.replay.folder inner.case_bytes "
      "inner.takeover\n"
      "         timers.tick console.command.p50\n"
      "  --json: one JSON line a figure\n");
  return 2;
}

}  // namespace
}  // namespace lamplight::bench

int main(int argc, char** argv) {
  using namespace lamplight::bench;
  std::string prefix;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--json") json = true;
    else if (arg.starts_with("-") || !prefix.empty()) return usage();
    else prefix = arg;
  }
  lamplight::logging::init("warning");
  const auto program = std::filesystem::canonical("/proc/self/exe");
  Run run;
  run.folder = (program.parent_path().parent_path() / "bench-data").string();
  run.lamplight = (program.parent_path() / "lamplight").string();
  run.source = LAMPLIGHT_SOURCE_DIR;
  run.print = json ? print_json : print_row;
  run.wanted = [&prefix](const std::string& name) { return name.starts_with(prefix); };
  std::filesystem::remove_all(run.folder);
  std::filesystem::create_directories(run.folder);
  run_machine(run);
  run_bus(run);
  run_tally(run);
  run_tally_measures(run);
  run_import(run);
  run_start(run);
  run_peers(run);
  run_http(run);
  run_inner_decide(run);
  run_inner_state(run);
  run_inner_takeover(run);
  run_console_command(run);
  std::filesystem::remove_all(run.folder);
  return 0;
}
