#include "inner/handlers/handlers.hpp"
#include "model/alert_description.hpp"

namespace lamplight::inner {

namespace {

// Places by which cases are linked.
std::vector<PlaceCode> linking_places(const Rules& rules, const AlertReceived& alert) {
  std::vector<PlaceCode> out;
  const auto links = [&rules](const PlaceCode& place) {
    return place.code.size() <= kMaxCodeBytes &&
           std::binary_search(rules.place_schemes.begin(), rules.place_schemes.end(), place.scheme);
  };
  for (const PlaceCode& place : alert.places) {
    if (links(place) && out.size() < kMaxListItems) out.push_back(place);
  }
  return out;
}

// An open case is always linked to; a settled one within the window.
bool can_link(const Step& step, const Case& of) {
  if (!step.allows(of, Move::kLinkedAlert)) return false;
  const std::int64_t window_us = step.newest_rules().window_us;
  return is_open(of.state) || step.now().value - of.since.value <= window_us;
}

/// The case at one of the places: an open one before a settled one, then the one opened last.
const Case* linked(const Step& step, const std::vector<PlaceCode>& places) {
  const Case* best = nullptr;
  for (const PlaceCode& place : places) {
    for (const Case* of : step.book().at_place(place)) {
      if (!can_link(step, *of)) continue;
      const bool better = best == nullptr || (is_open(of->state) && !is_open(best->state)) ||
                          (is_open(of->state) == is_open(best->state) && best < of);
      if (better) best = of;
    }
  }
  return best;
}

void withdraw(Step& step, const AlertReceived& alert) {
  const Case* of = step.book().of_alert(*alert.withdraws);
  // One alert of several takes nothing back: the others stand. (A correction is none of its own.)
  if (of == nullptr || of->repeats > 0) return;
  if (!step.allows(*of, Move::kWithdrawal)) return;
  Change change;
  change.alert = alert.withdraws;
  step.publish(*of, Move::kWithdrawal, change);
}

Change said_by(const Event& input, const AlertReceived& alert, std::vector<PlaceCode> places) {
  Change change;
  change.alert = input.id;
  change.category = alert.category;
  change.area = alert.area;
  change.places = std::move(places);
  return change;
}

void correct(Step& step, const Case& of, Change change) {
  if (step.allows(of, Move::kCorrection)) step.publish(of, Move::kCorrection, change);
}

void link(Step& step, const Case& of, Change change) {
  const Rules& rules = is_open(of.state) ? step.rules_of(of) : step.newest_rules();
  // The case keeps its own category and area.
  change.category = {};
  change.area = {};
  change.more_repeats = 1;
  change.severity = raised(rules, of, 1);
  change.grounds = grounds_after(rules, of, 1);
  step.publish(of, Move::kLinkedAlert, change);
}

void open(Step& step, const Event& input, Change change) {
  Case made;
  made.id = input.id;
  made.kind = CaseKind::kDispute;
  change.severity = step.newest_rules().severity(change.category);
  if (step.allows(made, Move::kAlert)) step.publish(made, Move::kAlert, change);
}

}  // namespace

void decide_alert(Step& step, const Event& input) {
  AlertReceived alert;
  // Only what is real is acted upon; what intake would not have let in is nobody's case.
  if (!read_well_formed(input.payload, alert) || alert.status != AlertStatus::kActual) return;
  if (step.book().of_alert(input.id) != nullptr) return;
  if (alert.withdraws) return withdraw(step, alert);

  const Rules& rules = step.newest_rules();
  std::vector<PlaceCode> places = linking_places(rules, alert);
  if (alert.corrects) {
    if (const Case* of = step.book().of_alert(*alert.corrects))
      return correct(step, *of, said_by(input, alert, std::move(places)));
  }
  if (!rules.opens(alert.class_code, alert.category)) return;
  const Case* of = linked(step, places);
  Change change = said_by(input, alert, std::move(places));
  if (of != nullptr) link(step, *of, std::move(change));
  else open(step, input, std::move(change));
}

}  // namespace lamplight::inner
