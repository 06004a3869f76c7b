#pragma once

#include "console/core.hpp"
#include "http/server.hpp"

namespace lamplight::console {

/// POST /v1/session {"name","password"}: 201 with a token. The same 401 for an unknown name, a wrong password and a revoked
/// officer, after the same time; 429 with Retry-After beyond what a name or an address may try.
/// Behind `console.proxy` the address is the one that the proxy names last.
void sign_in(Core& core, const http::Request& request, http::ResponderPtr responder);
/// GET /v1/session: who the token stands for.
void who_am_i(Core& core, const http::Request& request, const http::ResponderPtr& responder);
/// DELETE /v1/session: the token is good for nothing any more.
void sign_out(Core& core, const http::Request& request, const http::ResponderPtr& responder);

/// GET /sign-in and POST /sign-in (a form): the same for a browser, which gets the token as a cookie that only pages take.
void sign_in_page(Core& core, const http::Request& request, const http::ResponderPtr& responder);
void sign_in_form(Core& core, const http::Request& request, http::ResponderPtr responder);
/// POST /lists/sign-out: the session ends and the browser forgets it.
void sign_out_form(Core& core, const http::Request& request, const http::ResponderPtr& responder);

}  // namespace lamplight::console
