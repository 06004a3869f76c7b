#pragma once

#include <string>

#include "alerts.hpp"
#include "model/own_types.hpp"

/// One of each report with every field set, as it lies on the log.
namespace lamplight::test {

template <typename T>
void set_what_all_have(T& item) {
  item.partner = "local";
  item.partner_ref = "R-2022-000123";
  item.status = AlertStatus::kActual;
  item.reported_at = at(1'661'476'500);
}
template <typename T>
void set_what_intake_sets(T& item) {
  item.idempotency_key = id(0x22);
  item.body_digest = id(0x33);
}

template <typename T>
T whole();

template <>
inline ClearanceOrdered whole() {
  ClearanceOrdered item;
  set_what_all_have(item);
  item.clearance = "raid-16";
  item.campaign = "summer-2022";
  item.action = "plan";
  item.number = 16;
  item.units = {"wuma", "qidu"};
  item.shifts = {"evening", "night"};
  item.focus = {"persons", "venues"};
  item.from = at(1'661'425'200);
  item.until = at(1'661'450'400);
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline ClearanceReported whole() {
  ClearanceReported item;
  set_what_all_have(item);
  item.clearance = "raid-16";
  item.unit = "wuma";
  item.with_units = {"qidu", "swat"};
  item.joint = "J-7";
  item.shift = "night";
  item.area = "wuma";
  item.operations = {"qinghuan"};
  item.happened_at = at(1'661'429'700);
  item.counts = {{"police", "", "", 80, Bound::kExact},
                 {"site", "hotel", "passed", 12, Bound::kAtLeast},
                 {"vehicle", "", "", 0, Bound::kExact}};
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline CaseReported whole() {
  CaseReported item;
  set_what_all_have(item);
  item.case_key = "C-17";
  item.unit = "criminal_investigation";
  item.with_units = {"wuma"};
  item.area = "wuma";
  item.category = "elder_fraud";
  item.flags = {"gang", "supervised"};
  item.operations = {"tiequan"};
  item.clearance = "raid-16";
  item.stages = {{"filed", at(1'661'429'760)}, {"measures", at(1'661'430'000)}};
  item.happened_at = at(1'661'429'700);
  item.counts = {{"victim", "", "", 30, Bound::kAtLeast},
                 {"amount_fen", "", "", 2'000'000, Bound::kReaches}};
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline PersonReported whole() {
  PersonReported item;
  set_what_all_have(item);
  item.person = "p7Qm-x2Vt_9aLw4Z";
  item.person_scope = "district";
  item.case_key = "C-17";
  item.clearance = "raid-16";
  item.unit = "criminal_investigation";
  item.area = "wuma";
  item.category = "elder_fraud";
  item.outcomes = {"criminal_measure", "wanted_caught"};
  item.flags = {"gang_member"};
  item.operations = {"bading", "tiequan"};
  item.listed_at = at(1'641'009'600);
  item.happened_at = at(1'661'429'700);
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline HazardReported whole() {
  HazardReported item;
  set_what_all_have(item);
  item.hazard = "H-9";
  item.state = "found";
  item.kind = "fire";
  item.clearance = "raid-16";
  item.unit = "wuma";
  item.area = "wuma";
  item.operations = {"chuxian"};
  item.due_at = at(1'662'034'500);
  item.happened_at = at(1'661'429'700);
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline FigureDeclared whole() {
  FigureDeclared item;
  set_what_all_have(item);
  item.campaign = "summer-2022";
  item.figure = "families.matched";
  item.role = "published";
  item.n = 6;
  item.bound = Bound::kReaches;
  item.source = "DAILY-2022-08-29";
  item.as_of = at(1'661'429'700);
  item.corrects = "R-2022-000100";
  set_what_intake_sets(item);
  return item;
}

template <>
inline CampaignDefined whole() {
  CampaignDefined item;
  set_what_all_have(item);
  item.partner_ref = "summer-2022/2";
  item.campaign = "summer-2022";
  item.version = 2;
  item.document = "period = \"2022-06-25/2022-10-02\"\n";
  return item;
}

template <typename T>
T whole_officer() {
  T item;
  item.officer = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  item.roles = {"operator", "duty_chief"};
  item.units = {"wuma"};
  item.actor = "cli/officer";
  return item;
}
template <>
inline OfficerAdded whole() {
  return whole_officer<OfficerAdded>();
}
template <>
inline OfficerChanged whole() {
  return whole_officer<OfficerChanged>();
}
template <>
inline OfficerRevoked whole() {
  OfficerRevoked item;
  item.officer = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  item.actor = "cli/officer";
  return item;
}

template <typename T>
std::string payload_of(const T& item) {
  MsgpackWriter out;
  encode(item, out);
  return out.take();
}

}  // namespace lamplight::test
