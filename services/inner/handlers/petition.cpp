#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_petition(Step& step, const Event& input) {
  PetitionSubmitted asked;
  if (!read_well_formed(input.payload, asked))
    return step.refuse(Ask::kPetition, std::nullopt, Refusal::kUnreadable, {});
  Case made;
  made.id = input.id;
  made.kind = CaseKind::kPetition;
  const Case* known = step.book().of_petition(asked.petition);
  const Case& of = known != nullptr ? *known : made;
  const auto severity = from_code<Severity>(asked.severity);
  if (!asked.severity.empty() && !severity)
    return step.refuse(Ask::kPetition, of, Refusal::kCode, asked.actor);
  if (!step.allows(of, Move::kPetition))
    return step.refuse(Ask::kPetition, of, Refusal::kIllegalMove, asked.actor);

  Change change;
  change.actor = asked.actor;
  change.petition = asked.petition;
  change.area = asked.area;
  change.severity = severity;
  change.parties = asked.parties;
  if (known != nullptr) change.more_repeats = 1;
  step.publish(of, Move::kPetition, change);
}

}  // namespace lamplight::inner
