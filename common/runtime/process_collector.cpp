#include "process_collector.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace lamplight::runtime {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

void add(std::vector<MetricFamily>& out, const char* name, const char* help, MetricType type,
         double value) {
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.push_back(metric);
  out.push_back(std::move(family));
}

/// Fields 3 and later of /proc/self/stat, by their numbers in proc(5); the name before them may hold anything.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::vector<double> fields(3, 0.0);
  std::istringstream rest(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string state;
  rest >> state;
  fields.push_back(0.0);
  for (double value = 0; rest >> value;) fields.push_back(value);
  fields.resize(53, 0.0);
  return fields;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
  }
  return 0;
}

double open_files() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count - 3;  // ".", ".." and the folder itself
}

double most_files() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

constexpr std::size_t kUserTicks = 14;
constexpr std::size_t kSystemTicks = 15;
constexpr std::size_t kThreads = 20;
constexpr std::size_t kStartTicks = 22;
constexpr std::size_t kVirtualBytes = 23;
constexpr std::size_t kResidentPages = 24;

}  // namespace

std::vector<MetricFamily> ProcessCollector::Collect() const {
  const std::vector<double> stat = stat_fields();
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::vector<MetricFamily> out;
  add(out, "process_cpu_seconds_total", "CPU time spent, user and system, in seconds.",
      MetricType::Counter, (stat[kUserTicks] + stat[kSystemTicks]) / ticks);
  add(out, "process_resident_memory_bytes", "Resident memory in bytes.", MetricType::Gauge,
      stat[kResidentPages] * page);
  add(out, "process_virtual_memory_bytes", "Virtual memory in bytes.", MetricType::Gauge,
      stat[kVirtualBytes]);
  add(out, "process_open_fds", "Open file descriptors.", MetricType::Gauge, open_files());
  add(out, "process_max_fds", "Most file descriptors that may be open.", MetricType::Gauge,
      most_files());
  add(out, "process_threads", "Threads of the process.", MetricType::Gauge, stat[kThreads]);
  add(out, "process_start_time_seconds", "Start of the process, seconds since 1970 UTC.",
      MetricType::Gauge, boot_time() + stat[kStartTicks] / ticks);
  return out;
}

}  // namespace lamplight::runtime
