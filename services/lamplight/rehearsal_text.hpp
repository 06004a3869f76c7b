#pragma once

#include <string>

#include "inner/rehearsal/rehearsal.hpp"

/// A rehearsal as people and machines read it.
namespace lamplight::cli {

/// Three lines: place, case and kinds; what was published; what would be.
[[nodiscard]] std::string to_text(const inner::StepDifference& difference);
[[nodiscard]] std::string to_text(const inner::RehearsalSummary& summary);

/// One JSON object, without a line's end.
[[nodiscard]] std::string to_json(const inner::StepDifference& difference);
[[nodiscard]] std::string to_json(const inner::RehearsalSummary& summary);

}  // namespace lamplight::cli
