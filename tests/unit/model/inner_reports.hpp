#pragma once

#include "reports.hpp"

/// One of each request and event of the inner loop with every field set, as it lies on the log.
namespace lamplight::test {

template <typename T>
T whole_request() {
  T item;
  item.actor = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  item.case_id = id(0x44);
  item.expected_version = 3;
  return item;
}

template <>
inline SettlementSubmitted whole() {
  auto item = whole_request<SettlementSubmitted>();
  item.risk = "residual";
  item.grounds = {"provocation"};
  item.parties = {"party-0001-aaaa-bbbb", "party-0002-aaaa-bbbb"};
  return item;
}
template <>
inline AssessmentSubmitted whole() {
  auto item = whole_request<AssessmentSubmitted>();
  item.risk = "none";
  item.severity = "high";
  item.grounds = {"gang_fight", "unwilling_party"};
  return item;
}
template <>
inline DispatchSubmitted whole() {
  auto item = whole_request<DispatchSubmitted>();
  item.assignee = "wuma-community";
  return item;
}
template <>
inline FeedbackSubmitted whole() {
  auto item = whole_request<FeedbackSubmitted>();
  item.grounds = {"unwilling_party"};
  return item;
}
template <>
inline VerificationSubmitted whole() {
  auto item = whole_request<VerificationSubmitted>();
  item.outcome = "failed";
  item.reason = "risk_remains";
  return item;
}
template <>
inline ReviewSubmitted whole() {
  auto item = whole_request<ReviewSubmitted>();
  item.outcome = "declined";
  return item;
}
template <>
inline ReopeningSubmitted whole() {
  auto item = whole_request<ReopeningSubmitted>();
  item.reason = "complaint";
  return item;
}
template <>
inline RulesMoveSubmitted whole() {
  return whole_request<RulesMoveSubmitted>();
}
template <>
inline PetitionSubmitted whole() {
  PetitionSubmitted item;
  item.actor = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  item.petition = "XF-2022-17";
  item.area = "wuma";
  item.severity = "medium";
  item.parties = {"party-0001-aaaa-bbbb"};
  return item;
}
template <>
inline CaseEvent whole() {
  CaseEvent item;
  item.case_id = id(0x44);
  item.version = 7;
  item.move = "linked_alert";
  item.kind = "dispute";
  item.state = "assessment";
  item.severity = "high";
  item.overdue = "none";
  item.owner = "operations_centre";
  item.due = at(1'661'500'800);
  item.next_at = at(1'661'500'800);
  item.rules = 2;
  item.actor = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  item.ended_due = at(1'661'450'400);
  item.risk = "residual";
  item.grounds = {"repeated_offence"};
  item.reason = "relapse";
  item.alert = id(0x55);
  item.other = id(0x66);
  item.petition = "XF-2022-17";
  item.category = "neighbour_dispute";
  item.area = "wuma";
  item.places = {{"address_key", "5d41402abc4b2a76"}};
  item.parties = {"party-0001-aaaa-bbbb"};
  item.repeats = 3;
  item.chief = "duty_chief";
  return item;
}
template <>
inline CaseRefused whole() {
  CaseRefused item;
  item.case_id = id(0x44);
  item.version = 7;
  item.state = "settlement";
  item.ask = "verification";
  item.rule = "illegal_move";
  item.allowed = {"settlement", "rules_move"};
  item.actor = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
  return item;
}
template <>
inline RulesPublished whole() {
  RulesPublished item;
  item.actor = "cli/rules";
  item.name = "calendar-2022";
  item.version = 2;
  item.document = "year = 2022\nholidays = []\nworkdays = []\n";
  item.reported_at = at(1'661'476'500);
  return item;
}

}  // namespace lamplight::test
