#pragma once

#include <string>

#include "base/env.hpp"
#include "runtime/config.hpp"

namespace lamplight::cli {

/// Where a running Lamplight answers; empty: not running here.
struct Endpoints {
  std::string
      bus;  ///< "ipc://./lamplight-data/run/bus.sock"; never in the file: the data folder says it
  std::string intake;        ///< "http://127.0.0.1:8080"
  std::string tally;         ///< "http://127.0.0.1:8082"
  std::string ops;           ///< "http://127.0.0.1:9400": /metrics, /healthz, /readyz
  std::string console = {};  ///< "http://127.0.0.1:8081"
};

/// Written to run/endpoints.json of the data folder by `up` and `run` (each adds its own), so that other commands find
/// the ports that the system picked. The file is no proof that somebody runs: connecting tells.
[[nodiscard]] Result<void> write_endpoints(Disk& disk, const std::string& data_folder,
                                           const Endpoints& mine);
void forget_endpoints(Disk& disk, const std::string& data_folder);

/// What the file says, and for what it leaves out the addresses of the configuration.
[[nodiscard]] Endpoints find_endpoints(Disk& disk, const runtime::Config& config);

}  // namespace lamplight::cli
