#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/alert.hpp"

/// What the inner loop (内循环) is asked and what it says. Texts are views into the bytes that they were read from; codes
/// are those of inner_codes.hpp. Officers, units and parties are opaque keys; there is no free text.
namespace lamplight {

// ---- requests: published by edges, answered by the event whose cause is their offset -----------------

/// Payload of `inner.settlement_submitted`: the responding officer settled the dispute on the spot.
struct SettlementSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;  ///< If-Match
  std::string_view risk;                         ///< the officer's own flag; empty: not said
  std::vector<std::string_view> grounds;
  std::vector<std::string_view> parties;  ///< tokens
  bool operator==(const SettlementSubmitted&) const = default;
};

/// Payload of `inner.assessment_submitted`.
struct AssessmentSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::string_view risk;
  std::string_view severity;  ///< empty: as it is
  std::vector<std::string_view> grounds;
  bool operator==(const AssessmentSubmitted&) const = default;
};

/// Payload of `inner.dispatch_submitted`.
struct DispatchSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::string_view assignee;  ///< officer or unit; empty: whom the rules name for the area
  bool operator==(const DispatchSubmitted&) const = default;
};

/// Payload of `inner.feedback_submitted`.
struct FeedbackSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::vector<std::string_view> grounds;
  bool operator==(const FeedbackSubmitted&) const = default;
};

/// Payload of `inner.verification_submitted`: passed, or failed with a reason.
struct VerificationSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::string_view outcome;
  std::string_view reason;
  bool operator==(const VerificationSubmitted&) const = default;
};

/// Payload of `inner.review_submitted`: a case review ended, filed or declined.
struct ReviewSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::string_view outcome;
  bool operator==(const ReviewSubmitted&) const = default;
};

/// Payload of `inner.reopening_submitted`.
struct ReopeningSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  std::string_view reason;
  bool operator==(const ReopeningSubmitted&) const = default;
};

/// Payload of `inner.rules_move_submitted`: from now on the newest rules hold for this open case.
struct RulesMoveSubmitted {
  std::string_view actor;
  Id16 case_id;
  std::optional<std::int64_t> expected_version;
  bool operator==(const RulesMoveSubmitted&) const = default;
};

/// Payload of `inner.petition_submitted`: a petition is registered. A closed one with this number is opened again.
struct PetitionSubmitted {
  std::string_view actor;
  std::string_view petition;  ///< number of the petition office
  std::string_view area;
  std::string_view severity;  ///< empty: the lowest
  std::vector<std::string_view> parties;
  bool operator==(const PetitionSubmitted&) const = default;
};

// ---- what the service decided ------------------------------------------------------------------------

/// Payload of each of kCaseSubjects: what happened to a case, and how it stands since. One layout for all of them, so
/// that a reader folds `inner.*` without knowing every subject. `parties`, `places`, `category` and `area` add to what was
/// known; everything else stands in the place of what was.
struct CaseEvent {
  Id16 case_id;  ///< id of the alert or of the petition's request that opened it
  std::int64_t version = 1;
  std::string_view move;  ///< which event of the state table
  std::string_view kind;
  std::string_view state;  ///< since this event
  std::string_view severity;
  std::string_view overdue;
  std::string_view owner;          ///< who is to act; empty once it is closed
  std::optional<Stamp> due;        ///< of the present step
  std::optional<Stamp> next_at;    ///< of the next reminder or escalation
  std::int64_t rules = 0;          ///< version of the rules that hold for it
  std::string_view actor;          ///< who asked; empty where nobody did
  std::optional<Stamp> ended_due;  ///< deadline of the step that this event ended
  std::string_view risk;           ///< empty before somebody said
  std::vector<std::string_view> grounds;
  std::string_view reason;
  std::optional<Id16> alert;  ///< that led to it
  std::optional<Id16> other;  ///< case that a party was met in
  std::string_view petition;
  std::string_view category;
  std::string_view area;
  std::vector<PlaceCode> places;
  std::vector<std::string_view> parties;
  std::int64_t repeats = 0;  ///< alerts and cases linked since it was opened
  std::string_view chief;    ///< of an escalation: who is told
  bool operator==(const CaseEvent&) const = default;
};

