#pragma once

#include <map>
#include <string>

#include "tally/campaign_report/campaign_report.hpp"

namespace lamplight::tally {

/// Answers the report's questions of numbers, each side of a comparison by the same rules.
class FigureMaker {
 public:
  FigureMaker(const CampaignDefinition& definition, AmountSource& amounts,
              const std::vector<DeclaredFigure>& declared, const ComparedPeriods& periods,
              Day report_day);

  [[nodiscard]] CampaignFigure figure(const FigureSpec& spec);
  [[nodiscard]] MeasureSummary measure(const MeasureSpec& spec);
  [[nodiscard]] CampaignTable table(const MeasureSpec& spec, const Dimensions& by);

 private:
  [[nodiscard]] MeasureQuestion question(const MeasureSpec& measure, const Filter& where,
                                         std::optional<Day> until) const;
  /// What the period before comes to; none where its data are not on the log.
  [[nodiscard]] FigureNumber previous_of(const MeasureQuestion& asked);
  [[nodiscard]] FigureNumber current_of(const MeasureQuestion& asked, const Amount& whole);
  [[nodiscard]] const DeclaredFigure* declared(const std::string& figure,
                                               const std::string& role) const;
  /// The first day of which the measure has a report at all, whatever the period.
  [[nodiscard]] std::optional<Day> first_day(const MeasureSpec& measure);
  [[nodiscard]] bool lacks_baseline(const MeasureSpec& measure);
  [[nodiscard]] bool baseline_incomplete(const MeasureSpec& measure);
  void count(CampaignFigure& figure, const MeasureSpec& measure);

  const CampaignDefinition& definition_;
  AmountSource& amounts_;
  const std::vector<DeclaredFigure>& declared_;
  const ComparedPeriods& periods_;
  Day report_day_;
  std::map<std::string, std::optional<Day>> first_days_;
};

[[nodiscard]] FigureNumber counted(const Amount& amount);

}  // namespace lamplight::tally
