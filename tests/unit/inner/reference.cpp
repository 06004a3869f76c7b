#include "reference.hpp"

#include <algorithm>
#include <chrono>

namespace reference {

namespace {

constexpr Time kMinute = 60'000'000;
constexpr Time kDay = 24 * 60 * kMinute;
constexpr Time kZone = 8 * 60 * kMinute;
const char* const kStates[kSteps] = {"settlement",   "assessment", "dispatch",   "feedback",
                                     "verification", "rework",     "case_review"};

int step_of(const std::string& state) {
  return static_cast<int>(std::find(kStates, kStates + kSteps, state) - kStates);
}

bool is_open(const Case& of) { return step_of(of.state) < kSteps; }

bool one_of(const std::string& state, std::initializer_list<const char*> states) {
  return std::any_of(states.begin(), states.end(), [&](const char* each) { return state == each; });
}

bool is_reason(const std::string& reason) {
  return one_of(reason, {"not_done", "party_disagrees", "risk_remains", "incomplete",
                         "wrong_person", "relapse", "complaint"});
}

}  // namespace

void Model::begin() {
  said.clear();
  refused.clear();
}

void Model::refuse(const char* rule) {
  refused = rule;
  ++refusals[rule];
}

void Model::say(const char* subject, Case& of) {
  ++of.version;
  said.emplace_back(subject, of.id);
}

const Desk& Model::desk(const Case& of) const {
  const auto& areas = rules(of).areas;
  const auto found = areas.find(of.area);
  return found == areas.end() ? areas.at("") : found->second;
}

Time Model::due(const Span& span, Time from) const {
  if (span.unit == 'm') return from + span.count * kMinute;
  Time day = (from + kZone) / kDay;
  for (int left = span.count; left > 0;) {
    ++day;
    const std::chrono::weekday weekday{std::chrono::sys_days{std::chrono::days{day}}};
    const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
    const bool works = workdays.contains(day) || (!weekend && !holidays.contains(day));
    if (span.unit == 'd' || works) --left;
  }
  return (day + 1) * kDay - kZone;
}

Time Model::step_due(const Case& of, Time from) const {
  const Rules& by = rules(of);
  const int step = step_of(of.state);
  return due(of.petition ? by.petition[step] : by.dispute[of.severity][step], from);
}

void Model::end_step(const Case& of, Time now) {
  if (open.contains(of.id)) took[of.state].push_back(now - of.since);
}

void Model::enter(Case& of, const std::string& state, Time now) {
  end_step(of, now);
  if (!open.contains(of.id)) of.open_since = now;
  of.state = state;
  of.overdue = 0;
  of.since = now;
  of.due = of.next = step_due(of, now);
  if (state == "settlement") of.owner = desk(of).station;
  else if (state == "case_review") of.owner = rules(of).review;
  else if (state == "feedback" || state == "rework") of.owner = of.assignee;
  else of.owner = rules(of).centre;
  open.insert(of.id);
}

void Model::leave(Case& of, const std::string& state, Time now) {
  end_step(of, now);
  of.state = state;
  of.overdue = 0;
  of.since = now;
  of.due = of.next = 0;
  of.owner.clear();
  open.erase(of.id);
}

Case& Model::make(Time now, Id id, bool petition, const std::string& area) {
  Case& made = cases[id];
  made.id = id;
  made.petition = petition;
  made.area = area;
  made.opened = cases.size();
  made.rules = newest().version;
  alerts_[id] = id;
  enter(made, petition ? "assessment" : "settlement", now);
  return made;
}

const Case* Model::of_alert(Id alert) const {
  const auto found = alerts_.find(alert);
  return found == alerts_.end() ? nullptr : &cases.at(found->second);
}

bool Model::lately(const Case& of, Time now) const {
  return is_open(of) || (of.state == "settled" && now - of.since <= newest().window_days * kDay);
}

void Model::count_repeats(Case& of, const Rules& by, int more) {
  for (int i = 0; i < more; ++i) {
    ++of.repeats;
    if (of.repeats >= by.raise_from && of.severity < 3) ++of.severity;
    if (of.repeats >= by.offence_from) of.grounds |= 1;
  }
}

bool Model::gated(const Case& of, unsigned grounds) const {
  return !of.petition && (grounds & rules(of).gate) != 0;
}

void Model::alert(Time now, Id id, const std::string& place, const std::string& area) {
  begin();
  Case* best = nullptr;
  if (!place.empty()) {
    for (const Id each : at_place_[place]) {
      Case& of = cases.at(each);
      if (!lately(of, now)) continue;
      const bool better = best == nullptr || std::pair(is_open(of), of.opened) >
                                                 std::pair(is_open(*best), best->opened);
      if (better) best = &of;
    }
  }
  if (best != nullptr) {
    link(*best, now, id);
  } else {
    Case& made = make(now, id, false, area);
    made.severity = 1;
    made.due = made.next = step_due(made, now);
    say("inner.opened", made);
    best = &made;
  }
  if (!place.empty()) at_place_[place].insert(best->id);
}

void Model::link(Case& of, Time now, Id alert) {
  alerts_[alert] = of.id;
  if (of.state == "settled") {
    of.rules = newest().version;
    count_repeats(of, newest(), 1);
    enter(of, "settlement", now);
    return say("inner.reopened", of);
  }
  count_repeats(of, rules(of), 1);
  if (one_of(of.state, {"dispatch", "feedback", "verification", "rework"})) {
    enter(of, "assessment", now);
  } else if (of.overdue == 0) {
    const Time sooner = step_due(of, now);
    if (sooner < of.due) of.due = of.next = sooner;
  }
  say("inner.linked", of);
}

void Model::withdraw(Time now, Id alert) {
  begin();
  const auto found = alerts_.find(alert);
  if (found == alerts_.end()) return;
  Case& of = cases.at(found->second);
  if (of.repeats > 0 || of.state == "withdrawn") return;
  if (of.state == "settlement") leave(of, "withdrawn", now);
  say("inner.withdrawn", of);
}

void Model::correct(Id id, Id alert, const std::string& place, const std::string& area) {
  begin();
  Case& of = cases.at(alerts_.at(alert));
  if (of.state == "withdrawn") return;
  alerts_[id] = of.id;
  of.area = area;
  if (!place.empty()) at_place_[place].insert(of.id);
  say("inner.corrected", of);
}

void Model::petition(Time now, Id id, const std::string& number, int severity) {
  begin();
  const auto known = numbers_.find(number);
  if (known == numbers_.end()) {
    numbers_[number] = id;
    Case& made = make(now, id, true, "");
    if (severity >= 0) made.severity = severity;
    made.number = number;
    return say("inner.opened", made);
  }
  Case& of = cases.at(known->second);
  if (of.state != "settled") return refuse("illegal_move");
  of.rules = newest().version;
  if (severity >= 0) of.severity = severity;
  ++of.repeats;
  enter(of, "assessment", now);
  say("inner.reopened", of);
}

Case* Model::admit(const Request& asked) {
  begin();
  const auto found = cases.find(asked.id);
  if (found == cases.end()) {
    refuse("no_case");
    return nullptr;
  }
  if (asked.expected && *asked.expected != found->second.version) {
    refuse("version");
    return nullptr;
  }
  return &found->second;
}

void Model::settle(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!is_open(*of)) return refuse("illegal_move");
  std::map<std::size_t, Id> met;  // in the order of their opening
  for (const std::string& party : asked.parties) {
    if (!of->parties.insert(party).second) continue;
    for (const Id each : of_party_[party]) {
      const Case& other = cases.at(each);
      if (each != of->id && !other.petition && lately(other, now)) met[other.opened] = each;
    }
  }
  for (const std::string& party : asked.parties) of_party_[party].insert(of->id);
  if (asked.risk == "none") of->risk = 0;
  if (asked.risk == "residual") of->risk = 1;
  count_repeats(*of, rules(*of), static_cast<int>(met.size()));
  of->grounds |= asked.grounds;
  of->barred.insert(asked.actor);
  if (!one_of(of->state, {"assessment", "case_review"})) enter(*of, "assessment", now);
  say("inner.settled_on_spot", *of);
  std::size_t reopened = 0;
  for (const auto& [opened, id] : met) {
    Case& other = cases.at(id);
    if (other.state != "settled" || reopened == 64) continue;
    ++reopened;
    other.rules = newest().version;
    count_repeats(other, newest(), 1);
    enter(other, "assessment", now);
    say("inner.reopened", other);
  }
}

