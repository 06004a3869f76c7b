#include "console/routes.hpp"

#include <string>
#include <utility>

#include "console/handlers/cases.hpp"
#include "console/handlers/commands.hpp"
#include "console/handlers/feed.hpp"
#include "console/handlers/lists.hpp"
#include "console/handlers/session.hpp"
#include "model/inner_codes.hpp"

namespace lamplight::console {

void add_routes(http::Server& server, Core& core) {
  const auto add = [&](const char* method, std::string pattern, auto handler) {
    server.route(method, std::move(pattern),
                 [&core, handler](const http::Request& request, http::ResponderPtr responder) {
                   core.take(
                       [&core, handler](const http::Request& asked, http::ResponderPtr answer) {
                         handler(core, asked, std::move(answer));
                       },
                       request, std::move(responder));
                 });
  };
  add("POST", "/v1/session", sign_in);
  add("GET", "/v1/session", who_am_i);
  add("DELETE", "/v1/session", sign_out);
  add("GET", "/v1/cases", list_cases);
  add("GET", "/v1/cases/{}", show_case);
  add("GET", "/v1/cases/{}/history", show_history);
  add("GET", "/v1/requests/{}", show_request);
  add("GET", "/v1/feed", open_feed);
  for (std::size_t i = 0; i < inner::kCount<inner::Ask>; ++i) {
    const auto ask = static_cast<inner::Ask>(i);
    const std::string path = ask == inner::Ask::kPetition
                                 ? "/v1/petitions"
                                 : "/v1/cases/{}/" + std::string(inner::to_string(ask));
    add("POST", path, [ask](Core& one, const http::Request& request, http::ResponderPtr responder) {
      ask_inner(one, ask, request, std::move(responder));
    });
  }
  for (const ListKind kind : {ListKind::kMine, ListKind::kOverdue, ListKind::kUnassigned}) {
    add("GET", "/lists/" + std::string(to_string(kind)),
        [kind](Core& one, const http::Request& request, const http::ResponderPtr& responder) {
          list_page(one, kind, request, responder);
        });
  }
  add("GET", "/sign-in", sign_in_page);
  add("POST", "/sign-in", sign_in_form);
  add("POST", "/lists/sign-out", sign_out_form);
  server.route("GET", "/lists.css", [](const http::Request&, http::ResponderPtr responder) {
    http::Response response;
    response.content_type = "text/css; charset=utf-8";
    response.headers.emplace_back("Cache-Control", "max-age=300");
    response.body = stylesheet();
    responder->answer(std::move(response));
  });
}

}  // namespace lamplight::console
