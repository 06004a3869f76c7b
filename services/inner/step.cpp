#include "inner/step.hpp"

#include "base/check.hpp"

namespace lamplight::inner {

namespace {

TimeUs at(const std::optional<Stamp>& stamp) { return stamp ? stamp->at : TimeUs{}; }

}  // namespace

void Step::publish(const Case& before, Move move, const Change& change) {
  const CaseState state = table_.after(before.state, move);
  LAMPLIGHT_CHECK(state != CaseState::kNone, "only moves that the table allows are published");
  // A case that begins, or begins anew, takes the newest rules; an open one only when it is moved under them.
  const bool begins = !is_open(before.state) && is_open(state);
  const bool newest = begins || move == Move::kRulesMove;
  const Rules& rules = newest ? rules_.newest() : rules_.at(before.rules);

  CaseEvent event;
  event.case_id = before.id;
  event.version = before.version + 1;
  event.move = to_string(move);
  event.kind = to_string(before.kind);
  event.state = to_string(state);
  event.severity = to_string(change.severity.value_or(before.severity));
  event.rules = rules.version;
  event.actor = change.actor;
  if (change.risk || before.risk) event.risk = to_string(change.risk ? *change.risk : *before.risk);
  event.grounds = codes_of(change.grounds.value_or(before.grounds));
  event.reason = change.reason;
  event.alert = change.alert;
  event.other = change.other;
  event.petition = change.petition;
  event.category = change.category;
  event.area = change.area;
  event.places = change.places;
  event.parties = change.parties;
  event.repeats = before.repeats + change.more_repeats;
  event.chief = change.chief;

  const std::string_view area = change.area.empty() ? book_.text(before.area) : change.area;
  const bool stays = state == before.state;
  if (state == CaseState::kFeedback && !change.assignee.empty()) event.owner = change.assignee;
  else if (stays) event.owner = book_.text(before.owner);
  else if (state == CaseState::kRework) event.owner = book_.text(before.assignee);
  else if (is_open(state)) event.owner = rules.owner(state, area);
  set_clock(before, move, rules, event);

  MsgpackWriter& payload = out_.payload();
  encode(event, payload);
  out_.add(table_.subject(before.state, move), Description<CaseEvent>::kVersion, payload.bytes());
}

void Step::set_clock(const Case& before, Move move, const Rules& rules, CaseEvent& event) const {
  const CaseState state = table_.after(before.state, move);
  const Clock clock = table_.row(move).clock;
  event.overdue = to_string(Overdue::kNone);
  const bool ends = state != before.state || clock == Clock::kRestart;
  if (ends) {
    if (is_open(before.state)) event.ended_due = stamp(rules, before.due);
    if (is_open(state)) start_clock(rules, state, now_, event);
    return;
  }
  if (!is_open(state)) return;
  if (clock == Clock::kLadder) return next_rung(before, move, rules, event);
  if (clock == Clock::kRecount) return start_clock(rules, state, before.since, event);
  if (clock == Clock::kTighten && before.overdue == Overdue::kNone) {
    start_clock(rules, state, now_, event);
    if (at(event.due) < before.due) return;
  }
  event.due = stamp(rules, before.due);
  event.next_at = stamp(rules, before.next_at);
  event.overdue = to_string(before.overdue);
}

void Step::start_clock(const Rules& rules, CaseState state, TimeUs from, CaseEvent& event) const {
  const auto kind = from_code<CaseKind>(event.kind);
  const auto severity = from_code<Severity>(event.severity);
  event.due = stamp(rules, due_after(rules.span(*kind, *severity, state), from, rules.clock_minutes,
                                     rules_.calendar()));
  event.next_at = event.due;
}

/// The deadline was missed: reminder, escalation and mark count from it; what comes after the mark, from now.
void Step::next_rung(const Case& before, Move move, const Rules& rules, CaseEvent& event) const {
  const auto after = [&](const Span& span, TimeUs from) {
    return stamp(rules, due_after(span, from, rules.clock_minutes, rules_.calendar()));
  };
  event.due = stamp(rules, before.due);
  if (move == Move::kRemind) {
    event.overdue = to_string(Overdue::kReminded);
    event.next_at = after(rules.escalate_after, before.due);
  } else if (move == Move::kEscalate) {
    event.overdue = to_string(Overdue::kEscalated);
    event.next_at = after(rules.mark_after, before.due);
  } else {
    event.overdue = to_string(Overdue::kMarked);
    event.next_at = after(rules.repeat_every, now_);
  }
}

void Step::refuse(Ask ask, const Case& of, Refusal rule, std::string_view actor) {
  CaseRefused refused;
  refused.case_id = of.id;
  refused.version = of.version;
  refused.state = to_string(of.state);
  refused.ask = to_string(ask);
  refused.rule = to_string(rule);
  for (const Ask each : table_.allowed(of.state)) refused.allowed.push_back(to_string(each));
  refused.actor = actor;
  MsgpackWriter& payload = out_.payload();
  encode(refused, payload);
  out_.add(kCaseRefused, Description<CaseRefused>::kVersion, payload.bytes());
}

void Step::refuse(Ask ask, std::optional<Id16> case_id, Refusal rule, std::string_view actor) {
  CaseRefused refused;
  refused.case_id = case_id;
  refused.state = to_string(CaseState::kNone);
  refused.ask = to_string(ask);
  refused.rule = to_string(rule);
  refused.actor = actor;
  MsgpackWriter& payload = out_.payload();
  encode(refused, payload);
  out_.add(kCaseRefused, Description<CaseRefused>::kVersion, payload.bytes());
}

Severity raised(const Rules& rules, const Case& of, std::int64_t more_repeats) {
  const std::int64_t before = std::max(of.repeats, rules.raise_from - 1);
  const std::int64_t steps = std::max<std::int64_t>(0, of.repeats + more_repeats - before);
  const std::int64_t level = static_cast<std::int64_t>(of.severity) + steps;
  return static_cast<Severity>(std::min<std::int64_t>(level, kSeverities - 1));
}

Grounds grounds_after(const Rules& rules, const Case& of, std::int64_t more_repeats) {
  const bool repeated = more_repeats > 0 && of.repeats + more_repeats >= rules.offence_from;
  return static_cast<Grounds>(of.grounds | (repeated ? bit(Ground::kRepeatedOffence) : 0));
}

}  // namespace lamplight::inner
