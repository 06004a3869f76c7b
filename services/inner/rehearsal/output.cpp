#include "inner/rehearsal/output.hpp"

#include "model/inner_descriptions.hpp"

namespace lamplight::inner {

std::optional<Id16> Output::case_id() const {
  if (const CaseEvent* happened = event()) return happened->case_id;
  return refused()->case_id;
}

std::optional<Output> read_output(const EventContent& content) {
  Output out{content.subject, CaseEvent{}};
  const bool read = content.subject == kCaseRefused
                        ? decode(content.payload, out.said.emplace<CaseRefused>())
                        : decode(content.payload, std::get<CaseEvent>(out.said));
  return read ? std::optional<Output>(std::move(out)) : std::nullopt;
}

namespace {

Differences event_differences(const CaseEvent& was, const CaseEvent& would_be) {
  Differences out = 0;
  const auto note = [&out](bool differs, Differs kind) {
    if (differs) out |= bit(kind);
  };
  note(was.move != would_be.move || was.state != would_be.state, Differs::kMove);
  note(was.severity != would_be.severity, Differs::kSeverity);
  note(
      was.due != would_be.due || was.next_at != would_be.next_at || was.overdue != would_be.overdue,
      Differs::kDeadline);
  note(was.owner != would_be.owner || was.chief != would_be.chief, Differs::kDesk);

  // What is left when all of that, and what follows from it, is taken to be the same.
  CaseEvent rest = was;
  rest.move = would_be.move;
  rest.state = would_be.state;
  rest.severity = would_be.severity;
  rest.due = would_be.due;
  rest.next_at = would_be.next_at;
  rest.overdue = would_be.overdue;
  rest.owner = would_be.owner;
  rest.chief = would_be.chief;
  rest.rules = would_be.rules;
  if (was.ended_due && would_be.ended_due) rest.ended_due = would_be.ended_due;
  note(!(rest == would_be), Differs::kContent);
  return out;
}

}  // namespace

Differences differences(const Output& was, const Output& would_be) {
  const CaseRefused* refused = was.refused();
  const CaseRefused* refused_too = would_be.refused();
  if (refused != nullptr && refused_too != nullptr) {
    if (refused->rule != refused_too->rule) return bit(Differs::kMove);
    return *refused == *refused_too ? Differences{0} : bit(Differs::kContent);
  }
  if (refused != nullptr || refused_too != nullptr) return bit(Differs::kMove);
  const Differences out = event_differences(*was.event(), *would_be.event());
  return was.subject == would_be.subject ? out
                                         : static_cast<Differences>(out | bit(Differs::kMove));
}

}  // namespace lamplight::inner
