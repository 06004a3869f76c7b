#pragma once

#include <memory>
#include <string>

#include "base/env.hpp"

namespace lamplight::runtime {

/// Holds a decider's folder for this process alone until the returned object goes, however the process ends: another that
/// wrote there, too, would replace a snapshot half-way and take what this one evolves for a death of its own.
/// Makes the folder when it is missing; the lock is a file in it. Errors: kExists, another process holds it, with what to
/// do. Null where the disk gives no lock for another reason, said in the log: what stands there is a cache.
[[nodiscard]] Result<std::unique_ptr<File>> lock_folder(Disk& disk, const std::string& folder);

}  // namespace lamplight::runtime
