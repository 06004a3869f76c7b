#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_reopening(Step& step, const Event& input) {
  ReopeningSubmitted asked;
  const Case* of = step.admit(Ask::kReopening, input, asked);
  if (of == nullptr) return;
  if (!from_code<Reason>(asked.reason))
    return step.refuse(Ask::kReopening, *of, Refusal::kReason, asked.actor);
  if (!step.allows(*of, Move::kReopen))
    return step.refuse(Ask::kReopening, *of, Refusal::kIllegalMove, asked.actor);
  Change change;
  change.actor = asked.actor;
  change.reason = asked.reason;
  step.publish(*of, Move::kReopen, change);
}

void decide_rules_move(Step& step, const Event& input) {
  RulesMoveSubmitted asked;
  const Case* of = step.admit(Ask::kRulesMove, input, asked);
  if (of == nullptr) return;
  if (!step.allows(*of, Move::kRulesMove))
    return step.refuse(Ask::kRulesMove, *of, Refusal::kIllegalMove, asked.actor);
  if (of->rules == step.newest_rules().version)
    return step.refuse(Ask::kRulesMove, *of, Refusal::kNewestRules, asked.actor);
  Change change;
  change.actor = asked.actor;
  step.publish(*of, Move::kRulesMove, change);
}

}  // namespace lamplight::inner
