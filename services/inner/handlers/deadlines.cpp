#include "inner/handlers/handlers.hpp"

namespace lamplight::inner {

namespace {

Move next_rung(Overdue overdue) {
  switch (overdue) {
    case Overdue::kNone: return Move::kRemind;
    case Overdue::kReminded: return Move::kEscalate;
    case Overdue::kEscalated: return Move::kMark;
    case Overdue::kMarked: break;
  }
  return Move::kRepeat;
}

}  // namespace

void decide_deadline(Step& step, const Case& of) {
  const Move move = next_rung(of.overdue);
  if (!step.allows(of, move)) return;
  Change change;
  if (move == Move::kEscalate || move == Move::kRepeat)
    change.chief = step.rules_of(of).desks(step.book().text(of.area)).chief;
  step.publish(of, move, change);
}

void decide_deadlines(Step& step) {
  for (const Timer& timer : step.book().timers()) {
    if (timer.at > step.now() || !step.has_room()) break;
    decide_deadline(step, step.book().at(timer.index));
  }
}

}  // namespace lamplight::inner
