#include "inner/rehearsal/rehearsal.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "inner/handlers/handlers.hpp"
#include "inner/step.hpp"
#include "model/frame.hpp"
#include "model/inner_descriptions.hpp"

namespace lamplight::inner {

namespace {

constexpr std::string_view kActor = "rehearsal";

bool is_before(const Event& input, const LogPlace& from) {
  if (from.offset) return input.offset < *from.offset;
  return from.time && input.time < *from.time;
}

bool is_beyond(const Event& input, const LogPlace& to) {
  if (to.offset) return input.offset > *to.offset;
  return to.time && input.time > *to.time;
}

TimeUs at(const std::optional<Stamp>& stamp) { return stamp ? stamp->at : TimeUs{}; }

/// Not set: 0, as a case holds it.
std::optional<Stamp> stamp(TimeUs at, const Rules& rules) {
  if (at == TimeUs{}) return std::nullopt;
  return Stamp{at, rules.clock_minutes};
}

bool is_missed(TimeUs due, TimeUs time) { return due != TimeUs{} && due <= time; }

bool same_clock(const Case& a, const Case& b) {
  return a.due == b.due && a.next_at == b.next_at && a.overdue == b.overdue;
}

bool says_the_same(const Rules& a, Rules b) {
  b.version = a.version;
  return a == b;
}

}  // namespace

Rehearsal::Rehearsal(const InnerDecider& recorded, RehearsalOptions options)
    : recorded_(recorded),
      options_(std::move(options)),
      out_(std::string(kService), InnerDecider::outputs()) {}

// ---- the recorded log -------------------------------------------------------------------------------

void Rehearsal::on_input(const Event& input) {
  if (over_) return;
  finish_step();
  if (is_beyond(input, options_.to)) return close(options_.to.time.value_or(step_.time));
  if (!begun_ && !is_before(input, options_.from)) begin();
  if (begun_) meet_deadlines(input.time);
  input_ = input.subject;
  step_ = {input.offset, input.time, input_, {}, nullptr, nullptr, 0};
  if (!begun_ || !is_replaced(input)) rehearsed_.evolve(input);
  if (begun_) decide(input);
}

void Rehearsal::on_output(const Event& output) {
  if (over_) return;
  const auto was = begun_ ? read_output(output) : std::nullopt;
  if (!was) return rehearsed_.evolve(output);  // before the first, or a later program's

  Decided* const decided = decided_on(was->case_id());
  const Output* would = nullptr;
  if (decided != nullptr) {
    decided->compared = true;
    would = &decided->output;
  }
  count(*was, kWas);
  tell(&*was, would, would != nullptr ? differences(*was, *would) : bit(Differs::kNotPublished));
  const CaseEvent* happened = was->event();
  if (happened == nullptr) return;
  const Case* before = rehearsed_.book().find(happened->case_id);
  CaseEvent here = rehearsed(*happened, before, would, output.time);
  count_deadlines(*happened, here, before, output.time);
  evolve(std::move(here), output.subject, output.cause, output.time);
}

void Rehearsal::finish() {
  if (over_) return;
  finish_step();
  close(step_.time);
}

// ---- the rehearsed rules ----------------------------------------------------------------------------

void Rehearsal::begin() {
  begun_ = true;
  for (const RehearsedDocument& document : options_.documents) {
    if (document.name == kRulesName) {
      auto rules = rules_from_toml(document.text);
      LAMPLIGHT_CHECK(rules, "rules are checked before they are rehearsed");
      if (says_the_same(rehearsed_.rulebook().newest(), std::move(*rules))) continue;
    }
    RulesPublished published;
    published.actor = kActor;
    published.name = document.name;
    published.version = rehearsed_.rulebook().version_of(document.name) + 1;
    published.document = document.text;
    MsgpackWriter payload;
    encode(published, payload);
    Event event;
    event.subject = kRulesPublished;
    event.producer = kActor;
    event.payload = payload.bytes();
    rehearsed_.evolve(event);
    if (document.name == kRulesName) summary_.version = published.version;
  }
}

/// Whether it publishes what a rehearsed document stands for.
bool Rehearsal::is_replaced(const Event& input) const {
  RulesPublished published;
  if (input.subject != kRulesPublished || !decode(input.payload, published)) return false;
  return std::any_of(options_.documents.begin(), options_.documents.end(),
                     [&](const RehearsedDocument& each) { return each.name == published.name; });
}

void Rehearsal::decide(const Event& input) {
  if (++summary_.inputs == 1) summary_.first = input.offset;
  summary_.last = input.offset;
  out_.begin(input.offset);
  std::as_const(rehearsed_).decide(input, out_);
  take_decided();
}

/// What lies in the outbox is on this step, to be compared.
void Rehearsal::take_decided() {
  LAMPLIGHT_CHECK(!out_.fault(), "the inner loop publishes what it may");
  decided_.clear();
  MsgpackReader reader(out_.encoded());
  for (std::uint32_t i = 0; i < out_.count(); ++i) {
    auto output = read_output(read_event_content(reader));
    LAMPLIGHT_CHECK(reader.ok() && output, "an output reads as it was written");
    count(*output, kWould);
    decided_.push_back({std::move(*output)});
  }
}

Rehearsal::Decided* Rehearsal::decided_on(const std::optional<Id16>& case_id) {
  const auto found = std::find_if(decided_.begin(), decided_.end(), [&](const Decided& each) {
    return !each.compared && each.output.case_id() == case_id;
  });
  return found == decided_.end() ? nullptr : &*found;
}

/// What was decided and not published; of that, what a deadline led to happens to the rehearsed clock.
void Rehearsal::finish_step() {
  for (const Decided& each : decided_) {
    if (each.compared) continue;
    tell(nullptr, &each.output, bit(Differs::kPublished));
    const CaseEvent* would = each.output.event();
    const auto move = would != nullptr ? from_code<Move>(would->move) : std::nullopt;
    if (move && kTable.row(*move).clock == Clock::kLadder)
      meet(*would, each.output.subject, step_.time);
  }
  decided_.clear();
}

/// Deadlines of clocks that differ from the recorded ones, which no recorded time_reached speaks of: each at its own time.
void Rehearsal::meet_deadlines(TimeUs before) {
  while (const Case* of = first_moved_timer(before)) {
    step_.time = std::max(step_.time, of->next_at);
    step_.input = kTimeReached;
    out_.begin(step_.offset);
    Step step(rehearsed_.book(), rehearsed_.rulebook(), kTable, step_.time, out_);
    decide_deadline(step, *of);
    take_decided();
    finish_step();
  }
}

const Case* Rehearsal::first_moved_timer(TimeUs before) const {
  for (const Timer& timer : rehearsed_.book().timers()) {
    if (timer.at >= before) break;
    const Case& of = rehearsed_.book().at(timer.index);
    if (!same_clock(of, recorded_.book().at(timer.index))) return &of;
  }
  return nullptr;
}

// ---- the rehearsed state ----------------------------------------------------------------------------

CaseEvent Rehearsal::rehearsed(const CaseEvent& was, const Case* before, const Output* would,
                               TimeUs time) const {
  const auto move = from_code<Move>(was.move);
  const auto state = from_code<CaseState>(was.state);
  const auto kind = from_code<CaseKind>(was.kind);
  const auto severity = from_code<Severity>(was.severity);
  CaseEvent out = was;
  if (!move || !state || !kind || !severity) return out;  // evolve passes it over
  const bool was_open = before != nullptr && is_open(before->state);
  const Rulebook& book = rehearsed_.rulebook();
  if ((!was_open && is_open(*state)) || move == Move::kRulesMove) out.rules = book.newest().version;
  else if (before != nullptr) out.rules = before->rules;
  if (!is_open(*state)) return out;

  const Rules& rules = book.at(out.rules);
  const CaseEvent* decided = would != nullptr ? would->event() : nullptr;
  if (decided != nullptr && decided->state == was.state) {
    out.due = decided->due;
    out.next_at = decided->next_at;
    out.overdue = decided->overdue;
  } else if (was.ended_due || !was_open) {
    const Span& span = rules.span(*kind, *severity, *state);
    out.due = out.next_at =
        stamp(due_after(span, time, rules.clock_minutes, book.calendar()), rules);
    out.overdue = to_string(Overdue::kNone);
  } else {
    out.due = stamp(before->due, rules);
    out.next_at = stamp(before->next_at, rules);
    out.overdue = to_string(before->overdue);
  }
  return out;
}

void Rehearsal::evolve(CaseEvent event, std::string_view subject, Offset cause, TimeUs time) {
  MsgpackWriter payload;
  encode(event, payload);
  Event happened;
  happened.subject = subject;
  happened.producer = kService;
  happened.cause = cause;
  happened.time = time;
  happened.payload = payload.bytes();
  rehearsed_.evolve(happened);
}

/// A deadline was met on the rehearsed clock alone: the case stays at its recorded version.
void Rehearsal::meet(const CaseEvent& decided, std::string_view subject, TimeUs time) {
  CaseEvent event = decided;
  event.version = rehearsed_.book().find(decided.case_id)->version;
  evolve(std::move(event), subject, step_.offset, time);
}

// ---- the sum ----------------------------------------------------------------------------------------

void Rehearsal::close(TimeUs at) {
  over_ = true;
  if (!begun_) return;
  meet_deadlines(at);
  summary_.ended = at;
  const auto& cases = rehearsed_.book().cases();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (is_open(cases[i].state)) count_missed(recorded_.book().cases().at(i).due, cases[i].due, at);
  }
}

