#pragma once

#include "console/core.hpp"
#include "http/server.hpp"
#include "model/inner_codes.hpp"

namespace lamplight::console {

/// POST /v1/cases/{id}/<ask>, and POST /v1/petitions: asks the inner loop and awaits its answer.
///
/// identity's table decides whether the caller may ask at all, and of whose cases. If-Match holds the version that was read;
/// where the table looks at whose case it is, the version that was looked at is sent in any event, so that a case that changes
/// hands meanwhile is refused (412).
void ask_inner(Core& core, inner::Ask ask, const http::Request& request,
               http::ResponderPtr responder);
/// GET /v1/requests/{id}: what became of a command that was answered 202.
void show_request(Core& core, const http::Request& request, const http::ResponderPtr& responder);

}  // namespace lamplight::console
