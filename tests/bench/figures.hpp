#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What the benchmark knows: named figures, each measured beside the machine's own limits in the same run.
namespace lamplight::bench {

struct Figure {
  std::string name;  ///< "bus.publish.w4096"
  double value = 0;
  std::string unit;             ///< "messages/s", "us"
  std::optional<double> ratio;  ///< value over the figure named in ratio_to
  std::string ratio_to;         ///< "machine.zmq_push", "machine.fdatasync + machine.zmq_rtt"
  std::string settings;         ///< what a reader needs to repeat it
};

/// Where a run keeps its files and finds the program; `print` is called as soon as a figure is known.
struct Run {
  std::string folder;     ///< on the disk to be measured
  std::string lamplight;  ///< the executable
  std::string source;     ///< the repository's root
  std::function<void(const Figure&)> print;
  std::function<bool(const std::string& name)>
      wanted;  ///< whether the caller asked for this figure
};

inline constexpr std::size_t kPayloadBytes = 256;

/// The machine's limits, measured once a run on first use.
struct Machine {
  double fdatasync_us =
      0;  ///< p50 of a 512-byte overwrite of a written-beforehand file + fdatasync
  double zmq_push_per_s = 0;  ///< PUSH/PULL over ipc, 256-byte messages, one thread each
  double zmq_rtt_us = 0;      ///< p50 of a DEALER/ROUTER round trip over ipc
};
[[nodiscard]] const Machine& machine(const Run& run);
/// Single samples in microseconds, for figures that are compared sample beside sample: the disk's mood changes in seconds.
[[nodiscard]] std::vector<double> fdatasync_samples(const std::string& folder, int count);
[[nodiscard]] std::vector<double> rtt_samples(const std::string& folder, int count);

void run_machine(const Run& run);
void run_bus(const Run& run);
void run_tally(const Run& run);
void run_tally_measures(const Run& run);
void run_import(const Run& run);
void run_start(const Run& run);
void run_peers(const Run& run);
void run_http(const Run& run);
void run_inner_decide(const Run& run);
void run_inner_state(const Run& run);
void run_inner_takeover(const Run& run);
void run_console_command(const Run& run);

/// Sorts; nearest rank.
[[nodiscard]] double percentile(std::vector<double>& values, double p);
[[nodiscard]] double seconds_now();

}  // namespace lamplight::bench
