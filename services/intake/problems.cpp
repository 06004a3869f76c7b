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

/// The field whose codes are those of the list.
std::string pointer_of(CodeList list) {
  switch (list) {
    case CodeList::kOperation: return "/operations";
    case CodeList::kStage: return "/stages";
    case CodeList::kPlaceScheme: return "/places";
    case CodeList::kStatus:
    case CodeList::kClass:
    case CodeList::kCategory:
    case CodeList::kArea: break;
  }
  return "/" + std::string(to_string(list));
}

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

http::Problem empty_body() {
  return problem(400, "empty_body", "The body is empty",
                 "Send one alert, a JSON array of alerts, or NDJSON.");
}

http::Problem unsupported_media_type() {
  return problem(
      415, "unsupported_media_type", "The content type is not taken",
      "Send application/json (one alert or an array) or application/x-ndjson (one alert a line).");
}

http::Problem bad_idempotency_key() {
  return problem(400, "bad_idempotency_key", "The Idempotency-Key is not usable",
                 "Send 1 to 128 printable ASCII characters, such as a UUID.");
}

http::Problem item_too_large() {
  return problem(413, "item_too_large", "The alert is too large",
                 "One alert has at most 65,536 bytes of JSON.");
}

http::Problem body_cut(std::string detail) {
  return problem(400, "body_cut", "The body ends before it is complete", std::move(detail));
}

http::Problem broken_rules(const std::vector<FieldError>& errors) {
  for (const FieldError& error : errors) {
    if (!error.pointer.empty()) continue;
    if (error.rule == "json" || error.rule == "utf8" || error.rule == "object")
      return not_json(error.hint);
    if (error.rule == "too_large") return item_too_large();
  }
  http::Problem out =
      problem(422, "broken_rules",
              errors.size() == 1 ? "The alert breaks a rule" : "The alert breaks several rules",
              "See errors: each names the field, the rule, and what to do.");
  for (const FieldError& error : errors)
    out.errors.push_back({error.pointer, error.rule, error.hint});
  return out;
}

http::Problem not_found() {
  return problem(404, "not_found", "No such alert", "No alert of yours has this id.");
}

http::Problem read_failed(const Error& error) {
  if (error.code() == Code::kNotFound) return not_found();
  return retry("unavailable", "The alert cannot be read now", error.message());
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

http::Problem refusal(const Batch& batch, const Item& item) {
  switch (item.outcome) {
    case Outcome::kInvalid: return *batch.notes.at(static_cast<std::size_t>(item.note)).problem;
    case Outcome::kKeyReused:
      return problem(422, "key_reused", "The Idempotency-Key belongs to another body",
                     fmt::format("It was used for alert {}. Use a fresh key for a new alert.",
                                 to_uuid(item.id)));
    case Outcome::kReferenceConflict: {
      http::Problem out =
          problem(409, "reference_conflict", "The partner_ref belongs to another alert",
                  fmt::format("It was first used for alert {}, which says something else.",
                              to_uuid(item.id)));
      out.errors.push_back(
          {"/partner_ref", "reference_conflict",
           fmt::format("To change that alert send a new partner_ref with \"corrects\": \"{}\".",
                       to_uuid(item.id))});
      return out;
    }
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
    case Outcome::kTooManyCodes: {
      http::Problem out = problem(422, "broken_rules", "The alert breaks a rule", "See errors.");
      out.errors.push_back(
          {pointer_of(item.full), "too_many_codes",
           fmt::format("This log holds as many codes outside the list \"{}\" as it may; is this "
                       "free text? Add the code to the list (intake.reference_folder), or map the "
                       "column to codes.",
                       to_string(item.full))});
      return out;
    }
    case Outcome::kTimedOut:
      return retry("timeout", "The log has not confirmed the alert in time",
                   "It may still be accepted. Send it again with the same Idempotency-Key or "
                   "partner_ref: it counts once.");
    case Outcome::kUnavailable: return not_admitted(Admission::kNoBus);
    case Outcome::kFailed:
    case Outcome::kOpen:
    case Outcome::kAccepted:
    case Outcome::kDuplicate: break;
  }
  return retry("refused_by_log", "The log did not take the alert",
               "Send it again with the same Idempotency-Key or partner_ref: it counts once.");
}

http::Response problem_response(const http::Problem& problem, std::string_view request_id) {
  http::Response response = http::to_response(problem, request_id);
  if (problem.status == 503) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return response;
}

}  // namespace lamplight::intake
