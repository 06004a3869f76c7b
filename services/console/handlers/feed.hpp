#pragma once

#include "console/core.hpp"
#include "http/server.hpp"

namespace lamplight::console {

/// GET /v1/feed: changes of cases as server-sent events, from the present on, or behind Last-Event-ID.
void open_feed(Core& core, const http::Request& request, http::ResponderPtr responder);

}  // namespace lamplight::console
