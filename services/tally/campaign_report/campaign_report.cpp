#include "tally/campaign_report/campaign_report.hpp"

#include <algorithm>

#include "tally/campaign_report/checks/checks.hpp"
#include "tally/campaign_report/comparison.hpp"
#include "tally/campaign_report/figures.hpp"
#include "tally/campaign_report/ranking.hpp"

namespace lamplight::tally {
namespace {

/// The day that figures speak of: the period's last, or the day of the last event while it runs.
Day report_day(const CampaignDefinition& definition, const Period& period,
               std::optional<TimeUs> now) {
  if (!now) return period.last;
  const std::int64_t civil =
      now->value + (definition.clock_minutes - definition.day_cut_hour * 60) * kUsPerMinute;
  const Day today{static_cast<std::int32_t>(floor_div(civil, kUsPerDay))};
  return std::clamp(today, period.first, period.last);
}

CampaignTable* table_over(std::vector<CampaignTable>& tables, const MeasureSpec& measure) {
  for (CampaignTable& table : tables) {
    if (table.measure == &measure && table.by == Dimensions{measure.rank}) return &table;
  }
  return nullptr;
}

}  // namespace

const CampaignFigure* CampaignReport::figure(std::string_view id) const {
  for (const CampaignFigure& known : figures) {
    if (known.spec->id == id) return &known;
  }
  return nullptr;
}

CampaignReport assemble_report(std::shared_ptr<const CampaignDefinition> definition,
                               const CodeLists& lists, AmountSource& amounts,
                               const std::vector<DeclaredFigure>& declared,
                               std::vector<CohortTable> cohorts, const ReportPlace& place,
                               std::optional<Period> period) {
  CampaignReport report;
  report.definition = std::move(definition);
  const CampaignDefinition& made_by = *report.definition;
  report.version = place.version;
  report.defined_at = place.defined_at;
  report.as_of = place.as_of;
  report.as_of_time = place.as_of_time;
  report.cut = place.cut;
  if (place.as_of == place.cut.offset) report.as_of_hash = place.cut.hash;
  report.periods = compared_periods(made_by, period, place.as_of_time);

  FigureMaker maker(made_by, amounts, declared, report.periods,
                    report_day(made_by, report.periods.current, place.as_of_time));
  for (const FigureSpec& spec : made_by.figures) report.figures.push_back(maker.figure(spec));
  for (const MeasureSpec& measure : made_by.measures) {
    report.measures.push_back(maker.measure(measure));
    for (const Dimensions& by : measure.by) report.tables.push_back(maker.table(measure, by));
  }
  for (const MeasureSpec& measure : made_by.measures) {
    if (measure.rank.empty()) continue;
    const CampaignTable* table = table_over(report.tables, measure);
    report.rankings.push_back(
        rank(made_by, table != nullptr ? *table : maker.table(measure, {measure.rank})));
  }
  report.cohorts = std::move(cohorts);
  report.checks = checks::run(report, lists, declared);
  return report;
}

std::string_view to_string(Origin origin) {
  return origin == Origin::kCounted ? "counted" : origin == Origin::kDeclared ? "declared" : "none";
}

std::string_view to_string(Verdict verdict) {
  return verdict == Verdict::kAgrees ? "agrees" : verdict == Verdict::kDiffers ? "differs" : "note";
}

std::string_view to_string(CheckedOn on) {
  return on == CheckedOn::kCounted ? "counted" : "published";
}

}  // namespace lamplight::tally
