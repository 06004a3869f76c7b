#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_review(Step& step, const Event& input) {
  ReviewSubmitted asked;
  const Case* of = step.admit(Ask::kReview, input, asked);
  if (of == nullptr) return;
  const auto outcome = from_code<Outcome>(asked.outcome);
  if (outcome != Outcome::kFiled && outcome != Outcome::kDeclined)
    return step.refuse(Ask::kReview, *of, Refusal::kCode, asked.actor);
  const Move move = outcome == Outcome::kFiled ? Move::kFile : Move::kDecline;
  if (!step.allows(*of, move))
    return step.refuse(Ask::kReview, *of, Refusal::kIllegalMove, asked.actor);

  Change change;
  change.actor = asked.actor;
  // Declined: the grounds have been weighed and stand in the way no more; a new one does.
  if (outcome == Outcome::kDeclined) change.grounds = Grounds{0};
  step.publish(*of, move, change);
}

}  // namespace lamplight::inner
