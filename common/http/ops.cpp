#include "http/ops.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/utf8.hpp"

namespace lamplight::http {

namespace {

Response verdict_response(const std::pair<bool, std::string>& verdict) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("ok");
  writer.Bool(verdict.first);
  if (!verdict.second.empty()) {
    const std::string reason = to_utf8(verdict.second);
    writer.Key("reason");
    writer.String(reason.data(), static_cast<rapidjson::SizeType>(reason.size()));
  }
  writer.EndObject();

  Response response;
  response.status = verdict.first ? 200 : 503;
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body.assign(buffer.GetString(), buffer.GetSize());
  return response;
}

Handler verdict_handler(Verdict verdict) {
  return [verdict = std::move(verdict)](const Request&, const ResponderPtr& responder) {
    responder->answer(verdict_response(verdict()));
  };
}

}  // namespace

void add_ops_routes(Server& server, std::function<std::string()> expose_metrics, Verdict live,
                    Verdict ready) {
  server.route("GET", "/metrics",
               [expose = std::move(expose_metrics)](const Request&, const ResponderPtr& responder) {
                 Response response;
                 response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                 response.body = expose();
                 responder->answer(std::move(response));
               });
  server.route("GET", "/healthz", verdict_handler(std::move(live)));
  server.route("GET", "/readyz", verdict_handler(std::move(ready)));
}

}  // namespace lamplight::http
