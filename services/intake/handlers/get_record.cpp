#include "get_record.hpp"

#include <utility>

#include "../problems.hpp"
#include "../results.hpp"

namespace lamplight::intake {

namespace {
http::Response answer(Kind kind, const Result<FoundRecord>& found, const std::string& request_id) {
  if (!found) return problem_response(read_failed(kind, found.error()), request_id);
  Result<std::string> body = document(*found);
  if (!body) return problem_response(read_failed(kind, body.error()), request_id);
  http::Response response;
  response.body = std::move(*body);
  return response;
}
}  // namespace

void GetRecord::operator()(const http::Request& request, http::ResponderPtr responder) const {
  const std::optional<Id16> id = from_uuid(request.captures.at(0));
  if (!id) return responder->answer(problem_response(not_found(kind_), request.id));
  const Admission admission = core_.admission();
  if (admission == Admission::kStarting || admission == Admission::kNoBus) {
    return responder->answer(problem_response(not_admitted(admission), request.id));
  }
  core_.find(kind_, *id, partner_,
             [responder, kind = kind_, request_id = request.id](const Result<FoundRecord>& found) {
               responder->answer(answer(kind, found, request_id));
             });
}

}  // namespace lamplight::intake
