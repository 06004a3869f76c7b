#include "problems.hpp"

#include <fmt/core.h>

#include <utility>

namespace lamplight::intake {

namespace {
constexpr std::string_view kRetryAfterSeconds = "2";

http::Problem problem(unsigned status, std::string type, std::string title, std::string detail) {
  http::Problem out;
  out.status = status;
  out.type = std::move(type);
  out.title = std::move(title);
  out.detail = std::move(detail);
  return out;
}

http::Problem retry(std::string type, std::string title, std::string detail) {
  return problem(503, std::move(type), std::move(title), std::move(detail));
}

std::string_view noun_of(Kind kind) { return info_of(kind).noun; }

/// A rule broken by the field that names another alert.
http::Problem broken_relation(const Item& item, std::string rule, std::string hint) {
  http::Problem out = problem(422, "broken_rules", "The alert breaks a rule", "See errors.");
  out.errors.push_back(
      {item.withdrawal ? "/withdraws" : "/corrects", std::move(rule), std::move(hint)});
  return out;
}
}  // namespace

http::Problem not_json(std::string detail) {
  return problem(400, "not_json", "This is not a JSON object", std::move(detail));
}

http::Problem empty_body(Kind kind) {
  return problem(400, "empty_body", "The body is empty",
                 fmt::format("Send one {0}, a JSON array of {0}s, or NDJSON.", noun_of(kind)));
}

http::Problem unsupported_media_type(Kind kind) {
  return problem(415, "unsupported_media_type", "The content type is not taken",
                 fmt::format("Send application/json (one {0} or an array) or application/x-ndjson "
                             "(one {0} a line).",
                             noun_of(kind)));
}

http::Problem bad_idempotency_key() {
  return problem(400, "bad_idempotency_key", "The Idempotency-Key is not usable",
                 "Send 1 to 128 printable ASCII characters, such as a UUID.");
}

http::Problem item_too_large(Kind kind) {
  return problem(413, "item_too_large", fmt::format("The {} is too large", noun_of(kind)),
                 fmt::format("One {} has at most 65,536 bytes of JSON.", noun_of(kind)));
}

http::Problem body_cut(std::string detail) {
  return problem(400, "body_cut", "The body ends before it is complete", std::move(detail));
}

http::Problem broken_rules(Kind kind, const std::vector<FieldError>& errors) {
  for (const FieldError& error : errors) {
    if (!error.pointer.empty()) continue;
    if (error.rule == "json" || error.rule == "utf8" || error.rule == "object")
      return not_json(error.hint);
    if (error.rule == "too_large") return item_too_large(kind);
  }
  http::Problem out = problem(422, "broken_rules",
                              fmt::format("The {} breaks {}", noun_of(kind),
                                          errors.size() == 1 ? "a rule" : "several rules"),
                              "See errors: each names the field, the rule, and what to do.");
  for (const FieldError& error : errors)
    out.errors.push_back({error.pointer, error.rule, error.hint});
  return out;
}

http::Problem not_found(Kind kind) {
  return problem(404, "not_found", fmt::format("No such {}", noun_of(kind)),
                 fmt::format("No {} of yours has this id.", noun_of(kind)));
}

http::Problem read_failed(Kind kind, const Error& error) {
  if (error.code() == Code::kNotFound) return not_found(kind);
  return retry("unavailable", fmt::format("The {} cannot be read now", noun_of(kind)),
               error.message());
}

http::Problem not_admitted(Admission admission) {
  switch (admission) {
    case Admission::kStarting:
      return retry("starting", "Intake is starting",
                   "It reads what is on the log first. Send it again shortly.");
    case Admission::kNoBus:
      return retry("unavailable", "The log cannot be reached",
                   "Nothing of this was accepted. Send it again shortly.");
    case Admission::kNoRoom:
      return retry("log_full", "The log takes nothing for the moment",
                   "Its disk is nearly full; the operators are told. Nothing of this was accepted. "
                   "Send it again later.");
    case Admission::kDraining:
      return retry("draining", "Intake is stopping",
                   "Nothing of this was accepted. Send it again shortly.");
    case Admission::kFull:
    case Admission::kOpen: break;
  }
  return retry("overloaded", "Too much is under way",
               "Nothing of this was accepted. Send it again shortly.");
}

namespace {
http::Problem key_reused(Kind kind, const Item& item) {
  return problem(422, "key_reused", "The Idempotency-Key belongs to another body",
                 fmt::format("It was used for {0} {1}. Use a fresh key for a new {0}.",
                             noun_of(kind), to_uuid(item.id)));
}

http::Problem reference_conflict(Kind kind, const Item& item) {
  const std::string id = to_uuid(item.id);
  http::Problem out = problem(
      409, "reference_conflict",
      fmt::format("The partner_ref belongs to another {}", noun_of(kind)),
      fmt::format("It was first used for {} {}, which says something else.", noun_of(kind), id));
  const std::string named = kind == Kind::kAlert ? '"' + id + '"' : "this partner_ref";
  out.errors.push_back(
      {"/partner_ref", "reference_conflict",
       fmt::format("To change that {} send a new partner_ref with \"corrects\": {}.", noun_of(kind),
                   named)});
  return out;
}

http::Problem too_many_codes(Kind kind, const Item& item) {
  http::Problem out = problem(422, "broken_rules",
                              fmt::format("The {} breaks a rule", noun_of(kind)), "See errors.");
  out.errors.push_back(
      {pointer_of(kind, item.full), "too_many_codes",
       fmt::format("This log holds as many codes outside the list \"{}\" as it may; is this free "
                   "text? Add the code to the list (intake.reference_folder), or map the column "
                   "to codes.",
                   to_string(item.full))});
  return out;
}
}  // namespace

http::Problem refusal(const Batch& batch, const Item& item) {
  switch (item.outcome) {
    case Outcome::kInvalid: return *batch.notes.at(static_cast<std::size_t>(item.note)).problem;
    case Outcome::kKeyReused: return key_reused(batch.kind, item);
    case Outcome::kReferenceConflict: return reference_conflict(batch.kind, item);
    case Outcome::kUnknownAlert:
      return broken_relation(item, "unknown_alert",
                             "Name the id of an alert of yours, as its 202 gave it.");
    case Outcome::kWithdrawn:
      return broken_relation(
          item, "withdrawn",
          fmt::format("Alert {} has withdrawn it. Send a new alert instead.", to_uuid(item.id)));
    case Outcome::kIsWithdrawal:
      return broken_relation(item, "is_withdrawal",
                             "A withdrawal stands. Send a new alert instead.");
    case Outcome::kOnlyActual:
      return broken_relation(item, "only_actual",
                             "That alert is Actual: only status Actual corrects or withdraws it. "
                             "In an exercise name an alert of the exercise.");
    case Outcome::kTooManyCodes: return too_many_codes(batch.kind, item);
    case Outcome::kTimedOut:
      return retry("timeout",
                   fmt::format("The log has not confirmed the {} in time", noun_of(batch.kind)),
                   "It may still be accepted. Send it again with the same Idempotency-Key or "
                   "partner_ref: it counts once.");
    case Outcome::kUnavailable: return not_admitted(Admission::kNoBus);
    case Outcome::kFailed:
    case Outcome::kOpen:
    case Outcome::kAccepted:
    case Outcome::kDuplicate: break;
  }
  return retry("refused_by_log", fmt::format("The log did not take the {}", noun_of(batch.kind)),
               "Send it again with the same Idempotency-Key or partner_ref: it counts once.");
}

http::Response problem_response(const http::Problem& problem, std::string_view request_id) {
  http::Response response = http::to_response(problem, request_id);
  if (problem.status == 503) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return response;
}

}  // namespace lamplight::intake
