#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/env.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {

/// A fold made of a log on disk, without a bus, and where it stands.
struct FoldedLog {
  std::unique_ptr<TallyFold> fold;
  Cut cut;
};

/// Folds the log in `folder` up to `up_to` (its end without). Reads only, also beside a running bus.
/// Errors: kNotFound no log there; kDamaged (file and byte named); kInvalid `up_to` beyond the end.
[[nodiscard]] Result<FoldedLog> fold_log(Disk& disk, const std::string& folder,
                                         std::optional<Offset> up_to = std::nullopt);

}  // namespace lamplight::tally