void Model::assess(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (asked.risk != "none" && asked.risk != "residual") return refuse("code");
  if (of->state != "assessment") return refuse("illegal_move");
  of->risk = asked.risk == "residual" ? 1 : 0;
  of->grounds |= asked.grounds;
  if (asked.severity >= 0) of->severity = asked.severity;
  const bool refer = gated(*of, of->grounds);
  enter(*of, refer ? "case_review" : "dispatch", now);
  say(refer ? "inner.referred_to_case_review" : "inner.assessed", *of);
}

void Model::dispatch(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!one_of(of->state, {"dispatch", "feedback", "rework"})) return refuse("illegal_move");
  const Desk& by = desk(*of);
  std::string to = asked.assignee;
  if (of->risk == 1) {
    if (to.empty()) to = by.community.front();
    if (std::count(by.community.begin(), by.community.end(), to) == 0)
      return refuse("community_officer");
  }
  of->assignee = to.empty() ? by.station : to;
  enter(*of, "feedback", now);
  say("inner.dispatched", *of);
}

void Model::feed_back(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!one_of(of->state, {"feedback", "rework"})) return refuse("illegal_move");
  of->barred.insert(asked.actor);
  of->grounds |= asked.grounds;
  const bool refer = gated(*of, of->grounds);
  enter(*of, refer ? "case_review" : "verification", now);
  say(refer ? "inner.referred_to_case_review" : "inner.feedback_received", *of);
}

