#include "get_alert.hpp"

#include <utility>

#include "../problems.hpp"
#include "../results.hpp"

namespace lamplight::intake {

namespace {
http::Response answer(const Result<FoundAlert>& found, const std::string& request_id) {
  if (!found) return problem_response(read_failed(found.error()), request_id);
  Result<std::string> document = alert_document(*found);
  if (!document) return problem_response(read_failed(document.error()), request_id);
  http::Response response;
  response.body = std::move(*document);
  return response;
}
}  // namespace

void GetAlert::operator()(const http::Request& request, http::ResponderPtr responder) const {
  const std::optional<Id16> id = from_uuid(request.captures.at(0));
  if (!id) return responder->answer(problem_response(not_found(), request.id));
  const Admission admission = core_.admission();
  if (admission == Admission::kStarting || admission == Admission::kNoBus) {
    return responder->answer(problem_response(not_admitted(admission), request.id));
  }
  core_.find(*id, partner_, [responder, request_id = request.id](const Result<FoundAlert>& found) {
    responder->answer(answer(found, request_id));
  });
}

}  // namespace lamplight::intake
