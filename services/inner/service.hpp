#pragma once

#include <memory>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

namespace lamplight::inner {

/// inner.window, inner.reference_folder.
void declare_config(runtime::ConfigSchema& schema);

/// Decides where each case goes: alerts and requests in, case events out. A second instance follows and takes over.
[[nodiscard]] std::unique_ptr<runtime::Service> make_inner(const runtime::Root& root);

}  // namespace lamplight::inner
