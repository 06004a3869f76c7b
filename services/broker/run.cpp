// Composition root of the broker: from configuration to a service.

#include <algorithm>
#include <utility>

#include "broker_service.hpp"
#include "runtime/process.hpp"
#include "service.hpp"

namespace lamplight::broker {

namespace {

constexpr std::int64_t kMiB = 1 << 20;

std::vector<std::string> endpoints_of(const runtime::Root& root, std::vector<std::string> extra) {
  std::vector<std::string> all = root.config.list("bus.listen");
  if (all.empty()) all.push_back(runtime::bus_endpoint(root.config));
  if (root.bus_endpoint.starts_with("inproc://")) all.push_back(root.bus_endpoint);
  all.insert(all.end(), std::make_move_iterator(extra.begin()),
             std::make_move_iterator(extra.end()));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// As it has to be typed on this machine.
std::string confirm_clock_command(const runtime::Config& config) {
  const std::string& endpoint = config.text("bus.endpoint");
  return "lamplight clock confirm --data " + config.text("data.folder") +
         (endpoint.empty() ? "" : " --bus.endpoint=" + endpoint);
}

}  // namespace

void declare_config(runtime::ConfigSchema& schema) {
  schema.declare({.name = "bus.listen",
                  .fallback = std::vector<std::string>{},
                  .help = "Endpoints that the broker listens at; empty: the one that clients are "
                          "told, bus.endpoint"});
  schema.declare(
      {.name = "bus.insecure_tcp",
       .fallback = false,
       .help = "Allows tcp:// endpoints, which are neither encrypted nor authenticated yet"});
  schema.declare({.name = "log.segment_mib",
                  .fallback = std::int64_t{64},
                  .help = "Size of a segment of the log, written beforehand",
                  .minimum = 1,
                  .maximum = 4096});
  schema.declare({.name = "log.reserve_mib",
                  .fallback = std::int64_t{256},
                  .help = "Nothing more is accepted when less than this stays free on the disk; at "
                          "least twice log.segment_mib",
                  .minimum = 0,
                  .maximum = 1 << 20});
  schema.declare({.name = "log.failed_linger_ms",
                  .fallback = std::int64_t{15'000},
                  .help = "After a failed write or sync /metrics and /healthz tell it for so long "
                          "before the process ends: longer than your scrape interval",
                  .minimum = 0,
                  .maximum = 600'000});
  schema.declare({.name = "log.seeded",
                  .fallback = false,
                  .help = "A new log takes its time from the data until `lamplight log go-live`"});
  schema.declare({.name = "log.seeders",
                  .fallback = std::vector<std::string>{"intake"},
                  .help = "Names under which a seeded log may be given its time, with what they "
                          "publish"});
}

std::unique_ptr<runtime::Service> make_broker(const runtime::Root& root,
                                              std::vector<std::string> extra_endpoints) {
  Settings settings;
  settings.log.folder = root.config.text("data.folder") + "/log";
  settings.log.segment_bytes =
      static_cast<std::uint64_t>(root.config.integer("log.segment_mib") * kMiB);
  settings.log.reserve_bytes =
      static_cast<std::uint64_t>(root.config.integer("log.reserve_mib") * kMiB);
  settings.bus.reserve_bytes = settings.log.reserve_bytes;
  settings.failed_linger_ms = root.config.integer("log.failed_linger_ms");
  settings.log.create_seeded = root.config.flag("log.seeded");
  settings.bus.seed_names = root.config.list("log.seeders");
  settings.bus.endpoints = endpoints_of(root, std::move(extra_endpoints));
  settings.bus.confirm_clock_command = confirm_clock_command(root.config);
  settings.insecure_tcp = root.config.flag("bus.insecure_tcp");
  return std::make_unique<BrokerService>(root, std::move(settings));
}

}  // namespace lamplight::broker
