#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batch.hpp"
#include "core.hpp"
#include "http/server.hpp"

/// What was decided, in the words of the API.
namespace lamplight::intake {

/// The answer to a request that was one item: 202, 200, or a problem.
[[nodiscard]] http::Response single_answer(const Batch& batch, const Item& item,
                                           std::string_view request_id);

/// Appends the JSON object of one item of a batch answer: {"index","status","id","offset","received_at"} with
/// "duplicate_of" and "warnings" where there are any, or {"index","status","problem"}.
void append_result(std::string& out, const Batch& batch, const Item& item, std::uint64_t index);
/// The same for what is no item: the end of a body that cannot be read on.
void append_problem(std::string& out, const http::Problem& problem, std::uint64_t index);

/// GET /v1/<path>/{id}. Errors: kDamaged when the payload is none of its kind.
[[nodiscard]] Result<std::string> document(const FoundRecord& found);

}  // namespace lamplight::intake
