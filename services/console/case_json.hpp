#pragma once

#include <string>

#include "console/cases.hpp"
#include "console/requests.hpp"

/// Cases and what happened to them, in JSON: openapi.yaml describes it. What is not set is left out.
namespace lamplight::console {

/// One case as it stands; `now`: bus time, against which it is late.
[[nodiscard]] std::string to_json(const CaseView& view, TimeUs now);
/// One event of a case.
[[nodiscard]] std::string to_json(const HistoryEntry& entry);
/// What became of a request.
[[nodiscard]] std::string to_json(const Request& request);

/// Deadline and bus time say it: late, and still open.
[[nodiscard]] bool is_late(const CaseView& view, TimeUs now);

}  // namespace lamplight::console
