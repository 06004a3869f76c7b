#include "get_status.hpp"

#include <fmt/core.h>

#include <utility>

#include "../problems.hpp"

namespace lamplight::intake {

void GetStatus::operator()(const http::Request& request, http::ResponderPtr responder) const {
  const Admission admission = core_.admission();
  if (admission == Admission::kStarting || admission == Admission::kNoBus) {
    return responder->answer(problem_response(not_admitted(admission), request.id));
  }
  const LogStatus log = core_.log_status();
  http::Response response;
  response.body = fmt::format("{{\"seeding\":{},\"head\":{}}}\n", log.seeding, log.head.value);
  responder->answer(std::move(response));
}

}  // namespace lamplight::intake
