#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/results.hpp"
#include "tally/campaign/definition.hpp"
#include "tally/facts/facts.hpp"
#include "tally/state.hpp"

/// Measures: figures as a pure function of a log prefix, a campaign's definition and a period. No clock, no I/O.
namespace lamplight::tally {

using KeyTexts = std::vector<std::optional<std::string>>;  ///< nothing: blank

/// What measures are counted from.
struct CampaignView {
  TallyView alerts;
  FactsView facts;
};

/// A number and how sure it is. `n` is empty when nobody stated anything: "not stated" is never 0 (sums only; counts of
/// rows, keys and groups are 0 when there are none). A sum beyond kGreatestSum (sums.hpp), either way, stays there,
/// kAtLeast.
struct Amount {
  std::optional<std::int64_t> n;
  Bound bound =
      Bound::kExact;  ///< kAtLeast when any part of a sum is a lower bound, else kReaches likewise
  std::uint64_t entries = 0;         ///< standing reports behind it
  std::uint64_t without_key = 0;     ///< reports left out because they lack the key
  std::uint64_t conflicts = 0;       ///< keys of `once` whose reports say different numbers
  bool distinct_per_sender = false;  ///< keys that the senders made are among those counted
  bool operator==(const Amount&) const = default;
};

struct AmountTable {
  Dimensions by;
  struct RowOf {
    KeyTexts key;
    Amount amount;
  };
  std::vector<RowOf> rows;  ///< blank first, then by text
};

/// What to count: a measure, further limited. Of reports that count once (`once`, `latest`) one is chosen by the measure's own
/// rules first and `where` looks at that one alone, so that parts add up to the whole.
struct MeasureQuestion {
  const MeasureSpec* measure = nullptr;
  Filter where;                  ///< beside the measure's own
  std::optional<Period> period;  ///< none: all of the world's time
  /// A running day: only what lies before this civil time counts (to compare equal stretches).
  std::optional<std::int64_t> before_civil_us;
  bool without_leap_day = false;  ///< what is dated on a 29 February does not count
};

/// One event behind an amount.
struct Contribution {
  Offset offset;
  Id16 id;
  std::string subject;
  std::string partner;
  std::string partner_ref;
  std::int64_t n =
      0;  ///< what it adds; the contributions of an amount add up to its n (a distinct key counts at the report that it first stands in)
};

/// Why an amount changed between two offsets: events after the earlier one, each with what it took away and brought.
struct ChangeOfAmount {
  Contribution event;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

class MeasureState;

/// Evaluates measures of one campaign definition and keeps what helps to do it again: cells at checkpoints of the log and
/// the moments at which keys came and went, so that a measure with the campaign's own period is answered at any offset
/// without reading the rows again. Views handed in must be of one fold, each at least as long as the one before.
/// Threads: one at a time.
class Engine {
 public:
  /// `definition` must outlive the engine.
  explicit Engine(const CampaignDefinition& definition);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Makes ready to answer a question often: the next `extend` reads the rows for all such questions together.
  void expect(const MeasureQuestion& question, const Dimensions& by);
  /// Takes what the view has beyond the one before, for every question asked or expected so far, in one pass.
  void extend(const CampaignView& view);

  /// The total. `as_of` at or before the view's last offset.
  [[nodiscard]] Amount total(const CampaignView& view, Offset as_of,
                             const MeasureQuestion& question);
  /// A table over dimensions of the definition (checked when it was read).
  [[nodiscard]] AmountTable table(const CampaignView& view, Offset as_of,
                                  const MeasureQuestion& question, const Dimensions& by);
  /// The events behind a total, in log order.
  [[nodiscard]] std::vector<Contribution> explain(const CampaignView& view, Offset as_of,
                                                  const MeasureQuestion& question);
  /// The events after `earlier`, up to `later`, that changed the total, in log order; befores and afters add up to the change.
  [[nodiscard]] std::vector<ChangeOfAmount> changes(const CampaignView& view, Offset earlier,
                                                    Offset later, const MeasureQuestion& question);
  /// A table in the form that adds up over logs of different senders (measure_state.hpp). Reads the rows again.
  /// Errors: kUnsupported of groups, which need all links together.
  [[nodiscard]] Result<MeasureState> state(const CampaignView& view, Offset as_of,
                                           const MeasureQuestion& question, const Dimensions& by);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::tally