void Rehearsal::count(const Output& output, Side side) {
  auto found = summary_.published.find(output.subject);
  if (found == summary_.published.end())
    found = summary_.published.emplace(std::string(output.subject), BeforeAfter{}).first;
  ++(side == kWas ? found->second.was : found->second.would);
  const CaseEvent* event = output.event();
  const auto move = event != nullptr ? from_code<Move>(event->move) : std::nullopt;
  if (move == Move::kAssessGated || move == Move::kFeedbackGated)
    summary_.reviewed[side].insert(event->case_id);
}

void Rehearsal::count_deadlines(const CaseEvent& was, const CaseEvent& rehearsed,
                                const Case* before, TimeUs time) {
  const Case* recorded = recorded_.book().find(was.case_id);
  const TimeUs due_was = recorded != nullptr ? recorded->due : TimeUs{};
  const TimeUs due_would = before != nullptr ? before->due : TimeUs{};
  if (was.ended_due) count_missed(due_was, due_would, time);
  const bool is_set = at(was.due) != due_was || at(rehearsed.due) != due_would || was.ended_due;
  if (!is_set || !was.due || !rehearsed.due) return;
  if (at(rehearsed.due) < at(was.due)) ++summary_.sooner;
  if (at(rehearsed.due) > at(was.due)) ++summary_.later;
}

void Rehearsal::count_missed(TimeUs due_was, TimeUs due_would, TimeUs time) {
  const bool was = is_missed(due_was, time);
  const bool would = is_missed(due_would, time);
  summary_.missed.was += was ? 1 : 0;
  summary_.missed.would += would ? 1 : 0;
  if (would && !was) ++summary_.newly_missed;
  if (was && !would) ++summary_.no_longer_missed;
}

void Rehearsal::tell(const Output* was, const Output* would, Differences kinds) {
  if (kinds == 0) return;
  step_.was = was;
  step_.would = would;
  step_.kinds = kinds;
  step_.case_id = (was != nullptr ? was : would)->case_id();
  ++summary_.differences;
  for (std::size_t kind = 0; kind < kDiffers; ++kind)
    summary_.kinds.at(kind) += (std::uint32_t{kinds} >> kind) & 1U;
  if (step_.case_id) summary_.cases.insert(*step_.case_id);
  if (options_.on_difference) options_.on_difference(step_);
}

}  // namespace lamplight::inner
