#pragma once

#include <string>

#include "base/env.hpp"
#include "program.hpp"

namespace lamplight::cli {

/// The folder that holds segments: a data folder's log/, or the one named itself; the configured data folder's when
/// `given` is empty. Errors: those of the configuration.
[[nodiscard]] Result<std::string> log_folder(const Program& program, Disk& disk,
                                             const std::string& given);

}  // namespace lamplight::cli
