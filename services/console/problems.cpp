#include "console/problems.hpp"

#include <fmt/format.h>

#include <utility>

namespace lamplight::console {

namespace {

constexpr char kRetryAfterSeconds[] = "1";

http::Problem problem(unsigned status, std::string_view type, std::string title,
                      std::string detail) {
  http::Problem out;
  out.status = status;
  out.type = type;
  out.title = std::move(title);
  out.detail = std::move(detail);
  return out;
}

/// Of a rule that the inner loop names.
unsigned status_of(std::string_view rule) {
  if (rule == "version") return 412;
  if (rule == "illegal_move") return 409;
  if (rule == "no_case") return 404;
  if (rule == "same_officer") return 403;
  return 422;
}

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

http::Problem not_signed_in() {
  return problem(401, "not_signed_in", "Not signed in",
                 "Send the token of POST /v1/session as `Authorization: Bearer …`; it may have "
                 "ended.");
}

http::Problem wrong_sign_in() {
  return problem(401, "wrong_sign_in", "Not signed in", "Name and password do not go together.");
}

http::Problem too_many_attempts() {
  return problem(429, "too_many_attempts", "Too many attempts",
                 "Too many attempts by this name or from this address. Wait, as Retry-After says.");
}

http::Problem forbidden(std::string_view command) {
  return problem(403, "forbidden", "Not allowed",
                 fmt::format("None of your roles allows {}.", command));
}

http::Problem not_yours(std::string_view command) {
  return problem(
      403, "not_yours", "Not yours to do",
      fmt::format("Your roles allow {} on cases that wait for you or a unit of yours.", command));
}

http::Problem no_such_case() {
  return problem(404, "no_such_case", "No such case", "No case that you may see has this id.");
}

http::Problem no_such_request() {
  return problem(404, "no_such_request", "No such request",
                 "No request of yours has this id, or it has not reached the log yet.");
}

http::Problem not_there_yet(Offset cut) {
  return problem(422, "not_there_yet", "That offset lies ahead",
                 fmt::format("The console has read the log up to {}.", cut.value));
}

http::Problem not_json(std::string detail) {
  return problem(400, "not_json", "The body is no JSON object", std::move(detail));
}

http::Problem broken_rules(std::vector<http::FieldError> errors) {
  http::Problem out = problem(422, "broken_rules", "The body breaks a rule", "See errors.");
  out.errors = std::move(errors);
  return out;
}

http::Problem bad_if_match() {
  return problem(400, "bad_if_match", "If-Match is no version",
                 "Send the ETag of the case as it was read, such as \"7\".");
}

http::Problem no_case_to_match() {
  return problem(400, "bad_if_match", "If-Match has nothing to match",
                 "A petition that is registered has no case yet. Leave If-Match out.");
}

http::Problem bad_idempotency_key() {
  return broken_rules(
      {{"", "bad_idempotency_key", "Idempotency-Key has at most 128 printable ASCII characters."}});
}

http::Problem other_version(std::int64_t present) {
  return problem(412, "version", "The case has changed",
                 fmt::format("It has version {} now. Read it again and decide anew.", present));
}

http::Problem refused_by_inner(const Request& request) {
  return problem(status_of(request.rule), request.rule, "The inner loop refused it",
                 fmt::format("By the rule {}. The case is in state {}, version {}; allowed: {}.",
                             request.rule, request.state.empty() ? "none" : request.state,
                             request.version, joined(request.allowed)));
}

http::Problem not_now(std::string_view type, std::string detail) {
  return problem(503, type, "Not now", std::move(detail));
}

http::Problem not_taken(const Error& error) {
  if (error.code() == Code::kOverloaded)
    return not_now("overloaded", "Too much is under way. Nothing was asked; try again shortly.");
  return not_now("unavailable", "The log did not take it. Nothing was asked; try again shortly.");
}

http::Response problem_response(const http::Problem& problem, std::string_view request_id) {
  http::Response response = http::to_response(problem, request_id);
  if (problem.status == 503) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace lamplight::console