void Model::verify(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  const bool passed = asked.outcome == "passed";
  if (!passed && asked.outcome != "failed") return refuse("code");
  if (!passed && !is_reason(asked.reason)) return refuse("reason");
  if (of->state != "verification") return refuse("illegal_move");
  if (of->barred.contains(asked.actor)) return refuse("same_officer");
  if (passed) leave(*of, "settled", now);
  else enter(*of, "rework", now);
  say(passed ? "inner.verified" : "inner.returned", *of);
}

void Model::review(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!one_of(asked.outcome, {"filed", "declined"})) return refuse("code");
  if (of->state != "case_review") return refuse("illegal_move");
  if (asked.outcome == "filed") {
    leave(*of, "filed", now);
  } else {
    of->grounds = 0;
    enter(*of, "assessment", now);
  }
  say("inner.case_reviewed", *of);
}

void Model::reopen(Time now, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!is_reason(asked.reason)) return refuse("reason");
  if (is_open(*of)) return refuse("illegal_move");
  of->rules = newest().version;
  enter(*of, of->state == "withdrawn" ? "settlement" : "assessment", now);
  say("inner.reopened", *of);
}

void Model::move_rules(Time, const Request& asked) {
  Case* of = admit(asked);
  if (of == nullptr) return;
  if (!is_open(*of)) return refuse("illegal_move");
  if (of->rules == newest().version) return refuse("newest_rules");
  of->rules = newest().version;
  of->overdue = 0;
  of->due = of->next = step_due(*of, of->since);
  say("inner.rules_moved", *of);
}

void Model::tick(Time now, std::size_t most) {
  begin();
  std::set<std::pair<Time, Id>> late;
  for (const Id id : open) {
    if (cases.at(id).next <= now) late.emplace(cases.at(id).next, id);
  }
  for (const auto& [at, id] : late) {
    if (said.size() == most) break;
    Case& of = cases.at(id);
    const Rules& by = rules(of);
    if (of.overdue == 0) {
      of.next = due(by.escalate, of.due);
      of.overdue = 1;
      say("inner.reminded", of);
    } else if (of.overdue == 1) {
      of.next = due(by.mark, of.due);
      of.overdue = 2;
      say("inner.escalated", of);
    } else {
      of.next = due(by.repeat, now);
      say(of.overdue == 2 ? "inner.marked_overdue" : "inner.escalated", of);
      of.overdue = 3;
    }
  }
}

}  // namespace reference
