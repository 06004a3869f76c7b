#include <set>
#include <tuple>

#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

namespace {

// One settlement opens at most so many others again, the oldest first. The rest counts as repeats of this case, but stays settled
// until the party is named in yet another dispute: of this one it is known from now on, and naming it again finds nothing.
constexpr std::size_t kMaxReopened = 64;

struct ByOpening {
  bool operator()(const Case* a, const Case* b) const {
    return std::tie(a->opened, a->id) < std::tie(b->opened, b->id);
  }
};
using CasesByOpening = std::set<const Case*, ByOpening>;

/// Other disputes in which one of these parties was met: open, or settled within the window.
CasesByOpening met_before(const Step& step, const Case& of,
                          const std::vector<std::string_view>& parties) {
  CasesByOpening out;
  const std::int64_t window_us = step.newest_rules().window_us;
  for (const std::string_view party : parties) {
    const Key key = step.book().key(party);
    if (std::binary_search(of.parties.begin(), of.parties.end(), key)) continue;  // known of it
    for (const Case* other : step.book().with_party(party)) {
      const bool lately =
          is_open(other->state) || (other->state == CaseState::kSettled &&
                                    step.now().value - other->since.value <= window_us);
      if (other != &of && other->kind == CaseKind::kDispute && lately) out.insert(other);
    }
  }
  return out;
}

void reopen(Step& step, const Case& of, const Case& other) {
  Change change;
  change.other = of.id;
  change.more_repeats = 1;
  change.severity = raised(step.newest_rules(), other, 1);
  change.grounds = grounds_after(step.newest_rules(), other, 1);
  step.publish(other, Move::kLinkedParty, change);
}

}  // namespace

void decide_settlement(Step& step, const Event& input) {
  SettlementSubmitted asked;
  const Case* of = step.admit(Ask::kSettlement, input, asked);
  if (of == nullptr) return;
  const auto risk = from_code<Risk>(asked.risk);
  if (!asked.risk.empty() && !risk)
    return step.refuse(Ask::kSettlement, *of, Refusal::kCode, asked.actor);
  if (!step.allows(*of, Move::kSettle))
    return step.refuse(Ask::kSettlement, *of, Refusal::kIllegalMove, asked.actor);

  const auto others = met_before(step, *of, asked.parties);
  const Rules& rules = step.rules_of(*of);
  const auto repeats = static_cast<std::int64_t>(others.size());
  Change change;
  change.actor = asked.actor;
  change.risk = risk;
  change.parties = asked.parties;
  change.more_repeats = repeats;
  change.severity = raised(rules, *of, repeats);
  change.grounds =
      static_cast<Grounds>(grounds_after(rules, *of, repeats) | grounds_of(asked.grounds));
  step.publish(*of, Move::kSettle, change);

  std::size_t reopened = 0;
  for (const Case* other : others) {
    if (reopened == kMaxReopened || !step.has_room()) break;
    if (!step.allows(*other, Move::kLinkedParty)) continue;
    reopen(step, *of, *other);
    ++reopened;
  }
}

}  // namespace lamplight::inner
