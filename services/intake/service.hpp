#pragma once

#include <memory>

#include "runtime/config.hpp"
#include "runtime/service.hpp"

/// Intake: all HTTP that partners see. README.md says what it promises.
namespace lamplight::intake {

/// The keys of [http] and [intake].
void declare_config(runtime::ConfigSchema& schema);
[[nodiscard]] std::unique_ptr<runtime::Service> make_intake(const runtime::Root& root);

}  // namespace lamplight::intake
