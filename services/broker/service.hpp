#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

/// The broker's process: the log in the data folder, served at the configured endpoints.
namespace lamplight::broker {

/// The keys [bus] listen, insecure_tcp and [log] segment_mib, reserve_mib, failed_linger_ms, seeded, seeders.
void declare_config(runtime::ConfigSchema& schema);

/// Where the broker listens: bus.listen or, where that is empty, the place that clients are told (bus.endpoint); an
/// inproc:// endpoint of the root (`lamplight up`); and `extra_endpoints`.
/// Errors (from start): kInvalid an endpoint or a reserve of less than two segments; kForbidden TCP without bus.insecure_tcp, or
/// beyond loopback while the data folder holds no key; those of log::open and bus::make_broker.
[[nodiscard]] std::unique_ptr<runtime::Service> make_broker(
    const runtime::Root& root, std::vector<std::string> extra_endpoints = {});

}  // namespace lamplight::broker
