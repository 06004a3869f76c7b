#include "console/case_json.hpp"

#include "console/json_object.hpp"

namespace lamplight::console {

bool is_late(const CaseView& view, TimeUs now) {
  return view.open() && view.due && view.due->at <= now;
}

std::string to_json(const CaseView& view, TimeUs now) {
  JsonObject out;
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
    out.text("state", event.state);
    out.text("severity", event.severity);
    out.text("overdue", event.overdue);
    out.text("owner", event.owner);
    out.stamp("due", event.due);
    out.stamp("ended_due", event.ended_due);
    out.text("actor", event.actor);
    out.text("risk", event.risk);
    out.list("grounds", event.grounds);
    out.text("reason", event.reason);
    out.id("alert", event.alert);
    out.id("other", event.other);
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
