#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "console/requests.hpp"
#include "http/problem.hpp"

/// Every refusal that console utters: one function a type of README.md's table. None echoes what was sent.
namespace lamplight::console {

[[nodiscard]] http::Problem not_signed_in();
/// The same for an unknown name, a wrong password and a revoked officer.
[[nodiscard]] http::Problem wrong_sign_in();
[[nodiscard]] http::Problem too_many_attempts();
/// No role of the caller's allows the command, on whatever case.
[[nodiscard]] http::Problem forbidden(std::string_view command);
/// The caller may see the case, which waits for somebody else.
[[nodiscard]] http::Problem not_yours(std::string_view command);
/// The same for a case that is not there and for one that the caller may not see.
[[nodiscard]] http::Problem no_such_case();
[[nodiscard]] http::Problem no_such_request();
[[nodiscard]] http::Problem not_there_yet(Offset cut);
[[nodiscard]] http::Problem not_json(std::string detail);
[[nodiscard]] http::Problem broken_rules(std::vector<http::FieldError> errors);
[[nodiscard]] http::Problem bad_if_match();
/// If-Match where there is no case yet.
[[nodiscard]] http::Problem no_case_to_match();
[[nodiscard]] http::Problem bad_idempotency_key();
/// If-Match names another version than the one there is.
[[nodiscard]] http::Problem other_version(std::int64_t present);
/// What the inner loop answered.
[[nodiscard]] http::Problem refused_by_inner(const Request& request);
/// 503: starting, unavailable, overloaded, draining.
[[nodiscard]] http::Problem not_now(std::string_view type, std::string detail);
[[nodiscard]] http::Problem not_taken(const Error& error);

/// The problem as a response, with Retry-After where trying again helps.
[[nodiscard]] http::Response problem_response(const http::Problem& problem,
                                              std::string_view request_id);

}  // namespace lamplight::console
