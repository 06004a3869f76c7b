#include "console/case_json.hpp"

#include <algorithm>
#include <vector>

#include "console/json_object.hpp"

namespace lamplight::console {

namespace {

void describe(const CaseView& view, TimeUs now, JsonObject& out) {
  out.id("id", view.id);
  out.number("version", view.version);
  out.text("kind", view.kind);
  out.text("state", view.state);
  out.text("severity", view.severity);
  out.text("overdue", view.overdue);
  out.flag("late", is_late(view, now));
  out.text("owner", view.owner);
  out.stamp("due", view.due);
  out.stamp("next_at", view.next_at);
  out.number("rules", view.rules);
  out.text("risk", view.risk);
  out.list("grounds", view.grounds);
  out.text("category", view.category);
  out.text("area", view.area);
  out.text("petition", view.petition);
  out.number("repeats", view.repeats);
  out.time("opened_at", view.opened_at);
  out.time("changed_at", view.changed_at);
  out.offset("offset", view.offset);
}

/// As the log has them: one object a code, since a case that was reopened may have several of a scheme.
void describe(const std::vector<PlaceCode>& places, JsonObject& out) {
  std::vector<std::string> objects;
  for (const PlaceCode& place : places) {
    JsonObject object;
    object.text("scheme", place.scheme);
    object.text("code", place.code);
    objects.push_back(object.take());
  }
  if (!objects.empty()) out.raw_list("places", objects);
}

/// Whom and what a case is linked with, each once, in the order in which it became known.
class Links {
 public:
  void take(const HistoryEntry& entry) {
    CaseEvent event;
    if (!decode(as_bytes(entry.payload), event)) return;
    for (const std::string_view party : event.parties) add(parties_, party);
    for (const PlaceCode& place : event.places) add(places_, place);
    if (event.alert) add(alerts_, to_uuid(*event.alert));
    if (event.other) add(others_, to_uuid(*event.other));
  }
  void describe(JsonObject& out) const {
    out.list("parties", parties_);
    console::describe(places_, out);
    out.list("alerts", alerts_);
    out.list("others", others_);
  }

 private:
  template <typename T, typename Said>
  static void add(std::vector<T>& known, const Said& said) {
    if (std::find(known.begin(), known.end(), said) == known.end()) known.push_back(said);
  }
  std::vector<std::string_view> parties_;  // views into the history
  std::vector<PlaceCode> places_;          // likewise
  std::vector<std::string> alerts_;
  std::vector<std::string> others_;
};

}  // namespace

bool is_late(const CaseView& view, TimeUs now) {
  return view.open() && view.due && view.due->at <= now;
}

std::string to_json(const CaseView& view, TimeUs now) {
  JsonObject out;
  describe(view, now, out);
  return out.take();
}

std::string to_json(const Case& one, const CaseView& view, TimeUs now) {
  Links links;
  for (const HistoryEntry& entry : one.history) {
    if (view.offset < entry.offset) break;
    links.take(entry);
  }
  JsonObject out;
  describe(view, now, out);
  links.describe(out);
  return out.take();
}

std::string to_json(const HistoryEntry& entry) {
  JsonObject out;
  out.offset("offset", entry.offset);
  out.time("time", entry.time);
  out.text("subject", entry.subject);
  CaseEvent event;
  if (decode(as_bytes(entry.payload), event)) {
    out.id("case", event.case_id);
    out.number("version", event.version);
    out.text("move", event.move);
    out.text("kind", event.kind);
    out.text("state", event.state);
    out.text("severity", event.severity);
    out.text("overdue", event.overdue);
    out.text("owner", event.owner);
    out.stamp("due", event.due);
    out.stamp("next_at", event.next_at);
    out.stamp("ended_due", event.ended_due);
    out.number("rules", event.rules);
    out.text("actor", event.actor);
    out.text("risk", event.risk);
    out.list("grounds", event.grounds);
    out.text("reason", event.reason);
    out.id("alert", event.alert);
    out.id("other", event.other);
    out.text("petition", event.petition);
    out.text("category", event.category);
    out.text("area", event.area);
    out.list("parties", event.parties);
    describe(event.places, out);
    out.number("repeats", event.repeats);
    out.text("chief", event.chief);
  }
  return out.take();
}

std::string to_json(const Request& request) {
  JsonObject out;
  out.id("id", request.id);
  out.text("command", request.ask);
  out.text("outcome", !request.answered() ? "waiting" : request.refused() ? "refused" : "accepted");
  out.offset("offset", request.offset);
  if (request.answered()) out.offset("answer", request.answer);
  out.id("case", request.case_id);
  if (request.version > 0) out.number("version", request.version);
  out.text("state", request.state);
  out.text("rule", request.rule);
  out.list("allowed", request.allowed);
  return out.take();
}

}  // namespace lamplight::console
