#include "tally/handlers/report.hpp"

#include <utility>

#include "http/problem.hpp"

namespace lamplight::tally {

http::Response refusal(const Error& error, const std::string& request_id) {
  http::Problem problem;
  problem.detail = error.message();
  problem.type = to_string(error.code());
  problem.title = "The report cannot be made as asked";
  switch (error.code()) {
    case Code::kTooLarge: problem.status = 413; break;
    case Code::kNotFound: problem.status = 404; break;
    case Code::kUnsupported: problem.status = 415; break;
    case Code::kOverloaded:
    case Code::kUnavailable:
      problem.status = 503;
      problem.title = "No report now";
      break;
    default: problem.status = 400; break;
  }
  http::Response response = http::to_response(problem, request_id);
  if (problem.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

void ReportHandler::handle(const http::Request& request, http::ResponderPtr responder) const {
  const std::int64_t now_us = clock_.monotonic_us();
  auto question = parse_question(request.query, request.header("Content-Type"),
                                 request.method == "POST" ? request.body : std::string_view{});
  if (!question) {
    metrics_.record_refused("invalid");
    return responder->answer(refusal(question.error(), request.id));
  }
  ask_({std::move(*question), std::move(responder), request.id, now_us});
}

}  // namespace lamplight::tally
