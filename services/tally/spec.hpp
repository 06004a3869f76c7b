#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/civil.hpp"

/// What a report shall hold: docs/report.md tells it to people, key by key.
namespace lamplight::tally {

/// Names of dimensions: class, category, area, partner, operation, day, month, year, month_of_year, weekday, hour, second,
/// reported_at, occurred_at, stage:<stage>, place:<scheme>, window:<name>, or the name of a derived one.
using Dimensions = std::vector<std::string>;
inline constexpr std::size_t kMaxDimensions = 10;  ///< of one key

/// A stretch of the world's days, both inclusive.
struct Period {
  Day first;
  Day last;
  bool operator==(const Period&) const = default;
  [[nodiscard]] std::int32_t days() const { return last.value - first.value + 1; }
};

/// "2022", "2022-06", "2022-06-25" or "2022-06-25..2022-08-25". Errors: kInvalid with the forms that would do.
[[nodiscard]] Result<Period> parse_period(std::string_view text);
/// "2022-06-25..2022-08-25", a single day alone.
[[nodiscard]] std::string to_string(const Period& period);
/// The same day of the year before; 29 February has none and becomes the nearest day inside a period: `as_first` the one
/// after, else the one before.
[[nodiscard]] Day year_before(Day day, bool as_first);

/// 29 February, which years that are compared do not share.
[[nodiscard]] bool is_leap_day(Day day);

enum class DayOf { kReportedAt, kOccurredAt /* reported_at where it is unknown */ };
enum class Measure { kAlerts, kAmountFen };

/// A text dimension made from another: cut before, cut after, strip; in this order.
struct Derive {
  std::string name;
  std::string from;   ///< class, category, area, partner or place:<scheme>
  std::string after;  ///< what follows the first such text; all of it where there is none
  std::string strip_prefix;
  std::string strip_suffix;
};

/// The same stretch of every year, both days inclusive: 06-25 .. 08-25.
struct Window {
  std::string name;
  std::uint32_t first_month = 1, first_day = 1;
  std::uint32_t last_month = 12, last_day = 31;
  [[nodiscard]] bool holds(const CivilDate& date) const;
};

struct CountSpec {
  std::string name;
  Dimensions by;
  Measure measure = Measure::kAlerts;
  std::uint32_t top = 0;  ///< only so many rows, greatest first; 0: all, by key
};

struct PairSpec {
  std::string name;  ///< made from the periods when empty
  Period current;
  Period previous;
};

enum class ComparisonKind {
  kYearOverYear,    ///< each year with the one before it, 29 February left out
  kMonthOverMonth,  ///< each month with the one before it
  kAdjacent,        ///< the last `days` days with the `days` before them
  kPreviousYear,  ///< the report's period (or the year so far) with the same days a year before, 29 February left out
  kPairs,  ///< as written
};

struct ComparisonSpec {
  std::string name;
  ComparisonKind kind = ComparisonKind::kYearOverYear;
  Measure measure = Measure::kAlerts;
  std::vector<Dimensions> by;       ///< one table each; an empty one is the total
  std::string window;               ///< year over year: only these days of each year
  std::vector<std::int32_t> years;  ///< year over year: empty for those of the data
  std::optional<Period>
      months;  ///< month over month: first and last month; none for the whole ones of the data
  std::int32_t days = 0;  ///< adjacent
  std::vector<PairSpec> pairs;
};

struct IntervalSpec {
  std::string name;
  std::string from;  ///< reported_at, occurred_at or stage:<stage>
  std::string to;
  bool civil = true;                   ///< differences of civil clocks; false: real time
  std::string origin = "reported_at";  ///< what max_from_origin_s counts from
  std::optional<std::int64_t> max_from_origin_s;
  std::optional<std::int64_t> max_length_s;
  std::vector<Dimensions> by;
  std::vector<std::int64_t> within_s;
  std::vector<std::string> list;  ///< of missing, over, negative: named by partner_ref
};

struct DuplicateSpec {
  std::string name;
  Dimensions key;
  Dimensions require;  ///< only alerts where these are not blank
  bool list = true;    ///< name the groups' members
};

struct LateStageSpec {
  std::string name;
  std::string origin = "reported_at";
  std::vector<std::string> stages;
  std::int64_t over_s = 0;
};

struct ReportSpec {
  std::string name = "report";
  DayOf day_of = DayOf::kReportedAt;
  std::optional<std::int16_t> clock_minutes;  ///< none: the civil clock that each stamp was told in
  std::int32_t day_cut_hour = 0;              ///< a day runs from this hour to the same of the next
  bool to_the_minute = true;  ///< a running period is compared up to the same minute
  std::vector<int> percentiles = {50, 75, 90, 95, 99, 100};
  std::uint32_t list_limit = 10'000;     ///< of each list of alerts
  std::vector<std::string> blank_codes;  ///< codes of senders that mean no value: "(blank)", "N/A"
  std::vector<Derive> derive;
  std::vector<Window> windows;
  std::vector<CountSpec> counts;
  std::vector<ComparisonSpec> comparisons;
  std::vector<IntervalSpec> intervals;
  std::vector<DuplicateSpec> duplicates;
  std::vector<LateStageSpec> late_stages;
  Dimensions blanks;
};

/// Errors of both: kInvalid naming the place, the key and the rule; for an unknown key the nearest valid one.
/// At most kMaxSpecBytes.
inline constexpr std::size_t kMaxSpecBytes = 256U << 10;
[[nodiscard]] Result<ReportSpec> spec_from_toml(std::string_view toml);
[[nodiscard]] Result<ReportSpec> spec_from_json(std::string_view json);

/// What a report holds when nobody says: counts by class, category, area, day and month; this period against the same of
/// the last year; the last seven days against those before; the stages as intervals.
[[nodiscard]] ReportSpec default_spec();

}  // namespace lamplight::tally
