#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "batch.hpp"
#include "core.hpp"
#include "http/problem.hpp"
#include "model/field_error.hpp"

/// Every refusal that intake utters: one function a type of README.md's table. None echoes what was sent.
namespace lamplight::intake {

[[nodiscard]] http::Problem not_json(std::string detail);
[[nodiscard]] http::Problem empty_body(Kind kind);
[[nodiscard]] http::Problem unsupported_media_type(Kind kind);
[[nodiscard]] http::Problem bad_idempotency_key();
[[nodiscard]] http::Problem item_too_large(Kind kind);
[[nodiscard]] http::Problem body_cut(std::string detail);
/// 422 with all errors; 400 when the text is no JSON object, 413 when it is too long.
[[nodiscard]] http::Problem broken_rules(Kind kind, const std::vector<FieldError>& errors);
[[nodiscard]] http::Problem not_found(Kind kind);
[[nodiscard]] http::Problem read_failed(Kind kind, const Error& error);
[[nodiscard]] http::Problem not_admitted(Admission admission);
/// Why an item was refused. Its outcome is none of kOpen, kAccepted, kDuplicate.
[[nodiscard]] http::Problem refusal(const Batch& batch, const Item& item);

/// The problem as a response, with Retry-After where trying again helps.
[[nodiscard]] http::Response problem_response(const http::Problem& problem,
                                              std::string_view request_id);

}  // namespace lamplight::intake
