#pragma once

#include <memory>

#include "console/rule_desks.hpp"
#include "runtime/config.hpp"
#include "runtime/service.hpp"

/// Console: HTTP for officers. README.md says what it promises.
namespace lamplight::console {

/// The keys of [console].
void declare_config(runtime::ConfigSchema& schema);
/// `read_desks`: the inner loop's reading of its rules, which only the program knows.
[[nodiscard]] std::unique_ptr<runtime::Service> make_console(const runtime::Root& root,
                                                             ReadDesks read_desks);

}  // namespace lamplight::console
