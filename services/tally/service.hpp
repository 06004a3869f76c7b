#pragma once

#include <memory>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

namespace lamplight::tally {

/// http.address, tally.port, tally.campaign, tally.reference_folder, tally.drain_timeout_ms.
void declare_config(runtime::ConfigSchema& schema);

/// Folds the log's alerts, answers /v1/report, shows the figures as gauges.
[[nodiscard]] std::unique_ptr<runtime::Service> make_tally(const runtime::Root& root);

}  // namespace lamplight::tally
