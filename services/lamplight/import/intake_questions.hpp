#pragma once

#include <string>

#include "import/import_run.hpp"

namespace lamplight::importer {

/// Asks the intake at `url` over HTTP; each question waits a few seconds for an intake that is starting.
[[nodiscard]] IntakeQuestions ask_intake(const std::string& url,
                                         const RecordInfo& record = record_infos().front());

}  // namespace lamplight::importer
