#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tally/clearance/standing_rows.hpp"
#include "tally/facts/facts.hpp"

/// One clearance operation (清查行动) as it is known at an offset: who has reported, what they counted, what came of it.
namespace lamplight::tally {

enum class ClearanceState : std::uint8_t { kNotOrdered, kPlanned, kOpen, kClosed };

/// A sum of what was said. Never made of nothing: a count that nobody stated has no row.
struct ClearanceCount {
  std::string what, kind, result;  ///< empty: not said
  std::int64_t n = 0;
  Bound bound = Bound::kExact;  ///< at_least when one of the parts is, else reaches likewise
};

/// Sums of counts, by what, kind and result. One that goes beyond kGreatestSum (sums.hpp) stays there, at_least.
class ClearanceSums {
 public:
  using Item = std::tuple<std::string, std::string, std::string>;  ///< what, kind, result
  struct Sum {
    std::int64_t n = 0;
    Bound bound = Bound::kExact;
    bool operator==(const Sum&) const = default;
  };

  void add(const ClearanceCount& count);
  [[nodiscard]] const std::map<Item, Sum>& items() const { return sums_; }
  [[nodiscard]] std::vector<ClearanceCount> all() const;
  bool operator==(const ClearanceSums&) const = default;

 private:
  std::map<Item, Sum> sums_;
};

/// What one unit reported for one shift. Of a joint action only the report that counts has counts.
struct ClearanceLine {
  std::string unit, shift;
  std::uint64_t reports = 0;
  bool expected = false;
  std::vector<ClearanceCount> counts;
};

struct MissingLine {
  std::string unit, shift;
  std::vector<std::string>
      named_by;  ///< units that name this one in a joint report; its own is missing all the same
};

struct LateReport {
  Offset offset;
  Id16 id;
  std::string partner, partner_ref, unit, shift;
  Stamp reported_at;
};

struct JointAction {
  std::string joint;
  std::vector<std::string> units;  ///< that reported it, or are named
  std::uint64_t reports = 0;
  bool conflict = false;  ///< its reports say different numbers; the latest counts
};

/// A flag of persons and how many bear it. One person may bear several: these do not add up to `persons`.
struct OutcomeCount {
  std::string outcome;
  std::int64_t persons = 0;
};

/// What was done in one hour of the day, by the clock that the reports' `happened_at` was told in.
struct ClearanceHour {
  std::int32_t hour = 0;  ///< 0..23
  std::vector<ClearanceCount> counts;
};

struct HazardLine {
  std::string hazard, kind, unit, state;
  std::optional<Stamp> found_at;  ///< when it was found, the last time of several
  std::optional<Stamp> due_at;
  std::int64_t times_found = 0;  ///< more than once: found again after it had been dealt with
  bool open = false;             ///< found, and not rectified, verified or waived since
  bool overdue = false;          ///< open after due_at
};

struct ClearanceView {
  std::string clearance;
  std::string campaign;
  ClearanceState state = ClearanceState::kNotOrdered;
  std::optional<std::int64_t> number;
  std::optional<Stamp> from, until, closed_at;
  std::vector<std::string> units, shifts, focus;
  std::vector<ClearanceCount> totals;  ///< by what, kind, result
  std::vector<ClearanceLine> lines;    ///< by unit, then shift
  std::vector<ClearanceHour> hours;    ///< those in which something was done, ascending
  std::vector<MissingLine> missing;
  std::vector<LateReport> late;  ///< made after the closing order, in log order
  std::vector<JointAction> joint;
  std::int64_t persons = 0;         ///< each once, by key (and sender, where senders made the key)
  bool persons_per_sender = false;  ///< senders' own keys are among them
  std::vector<OutcomeCount> outcomes;
  std::vector<HazardLine> hazards;  ///< by key
};

/// All operations as of an offset, read once for however many are asked for. Refers to the view.
/// Threads: one at a time.
class ClearanceBook {
 public:
  ClearanceBook(const FactsView& view, Offset as_of);
  /// Codes of the operations that are spoken of, ascending.
  [[nodiscard]] std::vector<std::string> codes() const;
  [[nodiscard]] bool knows(std::string_view clearance) const;
  /// The campaign that the orders of an operation name; empty: none does.
  [[nodiscard]] std::string campaign_of(std::string_view clearance) const;
  /// `now` is what deadlines are held against (the caller's as-of moment, not a clock).
  /// Order: state, number, units, shifts, focus and window are those of the standing order with the latest `reported_at`
  /// (then the greater partner, then partner_ref) that states each. Of the reports of one joint action the same rule picks
  /// the one that counts. The first operation asked for reads all persons and hazards.
  [[nodiscard]] ClearanceView operation(std::string_view clearance, TimeUs now);

 private:
  struct Results {
    Results(const FactsView& view, Offset as_of);
    StandingRows persons, hazards;
    RowsByText persons_of, hazards_of;  ///< by operation
    RowsByText lives;                   ///< of hazards, by hazard
  };

  const FactsView& view_;
  Offset as_of_;
  StandingRows orders_, reports_;
  RowsByText orders_of_, reports_of_;  ///< by operation
  std::optional<Results> results_;
};

/// "not_ordered", "planned", "open", "closed".
[[nodiscard]] std::string_view to_string(ClearanceState state);

}  // namespace lamplight::tally
