#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/code_lists.hpp"
#include "tally/campaign/definition.hpp"
#include "tally/campaign_report/amount_source.hpp"
#include "tally/campaign_report/annex.hpp"
#include "tally/campaign_report/declared.hpp"
#include "tally/cohort/cohort.hpp"
#include "tally/measure/measure.hpp"
#include "tally/report.hpp"

/// The report of a campaign: figures with where they come from, never a 0 that nobody stated. docs/report.md tells its JSON.
namespace lamplight::tally {

enum class Origin : std::uint8_t { kNone, kCounted, kDeclared };

/// A number, how sure it is, and where it comes from. Empty `n`: nobody stated it.
struct FigureNumber {
  std::optional<std::int64_t> n;
  Bound bound = Bound::kExact;
  Origin origin = Origin::kNone;
  bool operator==(const FigureNumber&) const = default;
};

/// A number against the one of the period before.
struct Compared {
  FigureNumber current;  ///< up to the same minute as `previous` while the period runs
  FigureNumber previous;
  std::optional<std::int64_t> pct_int;  ///< 100·(current−previous)/previous, half away from zero
  std::optional<std::string> pct_1dp;
  bool baseline_incomplete = false;  ///< the data begin after the period before does
  bool small_baseline = false;       ///< 0 < previous < small_number
};

struct CampaignFigure {
  const FigureSpec* spec = nullptr;  ///< in the report's own definition
  FigureNumber value;  ///< a number before `scale`, a percentage (show = change) or a rank
  FigureNumber published;
  std::optional<Compared> compared;
  Day as_of_day;
  bool as_of_stated = false;  ///< a day of its own, not the report's
  Amount amount;              ///< of a counted one
};

struct CampaignTable {
  const MeasureSpec* measure = nullptr;
  Dimensions by;
  struct RowOf {
    KeyTexts key;
    Amount amount;
    std::optional<Compared> compared;
  };
  std::vector<RowOf> rows;
};

struct Ranking {
  const MeasureSpec* measure = nullptr;
  struct RowOf {
    std::string code;
    std::int64_t place = 0;  ///< equal numbers share a place: 1, 2, 2, 4
    std::int64_t n = 0;
    std::optional<std::int64_t> population;
    std::optional<std::string> per_10000;  ///< two decimals
  };
  std::vector<RowOf> rows;
  std::vector<std::string> missing;  ///< units of the definition with no number
};

struct MeasureSummary {
  const MeasureSpec* measure = nullptr;
  Amount amount;
  std::optional<Compared> compared;
};

enum class Verdict : std::uint8_t { kAgrees, kDiffers, kNote };
enum class CheckedOn : std::uint8_t { kCounted, kPublished };

struct CheckResult {
  std::string name;
  Words words;
  std::string kind;
  CheckedOn on = CheckedOn::kCounted;
  std::optional<std::int64_t> expected, actual;
  Verdict verdict = Verdict::kNote;
  Words sentence;
  [[nodiscard]] std::optional<std::int64_t> difference() const {
    if (!expected || !actual) return std::nullopt;
    return *actual - *expected;
  }
};

/// The stretches that a report compares.
struct ComparedPeriods {
  Period current;
  Period previous;
  bool same_days_a_year_before = true;            ///< 29 February is left out of both
  std::optional<std::int64_t> current_before_us;  ///< civil µs: set while the period runs
  std::optional<std::int64_t> previous_before_us;
};

struct CampaignReport {
  std::shared_ptr<const CampaignDefinition> definition;
  // Header
  std::int64_t version = 0;
  Offset defined_at;
  Offset as_of;
  std::optional<TimeUs> as_of_time;  ///< bus time of the last report or alert at or before as_of
  std::optional<ChainHash> as_of_hash;
  Cut cut;
  ComparedPeriods periods;
  // Figures
  std::vector<CampaignFigure> figures;  ///< in the definition's order
  std::vector<MeasureSummary> measures;
  std::vector<CampaignTable> tables;
  std::vector<Ranking> rankings;
  std::vector<CohortTable> cohorts;
  std::vector<CheckResult> checks;
  /// Beside the figures, for who reads the report: gauges, explain and diff are made without.
  std::optional<CampaignAnnex> annex;

  [[nodiscard]] const CampaignFigure* figure(std::string_view id) const;
};

/// What the header says of the place in the log.
struct ReportPlace {
  std::int64_t version = 0;
  Offset defined_at;
  Offset as_of;
  std::optional<TimeUs> as_of_time;
  Cut cut;
};

/// Puts a report together from amounts, declared figures and cohorts. Pure.
[[nodiscard]] CampaignReport assemble_report(std::shared_ptr<const CampaignDefinition> definition,
                                             const CodeLists& lists, AmountSource& amounts,
                                             const std::vector<DeclaredFigure>& declared,
                                             std::vector<CohortTable> cohorts,
                                             const ReportPlace& place,
                                             std::optional<Period> period);

/// Stable bytes: equal for equal reports.
[[nodiscard]] std::string to_json(const CampaignReport& report);
/// The "figures" part alone: equal for equal log prefixes and definitions, wherever the fold stands.
[[nodiscard]] std::string figures_json(const CampaignReport& report);
[[nodiscard]] std::string to_text(const CampaignReport& report, const CodeLists& lists,
                                  Language language);
/// RFC 4180 with CRLF; one row a figure, table row, ranking, cohort stage, check and part of the annex.
[[nodiscard]] std::string to_csv(const CampaignReport& report, const CodeLists& lists,
                                 Language language);
[[nodiscard]] std::string to_markdown(const CampaignReport& report, const CodeLists& lists,
                                      Language language);
/// One page with everything in it: no script, no external resource; printable.
[[nodiscard]] std::string to_html(const CampaignReport& report, const CodeLists& lists,
                                  Language language);

[[nodiscard]] std::string_view to_string(Origin origin);    ///< none, counted, declared
[[nodiscard]] std::string_view to_string(Verdict verdict);  ///< agrees, differs, note
[[nodiscard]] std::string_view to_string(CheckedOn on);     ///< counted, published

}  // namespace lamplight::tally
