#pragma once

#include <string>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"

/// Where a figure comes from, and why it changed.
namespace lamplight::tally {

struct Explanation {
  std::string figure;
  std::optional<Period> period;  ///< whose events are listed; of a declared figure none
  bool of_change =
      false;           ///< the figure tells a change: listed and counted is the later side alone
  FigureNumber value;  ///< the count that the events add up to
  std::vector<Contribution> events;
};

struct FigureDiff {
  std::string figure;
  Words words;
  FigureNumber before, after;
  std::vector<ChangeOfAmount> events;
};

struct ReportDiff {
  std::string campaign;
  Offset earlier, later;
  std::int64_t version_before = 0, version_after = 0;
  std::vector<FigureDiff> figures;  ///< those that changed, in the definition's order
};

/// The question behind "measure[dimension=code,…]" or "measure". Errors: kNotFound no such measure; kInvalid its form, and
/// brackets or a dimension without a code.
[[nodiscard]] Result<MeasureQuestion> parse_target(const CampaignDefinition& definition,
                                                   const std::string& target);

[[nodiscard]] std::string to_json(const Explanation& explanation);
[[nodiscard]] std::string to_text(const Explanation& explanation, Language language);
[[nodiscard]] std::string to_json(const ReportDiff& diff);
[[nodiscard]] std::string to_text(const ReportDiff& diff, Language language);

}  // namespace lamplight::tally
