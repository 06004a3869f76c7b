#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tally/campaign/definition.hpp"
#include "tally/facts/facts.hpp"

/// Groups of persons and cases that are linked, proposed for review and never a finding: nothing here says anything of a
/// person, and a link that is withdrawn or corrected takes the proposal with it.
///
/// A link is a standing `person.reported` that has a person and a case. Persons whose key was made with the district's key
/// are one whoever sends; other keys are told apart by sender. A case with a flag of `leave_out` in any standing
/// `case.reported` of it is no part of anything. A case is dated by the earliest `happened_at` of its standing case reports;
/// where none stands, of its links.
///
/// A component of that graph is proposed when it has at least `persons` persons and `cases` cases. The rule "recurring" asks
/// besides for `recurring_cases` cases, the latest at most `window_days` × 24 h after the earliest, in all of which the same
/// `recurring_persons` persons are. The whole component is shown, and those that recur are named.
namespace lamplight::tally {

struct GangPerson {
  std::string key;
  std::string sender;  ///< the partner who made the key; empty: made with the district's
  auto operator<=>(const GangPerson&) const = default;
};

/// A report that links a person and a case.
struct GangLink {
  GangPerson person;
  std::string case_key;
  Offset offset;
  Id16 id;
  std::string partner;
  std::string partner_ref;
  Stamp happened_at;
};

struct Gang {
  std::uint32_t number =
      0;  ///< 1, 2, … in the order in which groups were proposed; kept while the group lives
  Offset proposed_at;               ///< the event that made it a group
  std::vector<GangPerson> persons;  ///< ascending, likewise the others
  std::vector<std::string> cases;
  std::vector<GangPerson>
      recurring_persons;  ///< one set that keeps the rule; empty under "component"
  std::vector<std::string> recurring_cases;
  std::vector<GangLink> links;  ///< in log order
};

enum class GangStep : std::uint8_t {
  kProposed,  ///< a component came to keep the rule
  kChanged,   ///< persons, cases or links came or went
  kMerged,    ///< took in `others`, which are no more
  kSplit,     ///< came apart; `others` are the new groups of its persons and cases
  kEnded,     ///< no longer keeps the rule, or was taken in by `others`
};

/// What one event did to one group.
struct GangEvent {
  Offset offset;
  Id16 id;  ///< of the event: the report, correction or withdrawal
  GangStep step = GangStep::kProposed;
  std::uint32_t group = 0;
  std::vector<std::uint32_t> others;
  std::vector<GangPerson> persons_added, persons_gone;
  std::vector<std::string> cases_added, cases_gone;
  std::uint64_t links = 0;  ///< afterwards
};

/// Whether a link takes part: what a measure's filter says of its report. Empty: each does.
using LinkFilter = std::function<bool(const Fact&)>;

/// Follows a fold's views through the log and recomputes only the component that an event touches.
/// Cost of an event: its component. Threads: one at a time.
class GangHistory {
 public:
  explicit GangHistory(GangRule rule, LinkFilter takes_part = {});
  ~GangHistory();
  GangHistory(GangHistory&&) noexcept;
  GangHistory& operator=(GangHistory&&) noexcept;

  /// Takes what the view holds up to `as_of` and was not taken yet. Views must be of one fold, each as long as the last.
  void follow(const FactsView& view, Offset as_of);
  /// The same groups in one pass, whatever the size of the components: for who asks what stands and not since when. The
  /// history tells the whole stretch as one event; numbers and proposed_at are those of that event.
  void leap(const FactsView& view, Offset as_of);
  /// The groups that stand, by number.
  [[nodiscard]] std::vector<Gang> groups(const FactsView& view) const;
  [[nodiscard]] const std::vector<GangEvent>& history() const;
  /// What following has cost so far, in links and pairs of cases looked at: the same for the same log.
  [[nodiscard]] std::uint64_t work() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The groups as of an offset, from the beginning of the log.
[[nodiscard]] std::vector<Gang> gangs_at(const FactsView& view, Offset as_of, const GangRule& rule,
                                         const LinkFilter& takes_part = {});

/// "proposed", "changed", "merged", "split", "ended".
[[nodiscard]] std::string_view to_string(GangStep step);

}  // namespace lamplight::tally
