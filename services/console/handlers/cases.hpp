#pragma once

#include "console/core.hpp"
#include "http/server.hpp"

namespace lamplight::console {

/// GET /v1/cases?list=mine|overdue|unassigned|open&area=…&limit=…&after=…: a worklist, the most urgent first.
void list_cases(Core& core, const http::Request& request, const http::ResponderPtr& responder);
/// GET /v1/cases/{id}?at=OFFSET: how it stands, or stood at that offset; with its ETag for If-Match.
void show_case(Core& core, const http::Request& request, const http::ResponderPtr& responder);
/// GET /v1/cases/{id}/history?at=OFFSET: everything that happened to it, up to that offset.
void show_history(Core& core, const http::Request& request, const http::ResponderPtr& responder);

}  // namespace lamplight::console
