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

void decide_deadlines(Step& step) {
  for (const Timer& timer : step.book().timers()) {
    if (timer.at > step.now() || !step.has_room()) break;
    const Case& of = step.book().at(timer.index);
    const Move move = next_rung(of.overdue);
    if (!step.allows(of, move)) continue;
    Change change;
    if (move == Move::kEscalate || move == Move::kRepeat)
      change.chief = step.rules_of(of).desks(step.book().text(of.area)).chief;
    step.publish(of, move, change);
  }
}

}  // namespace lamplight::inner
