#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

void decide_dispatch(Step& step, const Event& input) {
  DispatchSubmitted asked;
  const Case* of = step.admit(Ask::kDispatch, input, asked);
  if (of == nullptr) return;
  if (!step.allows(*of, Move::kDispatch))
    return step.refuse(Ask::kDispatch, *of, Refusal::kIllegalMove, asked.actor);

  const AreaDesks& desks = step.rules_of(*of).desks(step.book().text(of->area));
  const bool residual = of->risk == Risk::kResidual;
  Change change;
  change.actor = asked.actor;
  change.assignee = asked.assignee;
  if (asked.assignee.empty()) {
    change.assignee = residual ? desks.community.front() : desks.station;
  } else if (residual && std::find(desks.community.begin(), desks.community.end(),
                                   asked.assignee) == desks.community.end()) {
    return step.refuse(Ask::kDispatch, *of, Refusal::kCommunityOfficer, asked.actor);
  }
  step.publish(*of, Move::kDispatch, change);
}

}  // namespace lamplight::inner
