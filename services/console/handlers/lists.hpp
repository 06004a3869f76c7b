#pragma once

#include "console/core.hpp"
#include "console/worklist.hpp"
#include "http/server.hpp"

namespace lamplight::console {

/// GET /lists/mine, /lists/overdue, /lists/unassigned: a worklist as a page to read, in Chinese or English (`lang`, else
/// Accept-Language), 200 rows a page; `area` narrows it, `after` goes on behind a page. Without a session: to the sign-in page,
/// and from there back to the same list, area and language.
void list_page(Core& core, ListKind kind, const http::Request& request,
               const http::ResponderPtr& responder);

}  // namespace lamplight::console
