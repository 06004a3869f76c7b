#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/alert.hpp"

/// What units and partners report of a campaign beside alerts: clearance operations, cases, persons, hazards, and figures
/// that are declared instead of counted. Texts are views into the bytes that they were read from.
///
/// Of each: `partner` is set by intake; `partner_ref` is the sender's own number; only status Actual is ever counted.
/// `corrects` and `withdraws` name a partner_ref of the same sender and the same type, so a correction may come before
/// what it corrects, and may be corrected in its turn. Codes that were not said are empty; counts that were not said are
/// absent, which is not 0.
namespace lamplight {

/// How a number was said: 200余 is at least, 达2000万 reaches.
enum class Bound : std::uint8_t { kExact = 0, kAtLeast = 1, kReaches = 2 };

/// "exact", "at_least", "reaches".
[[nodiscard]] std::string_view to_string(Bound bound);
[[nodiscard]] std::optional<Bound> bound_from(std::string_view name);

/// One number of a report: 366 sites of kind "venue" with result "passed".
struct Count {
  std::string_view
      what;  ///< code list "count": police, social, site, person, vehicle, amount_fen, …
  std::string_view kind;    ///< code list "count_kind"; empty: not said
  std::string_view result;  ///< code list "count_result"; empty: not said
  std::int64_t n = 0;
  Bound bound = Bound::kExact;
  bool operator==(const Count&) const = default;
};

/// Payload of `clearance.ordered`: a clearance operation is planned, opened or closed.
struct ClearanceOrdered {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view clearance;            ///< the operation's code, the same in its reports
  std::string_view campaign;             ///< code of the campaign; empty: none
  std::string_view action;               ///< plan, open, close
  std::optional<std::int64_t> number;    ///< 16 of the sixteenth
  std::vector<std::string_view> units;   ///< who is to report
  std::vector<std::string_view> shifts;  ///< of each unit; empty: one report a unit
  std::vector<std::string_view> focus;   ///< kinds it looks at
  std::optional<Stamp> from, until;
  Stamp reported_at;
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const ClearanceOrdered&) const = default;
};

/// Payload of `clearance.reported`: what one unit did in one shift of a clearance operation.
struct ClearanceReported {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view clearance;
  std::string_view unit;
  std::vector<std::string_view> with_units;  ///< of a joint action: the other units
  std::string_view joint;  ///< opaque key of a joint action that several units report: counted once
  std::string_view shift;
  std::string_view area;
  std::vector<std::string_view> operations;
  Stamp happened_at;
  Stamp reported_at;
  std::vector<Count> counts;
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const ClearanceReported&) const = default;
};

/// Payload of `case.reported`: a case as one unit knows it. Several units may report the same case.
struct CaseReported {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view case_key;  ///< JSON "case": opaque, the same wherever the case is spoken of
  std::string_view unit;
  std::vector<std::string_view> with_units;
  std::string_view area;
  std::string_view category;
  std::vector<std::string_view> flags;  ///< code list "case_flag"
  std::vector<std::string_view> operations;
  std::string_view clearance;
  std::vector<StageStamp> stages;  ///< code list "case_stage"
  Stamp happened_at;
  Stamp reported_at;
  std::vector<Count> counts;  ///< victims, amount_fen, seized things
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const CaseReported&) const = default;
};

/// Payload of `person.reported`: what happened to one person, known by a pseudonymous key, on one day. Outcomes are flags:
/// one person may bear several. With a case it is also the link between person and case.
struct PersonReported {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view person;  ///< token: 16 to 64 of A-Z a-z 0-9 _ -, with letters and digits
  std::string_view
      person_scope;           ///< district: made with the district's key; sender: the sender's own
  std::string_view case_key;  ///< JSON "case"
  std::string_view clearance;
  std::string_view unit;
  std::string_view area;
  std::string_view category;
  std::vector<std::string_view> outcomes;  ///< code list "outcome"
  std::vector<std::string_view> flags;     ///< code list "person_flag"
  std::vector<std::string_view> operations;
  std::optional<Stamp> listed_at;  ///< of a wanted person: when the listing began
  Stamp happened_at;
  Stamp reported_at;
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const PersonReported&) const = default;
};

/// Payload of `hazard.reported`: a hazard was found, rectified, verified as rectified, or waived.
struct HazardReported {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view hazard;  ///< opaque key, the same through its life
  std::string_view state;   ///< found, rectified, verified, waived
  std::string_view kind;    ///< code list "hazard_kind"
  std::string_view clearance;
  std::string_view unit;
  std::string_view area;
  std::vector<std::string_view> operations;
  std::optional<Stamp> due_at;
  Stamp happened_at;
  Stamp reported_at;
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const HazardReported&) const = default;
};

/// Payload of `figure.declared`: a figure that somebody states and this system does not count.
struct FigureDeclared {
  std::string_view partner, partner_ref;
  AlertStatus status = AlertStatus::kActual;
  std::string_view campaign;
  std::string_view figure;  ///< id of a figure of that campaign
  std::string_view
      role;  ///< value: stands for the figure; baseline: of the period before; published: what was printed
  std::int64_t n = 0;
  Bound bound = Bound::kExact;
  std::string_view source;  ///< reference of the document it is taken from
  Stamp as_of;              ///< the moment that the figure speaks of
  Stamp reported_at;
  std::string_view corrects, withdraws;
  std::optional<Id16> idempotency_key;
  Id16 body_digest;
  bool operator==(const FigureDeclared&) const = default;
};

/// Payload of `campaign.defined`: what a campaign is and counts from now on. Published by `lamplight campaign apply`.
struct CampaignDefined {
  std::string_view partner;      ///< name of the publisher
  std::string_view partner_ref;  ///< <campaign>/<version>
  AlertStatus status = AlertStatus::kActual;
  std::string_view campaign;
  std::int64_t version = 1;   ///< one more than that of the definition it takes the place of
  std::string_view document;  ///< TOML, see docs/campaign.md; at most 256 KiB
  Stamp reported_at;
  bool operator==(const CampaignDefined&) const = default;
};

inline constexpr std::string_view kClearanceOrdered = "clearance.ordered";
inline constexpr std::string_view kClearanceReported = "clearance.reported";
inline constexpr std::string_view kCaseReported = "case.reported";
inline constexpr std::string_view kPersonReported = "person.reported";
inline constexpr std::string_view kHazardReported = "hazard.reported";
inline constexpr std::string_view kFigureDeclared = "figure.declared";
inline constexpr std::string_view kCampaignDefined = "campaign.defined";

}  // namespace lamplight
