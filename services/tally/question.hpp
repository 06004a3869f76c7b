#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tally/campaign_report/desk.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {

enum class ReportFormat { kJson, kText };

/// What somebody asks for.
struct Question {
  ReportSpec spec;
  AsOf as_of;
  Offset
      at_least;  ///< answer only once everything up to here is folded: who has just published asks so
  std::optional<Period> period;
  ReportFormat format = ReportFormat::kJson;
  Language language = Language::kEnglish;
  std::optional<CampaignQuestion> campaign;  ///< instead of `spec`
};

/// "1234" an offset; "2022-08-25T20:00:00+08:00" a bus time. Errors: kInvalid with both forms.
[[nodiscard]] Result<AsOf> parse_as_of(std::string_view text);

/// From a query (as_of, at_least, for, format, lang) and a body (none: the default spec; else TOML or JSON by its content type).
/// Errors: kInvalid naming parameter or key; kUnsupported the content type; kTooLarge.
[[nodiscard]] Result<Question> parse_question(
    const std::vector<std::pair<std::string, std::string>>& query, std::string_view content_type,
    std::string_view body);

}  // namespace lamplight::tally
