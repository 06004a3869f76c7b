#pragma once

#include <string>

#include "console/cases.hpp"
#include "console/requests.hpp"

/// Cases and what happened to them, in JSON: openapi.yaml describes it. What is not set is left out.
namespace lamplight::console {

/// A case as a worklist tells it; `now`: bus time, against which it is late.
[[nodiscard]] std::string to_json(const CaseView& view, TimeUs now);
/// The case whole, as `view` shows it: with its parties, its places and what it is linked with, of all events up to `view`'s.
[[nodiscard]] std::string to_json(const Case& one, const CaseView& view, TimeUs now);
/// One event of a case.
[[nodiscard]] std::string to_json(const HistoryEntry& entry);
/// What became of a request.
[[nodiscard]] std::string to_json(const Request& request);

/// Deadline and bus time say it: late, and still open.
[[nodiscard]] bool is_late(const CaseView& view, TimeUs now);

}  // namespace lamplight::console
