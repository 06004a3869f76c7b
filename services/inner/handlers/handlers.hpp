#pragma once

#include "inner/step.hpp"
#include "model/event.hpp"

/// One function an input: validate, decide, publish. Each request is answered by exactly one event of its own case, or a
/// refusal; what follows for other cases comes behind it.
namespace lamplight::inner {

void decide_alert(Step& step, const Event& input);
void decide_settlement(Step& step, const Event& input);
void decide_assessment(Step& step, const Event& input);
void decide_dispatch(Step& step, const Event& input);
void decide_feedback(Step& step, const Event& input);
void decide_verification(Step& step, const Event& input);
void decide_review(Step& step, const Event& input);
void decide_reopening(Step& step, const Event& input);
void decide_rules_move(Step& step, const Event& input);
void decide_petition(Step& step, const Event& input);
/// Deadlines that have passed, oldest first; what finds no room is left to the next time.
void decide_deadlines(Step& step);
/// The next rung of one case, whose timer has passed.
void decide_deadline(Step& step, const Case& of);

}  // namespace lamplight::inner
