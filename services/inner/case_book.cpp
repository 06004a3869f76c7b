#include "inner/case_book.hpp"

#include <algorithm>

namespace lamplight::inner {

namespace {

template <typename T>
bool add_sorted(std::vector<T>& to, const T& value) {
  const auto place = std::lower_bound(to.begin(), to.end(), value);
  if (place != to.end() && *place == value) return false;
  to.insert(place, value);
  return true;
}

std::string place_text(const PlaceCode& place) {
  std::string out(place.scheme);
  out += ' ';
  out += place.code;
  return out;
}

std::uint64_t hash_of(const Id16& id) { return std::hash<Id16>{}(id); }

TimeUs time_of(const std::optional<Stamp>& stamp) { return stamp ? stamp->at : TimeUs{}; }

// Whoever did these may not verify.
bool bars(Move move) {
  return move == Move::kSettle || move == Move::kFeedback || move == Move::kFeedbackGated;
}

}  // namespace

TimeUs open_since(const Case& of) {
  TimeUs out;
  for (auto entry = of.history.rbegin(); entry != of.history.rend() && is_open(entry->state);
       ++entry)
    out = entry->time;
  return out;
}

Grounds grounds_of(const std::vector<std::string_view>& codes) {
  Grounds out = 0;
  for (const std::string_view code : codes) {
    if (const auto ground = from_code<Ground>(code)) out |= bit(*ground);
  }
  return out;
}

std::vector<std::string_view> codes_of(Grounds grounds) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kCount<Ground>; ++i) {
    const auto ground = static_cast<Ground>(i);
    if ((grounds & bit(ground)) != 0) out.push_back(to_string(ground));
  }
  return out;
}

void CaseBook::apply(const CaseEvent& event, Offset cause, TimeUs time) {
  const auto move = from_code<Move>(event.move);
  const auto state = from_code<CaseState>(event.state);
  const auto severity = from_code<Severity>(event.severity);
  const auto overdue = from_code<Overdue>(event.overdue);
  if (!move || !state || !severity || !overdue) return;
  Case* const of = take(event, time);
  if (of == nullptr) return;

  if (of->version > 0) count(*of, -1);
  if (event.ended_due && is_open(of->state))
    step_times_.record(step_of(of->state), time.value - of->since.value);
  if (is_open(of->state) && !is_open(*state)) backlog_age_.remove(open_since(*of));
  if (!is_open(of->state) && is_open(*state)) backlog_age_.add(time);
  if (*state == CaseState::kSettled && of->state != CaseState::kSettled) ++of->settlements;
  if (*state != CaseState::kSettled && of->state == CaseState::kSettled) ++of->relapses;
  of->state = *state;
  of->severity = *severity;
  of->overdue = *overdue;
  set(*of, event, time);
  link(*of, event);
  count(*of, 1);
  const Key actor = keys_.add(event.actor);
  if (bars(*move) && actor != 0) add_sorted(of->barred, actor);
  of->history.push_back({cause, time, of->due, actor, of->owner, *move, *state, *severity, *overdue,
                         from_code<Reason>(event.reason)});
}

/// The case of the event: a new one for the first version of an id that is new.
Case* CaseBook::take(const CaseEvent& event, TimeUs time) {
  const CaseIndex known = number_of(event.case_id);
  if (known != HashIndex::kNone) return &cases_[known];
  const auto kind = from_code<CaseKind>(event.kind);
  if (event.version != 1 || !kind) return nullptr;
  by_id_.insert(hash_of(event.case_id), static_cast<CaseIndex>(cases_.size()));
  Case& made = cases_.emplace_back();
  made.id = event.case_id;
  made.kind = *kind;
  made.opened = time;
  made.since = time;
  return &made;
}

void CaseBook::set(Case& of, const CaseEvent& event, TimeUs time) {
  of.version = event.version;
  of.rules = event.rules;
  of.repeats = event.repeats;
  of.risk = from_code<Risk>(event.risk);
  of.grounds = grounds_of(event.grounds);
  of.owner = keys_.add(event.owner);
  if (of.state == CaseState::kFeedback) of.assignee = of.owner;
  // A closed case had no deadline; an open one says which it leaves behind.
  const bool opened_again = of.due == TimeUs{} && event.due;
  if (event.ended_due || opened_again) of.since = time;
  of.due = time_of(event.due);
  wait(of, index_of(of), time_of(event.next_at));
  of.next_at = time_of(event.next_at);
}

void CaseBook::wait(const Case& of, CaseIndex index, TimeUs at) {
  if (of.next_at != TimeUs{}) timers_.erase({of.next_at, of.id, index});
  if (at != TimeUs{}) timers_.insert({at, of.id, index});
}

void CaseBook::link(Case& of, const CaseEvent& event) {
  const CaseIndex number = index_of(of);
  if (!event.category.empty()) of.category = keys_.add(event.category);
  if (!event.area.empty()) of.area = keys_.add(event.area);
  if (!event.petition.empty()) {
    of.petition = keys_.add(event.petition);
    by_petition_[of.petition] = number;
  }
  if (event.alert && number_of(*event.alert) == HashIndex::kNone) {
    by_id_.insert(hash_of(*event.alert), number);
    add_sorted(of.alerts, *event.alert);
  }
  for (const PlaceCode& place : event.places) {
    const Key key = keys_.add(place_text(place));
    if (add_sorted(of.places, key)) by_place_.add(key, number);
  }
  for (const std::string_view token : event.parties) {
    const Key key = keys_.add(token);
    if (add_sorted(of.parties, key)) by_party_.add(key, number);
  }
}

void CaseBook::count(const Case& of, std::int64_t by) {
  AreaFigures& area = figures_[of.area];
  area.cases.at(static_cast<std::size_t>(of.state)).at(static_cast<std::size_t>(of.severity)) += by;
  if (is_open(of.state) && of.overdue != Overdue::kNone) area.overdue.at(step_of(of.state)) += by;
  area.settlements += by * of.settlements;
  area.relapses += by * of.relapses;
}

const Case* CaseBook::find(const Id16& id) const {
  const Case* found = of_alert(id);
  return found != nullptr && found->id == id ? found : nullptr;
}

const Case* CaseBook::of_alert(const Id16& alert) const {
  const CaseIndex found = number_of(alert);
  return found == HashIndex::kNone ? nullptr : &cases_[found];
}

CaseIndex CaseBook::number_of(const Id16& id) const {
  return by_id_.find(hash_of(id), [&](CaseIndex number) {
    const Case& of = cases_[number];
    return of.id == id || std::binary_search(of.alerts.begin(), of.alerts.end(), id);
  });
}

const Case* CaseBook::of_petition(std::string_view number) const {
  const auto found = by_petition_.find(keys_.find(number));
  return found == by_petition_.end() ? nullptr : &cases_[found->second];
}

std::vector<const Case*> CaseBook::at_place(const PlaceCode& place) const {
  return of(by_place_, keys_.find(place_text(place)));
}

std::vector<const Case*> CaseBook::with_party(std::string_view token) const {
  return of(by_party_, keys_.find(token));
}

std::vector<const Case*> CaseBook::of(const CaseLinks& links, Key key) const {
  std::vector<const Case*> out;
  for (const CaseIndex number : links.of(key)) out.push_back(&cases_[number]);
  return out;
}

}  // namespace lamplight::inner
