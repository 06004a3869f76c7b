#include "console/handlers/lists.hpp"

#include <utility>

#include "console/pages.hpp"

namespace lamplight::console {

namespace {
constexpr std::size_t kMostRows = 200;
}

void list_page(Core& core, ListKind kind, const http::Request& request,
               const http::ResponderPtr& responder) {
  const auto caller = core.caller(request, true);
  if (!caller) {
    http::Response response;
    response.status = 303;
    response.headers.emplace_back("Location", "/sign-in?next=" + std::string(to_string(kind)));
    response.headers.emplace_back("Cache-Control", "no-store");
    return responder->answer(std::move(response));
  }
  Worklist wanted;
  wanted.kind = kind;
  wanted.area = request.query_value("area");
  wanted.most = kMostRows;
  ListPage page;
  page.kind = kind;
  page.language = language_of(request);
  page.area = wanted.area;
  page.now = core.now();
  page.cut = core.cut();
  page.found = pick(core.state().cases(), core.state().officers(), *caller->officer, wanted, core.now());
  page.me = caller->officer->key;
  page.names = &core.names();
  page.lists = &core.lists();
  responder->answer(page_response(200, list_html(page)));
}

}  // namespace lamplight::console
