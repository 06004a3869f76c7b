#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/env.hpp"
#include "tally/report.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// A log folded without a bus.
struct FoldedLog {
  std::unique_ptr<TallyFold> fold;
  Cut cut;  ///< with the chain hash of the batch that holds it
};

/// Folds the log in `folder` up to `up_to`, or to its last whole batch: beside a running bus or after it.
/// Errors: kNotFound no log there; kInvalid `up_to` lies beyond its end; kDamaged (file and byte named); kIo.
[[nodiscard]] Result<FoldedLog> fold_log(Disk& disk, const std::string& folder,
                                         std::optional<Offset> up_to = std::nullopt);

}  // namespace lamplight::tally
