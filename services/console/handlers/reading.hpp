#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "console/core.hpp"
#include "console/sight.hpp"
#include "http/problem.hpp"
#include "http/server.hpp"

/// What handlers of reads share: who asks, as of when, how much.
namespace lamplight::console {

/// The caller, when they may read; else the request has been answered.
[[nodiscard]] std::optional<Caller> reader(Core& core, const http::Request& request,
                                           const http::ResponderPtr& responder);
/// A whole number of the query; out of its bounds it is told in `errors`.
[[nodiscard]] std::optional<std::int64_t> number_in(const http::Request& request,
                                                    std::string_view name, std::int64_t least,
                                                    std::int64_t most,
                                                    std::vector<http::FieldError>& errors);
/// `at` of the query, by default the present; when it lies ahead the request has been answered.
[[nodiscard]] std::optional<Offset> offset_asked(Core& core, const http::Request& request,
                                                 const http::ResponderPtr& responder);

}  // namespace lamplight::console
