#include "tally/campaign_report/views_json.hpp"

#include <algorithm>

#include "model/rfc3339.hpp"

namespace lamplight::tally {

void ViewsJson::rule(const GangRule& rule) {
  json_.StartObject();
  field("rule", rule.recurring ? "recurring" : "component");
  number("persons", rule.persons);
  number("cases", rule.cases);
  number("recurring_persons", rule.recurring_persons);
  number("recurring_cases", rule.recurring_cases);
  number("window_days", rule.window_days);
  texts("leave_out", rule.leave_out);
  json_.EndObject();
}

void ViewsJson::person(const GangPerson& person) {
  json_.StartObject();
  field("person", person.key);
  said("sender", person.sender);
  json_.EndObject();
}

void ViewsJson::persons(std::string_view name, const std::vector<GangPerson>& persons) {
  array(name, persons, [this](const GangPerson& of) { person(of); });
}

void ViewsJson::gang(const Gang& gang) {
  json_.StartObject();
  number("group", gang.number);
  count("proposed_at", gang.proposed_at.value);
  persons("persons", gang.persons);
  texts("cases", gang.cases);
  persons("recurring_persons", gang.recurring_persons);
  texts("recurring_cases", gang.recurring_cases);
  array("links", gang.links, [this](const GangLink& link) {
    json_.StartObject();
    field("person", link.person.key);
    said("sender", link.person.sender);
    field("case", link.case_key);
    count("offset", link.offset.value);
    field("id", to_hex(link.id.bytes));
    field("partner", link.partner);
    field("partner_ref", link.partner_ref);
    field("happened_at", to_rfc3339(link.happened_at));
    json_.EndObject();
  });
  json_.EndObject();
}

void ViewsJson::groups(const std::vector<Gang>& groups) {
  json_.StartArray();
  for (const Gang& of : groups) gang(of);
  json_.EndArray();
}

void ViewsJson::event(const GangEvent& event) {
  json_.StartObject();
  count("offset", event.offset.value);
  field("id", to_hex(event.id.bytes));
  field("step", to_string(event.step));
  number("group", event.group);
  array("others", event.others, [this](std::uint32_t other) { json_.Uint(other); });
  persons("persons_added", event.persons_added);
  persons("persons_gone", event.persons_gone);
  texts("cases_added", event.cases_added);
  texts("cases_gone", event.cases_gone);
  count("links", event.links);
  json_.EndObject();
}

void ViewsJson::history(const std::vector<GangEvent>& history) {
  json_.StartArray();
  for (const GangEvent& of : history) event(of);
  json_.EndArray();
}

void ViewsJson::counts(std::string_view name, const std::vector<ClearanceCount>& counts) {
  const auto said = [](const std::string& code) {
    return code.empty() ? std::nullopt : std::optional(code);
  };
  array(name, counts, [&](const ClearanceCount& of) {
    json_.StartObject();
    field("what", of.what);
    maybe("kind", said(of.kind));
    maybe("result", said(of.result));
    number("n", of.n);
    field("bound", to_string(of.bound));
    json_.EndObject();
  });
}

void ViewsJson::stamp(std::string_view name, const std::optional<Stamp>& stamp) {
  maybe(name, stamp ? std::optional(to_rfc3339(*stamp)) : std::nullopt);
}

/// What the orders say.
void ViewsJson::ordered(const ClearanceView& view) {
  field("clearance", view.clearance);
  said("campaign", view.campaign);
  field("state", to_string(view.state));
  maybe("number", view.number);
  stamp("from", view.from);
  stamp("until", view.until);
  stamp("closed_at", view.closed_at);
}

void ViewsJson::summary(const ClearanceView& view) {
  json_.StartObject();
  ordered(view);
  std::uint64_t reports = 0;
  for (const ClearanceLine& line : view.lines) reports += line.reports;
  count("reports", reports);
  count("missing", view.missing.size());
  count("late", view.late.size());
  number("persons", view.persons);
  count("hazards_open",
        static_cast<std::uint64_t>(std::count_if(view.hazards.begin(), view.hazards.end(),
                                                 [](const HazardLine& of) { return of.open; })));
  json_.EndObject();
}

void ViewsJson::clearance(const ClearanceView& view) {
  json_.StartObject();
  ordered(view);
  texts("units", view.units);
  texts("shifts", view.shifts);
  texts("focus", view.focus);
  counts("totals", view.totals);
  array("lines", view.lines, [this](const ClearanceLine& line) {
    json_.StartObject();
    field("unit", line.unit);
    field("shift", line.shift);
    count("reports", line.reports);
    flag("expected", line.expected);
    counts("counts", line.counts);
    json_.EndObject();
  });
  array("hours", view.hours, [this](const ClearanceHour& of) {
    json_.StartObject();
    number("hour", of.hour);
    counts("counts", of.counts);
    json_.EndObject();
  });
  array("missing", view.missing, [this](const MissingLine& line) {
    json_.StartObject();
    field("unit", line.unit);
    field("shift", line.shift);
    texts("named_by", line.named_by);
    json_.EndObject();
  });
  array("late", view.late, [this](const LateReport& report) {
    json_.StartObject();
    count("offset", report.offset.value);
    field("id", to_hex(report.id.bytes));
    field("partner", report.partner);
    field("partner_ref", report.partner_ref);
    field("unit", report.unit);
    field("shift", report.shift);
    field("reported_at", to_rfc3339(report.reported_at));
    json_.EndObject();
  });
  array("joint", view.joint, [this](const JointAction& action) {
    json_.StartObject();
    field("joint", action.joint);
    texts("units", action.units);
    count("reports", action.reports);
    flag("conflict", action.conflict);
    json_.EndObject();
  });
  number("persons", view.persons);
  flag("distinct_per_sender", view.persons_per_sender);
  array("outcomes", view.outcomes, [this](const OutcomeCount& of) {
    json_.StartObject();
    field("outcome", of.outcome);
    number("persons", of.persons);
    json_.EndObject();
  });
  array("hazards", view.hazards, [this](const HazardLine& of) {
    json_.StartObject();
    field("hazard", of.hazard);
    said("kind", of.kind);
    said("unit", of.unit);
    field("state", of.state);
    stamp("found_at", of.found_at);
    stamp("due_at", of.due_at);
    number("times_found", of.times_found);
    flag("open", of.open);
    flag("overdue", of.overdue);
    json_.EndObject();
  });
  json_.EndObject();
}

void ViewsJson::accounts(const std::vector<RecordAccount>& accounts) {
  json_.StartArray();
  for (const RecordAccount& of : accounts) {
    json_.StartObject();
    field("from", of.from);
    count("events", of.events);
    count("reports", of.reports);
    count("repeats", of.repeats);
    count("corrections", of.corrections);
    count("withdrawals", of.withdrawals);
    count("unreadable", of.unreadable);
    count("unresolved", of.unresolved);
    count("standing", of.standing);
    count("corrected", of.corrected);
    count("withdrawn", of.withdrawn);
    count("not_actual", of.not_actual);
    json_.EndObject();
  }
  json_.EndArray();
}

/// The last by code, as with the operations, and how many come before.
void ViewsJson::some(const std::string& name, const std::vector<std::string>& codes) {
  const std::size_t more = codes.size() - std::min(codes.size(), kMaxListedCodes);
  texts(name, {codes.begin() + static_cast<std::ptrdiff_t>(more), codes.end()});
  count(name + "_more", more);
}

void ViewsJson::unlisted(const ClearanceOperations& found) {
  some("left_out", found.left_out);
  some("of_no_campaign", found.of_no_campaign);
}

namespace {

/// The frame of an answer of its own.
class Document : private JsonFields {
 public:
  Document(Json& json, const char* schema, const ViewPlace& place) : JsonFields(json) {
    json_.StartObject();
    field("schema", schema);
    as_of(place.as_of, place.time, place.hash);
  }
  using JsonFields::flag;
  using JsonFields::key;
  using JsonFields::said;
  void end() { json_.EndObject(); }
};

}  // namespace

std::string gangs_json(const GangsUnderReview& review, const GangRule& rule,
                       const std::string& campaign, const ViewPlace& place) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  ViewsJson views(json);
  Document document(json, "lamplight-gangs/1", place);
  document.said("campaign", campaign);
  document.key("rule");
  views.rule(rule);
  document.key("groups");
  views.groups(review.groups);
  document.flag("whole_history", review.whole_history);
  document.key("history");
  views.history(review.history);
  document.end();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string clearances_json(const ClearanceOperations& found, const std::string& campaign,
                            const ViewPlace& place) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  ViewsJson views(json);
  Document document(json, "lamplight-clearances/1", place);
  document.said("campaign", campaign);
  document.key("clearances");
  json.StartArray();
  for (const ClearanceView& view : found.operations) views.summary(view);
  json.EndArray();
  views.unlisted(found);
  document.end();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string clearance_json(const ClearanceView& view, const ViewPlace& place) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  ViewsJson views(json);
  Document document(json, "lamplight-clearance/1", place);
  document.key("clearance");
  views.clearance(view);
  document.end();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace lamplight::tally