/// Payload of `inner.refused`: the answer to a request that changed nothing.
struct CaseRefused {
  std::optional<Id16> case_id;
  std::int64_t version = 0;  ///< of the case; 0 where there is none
  std::string_view state;
  std::string_view ask;                   ///< settlement, assessment, …
  std::string_view rule;                  ///< that it broke
  std::vector<std::string_view> allowed;  ///< what may be asked in this state
  std::string_view actor;
  bool operator==(const CaseRefused&) const = default;
};

/// Payload of `rules.published`: from now on, for cases that begin.
struct RulesPublished {
  std::string_view actor;
  std::string_view name;  ///< inner; calendar-2026
  std::int64_t version = 1;
  std::string_view document;  ///< TOML, see docs/inner-rules.md
  Stamp reported_at;
  bool operator==(const RulesPublished&) const = default;
};

inline constexpr std::string_view kSettlementSubmitted = "inner.settlement_submitted";
inline constexpr std::string_view kAssessmentSubmitted = "inner.assessment_submitted";
inline constexpr std::string_view kDispatchSubmitted = "inner.dispatch_submitted";
inline constexpr std::string_view kFeedbackSubmitted = "inner.feedback_submitted";
inline constexpr std::string_view kVerificationSubmitted = "inner.verification_submitted";
inline constexpr std::string_view kReviewSubmitted = "inner.review_submitted";
inline constexpr std::string_view kReopeningSubmitted = "inner.reopening_submitted";
inline constexpr std::string_view kRulesMoveSubmitted = "inner.rules_move_submitted";
inline constexpr std::string_view kPetitionSubmitted = "inner.petition_submitted";

inline constexpr std::string_view kCaseOpened = "inner.opened";
inline constexpr std::string_view kCaseLinked = "inner.linked";
inline constexpr std::string_view kCaseCorrected = "inner.corrected";
inline constexpr std::string_view kCaseWithdrawn = "inner.withdrawn";
inline constexpr std::string_view kCaseSettledOnSpot = "inner.settled_on_spot";
inline constexpr std::string_view kCaseAssessed = "inner.assessed";
inline constexpr std::string_view kCaseDispatched = "inner.dispatched";
inline constexpr std::string_view kCaseFeedbackReceived = "inner.feedback_received";
inline constexpr std::string_view kCaseVerified = "inner.verified";
inline constexpr std::string_view kCaseReturned = "inner.returned";
inline constexpr std::string_view kCaseReferred = "inner.referred_to_case_review";
inline constexpr std::string_view kCaseReviewed = "inner.case_reviewed";
inline constexpr std::string_view kCaseReopened = "inner.reopened";
inline constexpr std::string_view kCaseRulesMoved = "inner.rules_moved";
inline constexpr std::string_view kCaseReminded = "inner.reminded";
inline constexpr std::string_view kCaseEscalated = "inner.escalated";
inline constexpr std::string_view kCaseMarkedOverdue = "inner.marked_overdue";
inline constexpr std::array kCaseSubjects = {
    kCaseOpened,    kCaseLinked,       kCaseCorrected,        kCaseWithdrawn,  kCaseSettledOnSpot,
    kCaseAssessed,  kCaseDispatched,   kCaseFeedbackReceived, kCaseVerified,   kCaseReturned,
    kCaseReferred,  kCaseReviewed,     kCaseReopened,         kCaseRulesMoved, kCaseReminded,
    kCaseEscalated, kCaseMarkedOverdue};

inline constexpr std::string_view kCaseRefused = "inner.refused";
inline constexpr std::string_view kRulesPublished = "rules.published";

}  // namespace lamplight
