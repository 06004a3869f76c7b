#include "routes.hpp"

#include <utility>

#include "get_record.hpp"

namespace lamplight::intake {

void add_routes(http::Server& server, Core& core, std::shared_ptr<PostRecords> post,
                const std::string& partner) {
  for (const KindInfo& info : kinds()) {
    const Kind kind = info.kind;
    server.route_stream("POST", url_of(kind),
                        [post, kind](const http::Request& request, http::ResponderPtr responder) {
                          return post->handle(kind, request, std::move(responder));
                        });
    server.route("GET", url_of(kind) + "/{}", GetRecord(core, kind, partner));
  }
}

}  // namespace lamplight::intake
