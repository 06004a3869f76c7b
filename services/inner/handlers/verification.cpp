#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_verification(Step& step, const Event& input) {
  VerificationSubmitted asked;
  const Case* of = step.admit(Ask::kVerification, input, asked);
  if (of == nullptr) return;
  const auto refuse = [&](Refusal rule) {
    step.refuse(Ask::kVerification, *of, rule, asked.actor);
  };
  const auto outcome = from_code<Outcome>(asked.outcome);
  if (outcome != Outcome::kPassed && outcome != Outcome::kFailed) return refuse(Refusal::kCode);
  const bool passed = outcome == Outcome::kPassed;
  if (!passed && !from_code<Reason>(asked.reason)) return refuse(Refusal::kReason);
  const Move move = passed ? Move::kVerifyPass : Move::kVerifyFail;
  if (!step.allows(*of, move)) return refuse(Refusal::kIllegalMove);
  const Key actor = step.book().key(asked.actor);
  if (std::binary_search(of->barred.begin(), of->barred.end(), actor))
    return refuse(Refusal::kSameOfficer);

  Change change;
  change.actor = asked.actor;
  if (!passed) change.reason = asked.reason;
  step.publish(*of, move, change);
}

}  // namespace lamplight::inner
