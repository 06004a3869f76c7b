#include "console/handlers/lists.hpp"

#include <utility>

#include "console/pages.hpp"

namespace lamplight::console {

namespace {
constexpr std::size_t kMostRows = 200;
}

void list_page(Core& core, ListKind kind, const http::Request& request,
               const http::ResponderPtr& responder) {
  const ListView view = view_of(kind, request);
  const auto caller = core.caller(request, true);
  if (!caller) {
    http::Response response;
    response.status = 303;
    response.headers.emplace_back("Location", sign_in_target(view));
    response.headers.emplace_back("Cache-Control", "no-store");
    return responder->answer(std::move(response));
  }
  const Worklist wanted{kind, view.area, kMostRows, view.after};
  ListPage page;
  page.view = view;
  page.now = core.now();
  page.cut = core.cut();
  page.found =
      pick(core.state().cases(), core.state().officers(), *caller->officer, wanted, core.now());
  page.me = caller->officer->key;
  page.names = &core.names();
  page.lists = &core.lists();
  responder->answer(page_response(200, list_html(page)));
}

}  // namespace lamplight::console
