#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_assessment(Step& step, const Event& input) {
  AssessmentSubmitted asked;
  const Case* of = step.admit(Ask::kAssessment, input, asked);
  if (of == nullptr) return;
  const auto risk = from_code<Risk>(asked.risk);
  const auto severity = from_code<Severity>(asked.severity);
  // Whether a risk remains is what assessing finds: it must be said.
  if (!risk || (!asked.severity.empty() && !severity))
    return step.refuse(Ask::kAssessment, *of, Refusal::kCode, asked.actor);

  const auto grounds = static_cast<Grounds>(of->grounds | grounds_of(asked.grounds));
  const Move move = gated(step.rules_of(*of), *of, grounds) ? Move::kAssessGated : Move::kAssess;
  if (!step.allows(*of, move))
    return step.refuse(Ask::kAssessment, *of, Refusal::kIllegalMove, asked.actor);
  Change change;
  change.actor = asked.actor;
  change.risk = risk;
  change.severity = severity;
  change.grounds = grounds;
  step.publish(*of, move, change);
}

}  // namespace lamplight::inner
