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

/// Folds the log in `folder` up to an offset or a bus time, or to its last whole batch: beside a running bus or after it.
/// make_report without an AsOf then tells of that moment.
/// Errors: kNotFound no log there; kInvalid `as_of` lies beyond its end, or names both; kDamaged (file and byte named); kIo.
[[nodiscard]] Result<FoldedLog> fold_log(const Env& env, const std::string& folder,
                                         const AsOf& as_of = {});

}  // namespace lamplight::tally
