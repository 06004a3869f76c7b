#pragma once

#include <memory>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

namespace lamplight::tally {

/// The keys of [tally].
void declare_config(runtime::ConfigSchema& schema);
[[nodiscard]] std::unique_ptr<runtime::Service> make_tally(const runtime::Root& root);

}  // namespace lamplight::tally
