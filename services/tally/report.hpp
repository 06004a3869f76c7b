#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/code_lists.hpp"
#include "tally/population.hpp"
#include "tally/spec.hpp"
#include "tally/state.hpp"

/// The report: figures as a pure function of a log prefix and a spec. No clock, no I/O.
namespace lamplight::tally {

/// The moment to tell of: an offset, or a bus time (everything known then), or neither: the fold's cut.
struct AsOf {
  std::optional<Offset> offset = std::nullopt;
  std::optional<TimeUs> time = std::nullopt;
};

/// Where the fold stands. The hash is that of the batch that holds the cut.
struct Cut {
  Offset offset;
  TimeUs time;
  std::optional<ChainHash> hash;
};

using KeyTexts = std::vector<std::optional<std::string>>;  ///< nothing: blank

struct CountTable {
  std::string name;
  Dimensions by;
  Measure measure = Measure::kAlerts;
  struct RowOf {
    KeyTexts key;
    std::int64_t value = 0;
  };
  std::vector<RowOf> rows;
};

struct Pair {
  std::string name;  ///< "2021_vs_2020"
  Period current;
  Period previous;
  /// Set when the current period was still running: both are compared up to these, civil time to the minute.
  std::optional<std::string> current_until;
  std::optional<std::string> previous_until;
  bool baseline_incomplete = false;  ///< the data begin after the previous period does
};

/// 100*(current-previous)/previous, rounded half away from zero from the exact fraction; none when previous is 0.
struct PercentChange {
  std::int64_t current = 0;
  std::int64_t previous = 0;
  std::optional<std::int64_t> pct_int;
  std::optional<std::string> pct_1dp;
};
[[nodiscard]] PercentChange change(std::int64_t current, std::int64_t previous);

struct ComparisonTable {
  Dimensions by;
  struct RowOf {
    KeyTexts key;
    std::vector<PercentChange> changes;  ///< one a pair
  };
  std::vector<RowOf> rows;
};

struct Comparison {
  std::string name;
  Measure measure = Measure::kAlerts;
  std::vector<Pair> pairs;
  std::vector<ComparisonTable> tables;
};

/// Whole seconds; percentiles by nearest rank: the value at 1-based index ceil(p/100*n) of the ascending list.
struct Distribution {
  std::uint64_t n = 0;
  std::int64_t min_s = 0;
  std::int64_t sum_s = 0;
  std::vector<std::int64_t> percentiles_s;  ///< as the spec orders them; empty when n is 0
  std::vector<std::uint64_t> within;        ///< as the interval's within_s
  std::uint64_t missing = 0;                ///< left out: a stamp is not there
  std::uint64_t over = 0;      ///< left out: further from the origin, or longer, than allowed
  std::uint64_t negative = 0;  ///< left out: ends before it begins
};

struct IntervalReport {
  std::string name;
  const IntervalSpec* spec = nullptr;  ///< in the report's own spec
  struct Table {
    Dimensions by;
    struct Group {
      KeyTexts key;
      Distribution figures;
    };
    std::vector<Group> groups;
  };
  std::vector<Table> tables;
  std::map<std::string, std::vector<std::string>>
      listed;  ///< missing, over, negative: partner_refs, oldest first
};

struct DuplicateReport {
  std::string name;
  Dimensions key;
  Dimensions require;
  std::uint64_t groups = 0;
  std::uint64_t extra_rows = 0;  ///< members beyond the first of their group
  struct Group {
    KeyTexts key;
    std::vector<std::string> partner_refs;  ///< oldest first
  };
  std::vector<Group> listed;  ///< by their oldest member
};

struct LateStages {
  std::string name;
  std::uint64_t rows = 0;
  struct Entry {
    std::string partner_ref;
    std::vector<std::string> stages;  ///< as the spec names them
  };
  std::vector<Entry> listed;
};

/// Two ways to the same number. A difference is shown, never hidden.
struct CrossCheck {
  std::string check;
  std::int64_t expected = 0;
  std::int64_t actual = 0;
  [[nodiscard]] std::int64_t difference() const { return actual - expected; }
};

struct Report {
  std::shared_ptr<const ReportSpec> spec;
  // Header
  Offset as_of;
  std::optional<TimeUs> as_of_time;     ///< bus time of the last alert at or before as_of
  std::optional<ChainHash> as_of_hash;  ///< known when as_of is the cut
  Cut cut;
  std::optional<Period> period;
  // Figures
  Accounts accounts;
  std::uint64_t alerts = 0;  ///< that count, in the period
  std::int64_t amount_fen = 0;
  std::uint64_t with_amount = 0;
  std::optional<std::string> first;  ///< civil time of the earliest and the latest of them
  std::optional<std::string> last;
  std::vector<CountTable> counts;
  std::vector<Comparison> comparisons;
  std::vector<IntervalReport> intervals;
  std::vector<DuplicateReport> duplicates;
  std::vector<LateStages> late_stages;
  std::vector<std::pair<std::string, std::uint64_t>> blanks;
  std::vector<CrossCheck> cross_checks;
};

/// Errors: kInvalid as_of lies beyond the cut (offset named), or names offset and time both.
[[nodiscard]] Result<Report> make_report(const TallyView& view, const Cut& cut,
                                         const ReportSpec& spec, const AsOf& as_of,
                                         std::optional<Period> period = std::nullopt);

/// The JSON document of docs/report.md. Bytes depend on nothing but the report.
[[nodiscard]] std::string to_json(const Report& report);
/// The "figures" part alone: equal for equal log prefixes, wherever the fold stands.
[[nodiscard]] std::string figures_json(const Report& report);
/// Tables for a terminal. Codes get their labels where the lists know them.
[[nodiscard]] std::string to_text(const Report& report, const CodeLists& lists, Language language);

}  // namespace lamplight::tally
