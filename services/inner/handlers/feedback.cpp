#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_feedback(Step& step, const Event& input) {
  FeedbackSubmitted asked;
  const Case* of = step.admit(Ask::kFeedback, input, asked);
  if (of == nullptr) return;
  const auto grounds = static_cast<Grounds>(of->grounds | grounds_of(asked.grounds));
  const Move move =
      gated(step.rules_of(*of), *of, grounds) ? Move::kFeedbackGated : Move::kFeedback;
  if (!step.allows(*of, move))
    return step.refuse(Ask::kFeedback, *of, Refusal::kIllegalMove, asked.actor);
  Change change;
  change.actor = asked.actor;
  change.grounds = grounds;
  step.publish(*of, move, change);
}

}  // namespace lamplight::inner
