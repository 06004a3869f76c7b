#pragma once

#include <memory>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

/// Console: HTTP for officers. README.md says what it promises.
namespace lamplight::console {

/// The keys of [console].
void declare_config(runtime::ConfigSchema& schema);
[[nodiscard]] std::unique_ptr<runtime::Service> make_console(const runtime::Root& root);

}  // namespace lamplight::console
