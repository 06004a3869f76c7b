#include "console/command_desk.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/sha256.hpp"
#include "console/case_json.hpp"
#include "console/json_answer.hpp"
#include "console/problems.hpp"
#include "console/sight.hpp"

namespace lamplight::console {

namespace {

void name_request(http::Response& response, const Id16& id) {
  response.headers.emplace_back("Lamplight-Request", to_uuid(id));
}

/// The case as it stands since; to an actor who may not see it any more, what became of the request.
http::Response accepted(const Request& request, const ConsoleState& state, TimeUs now) {
  const Case* found = state.cases().find(request.case_id);
  const identity::Officer* actor = state.officers().find(request.actor);
  const bool seen = found != nullptr && actor != nullptr && may_see(*actor, *found);
  http::Response response = json_answer(seen ? to_json(*found, found->now, now) : to_json(request));
  name_request(response, request.id);
  if (!seen) return response;
  response.headers.emplace_back("ETag", fmt::format("\"{}\"", found->now.version));
  response.headers.emplace_back("Location", "/v1/cases/" + to_uuid(request.case_id));
  return response;
}

http::Response refused(const Request& request, std::string_view request_id) {
  http::Response response = problem_response(refused_by_inner(request), request_id);
  name_request(response, request.id);
  return response;
}

http::Response not_in_time(const Id16& id) {
  http::Response response =
      json_answer(fmt::format(R"({{"id":"{}","outcome":"waiting"}})", to_uuid(id)), 202);
  name_request(response, id);
  response.headers.emplace_back("Location", "/v1/requests/" + to_uuid(id));
  return response;
}

}  // namespace

CommandDesk::CommandDesk(Clock& clock, bus::Client& client, UuidSource& ids, Metrics& metrics,
                         Options options)
    : ids_(ids),
      metrics_(metrics),
      desk_(clock, client, {options.max_under_way, options.answer_timeout_us}) {}

Id16 CommandDesk::key_of(std::string_view actor, std::string_view idempotency_key,
                         const http::Request& request) {
  std::string text;
  // Lengths lead the parts, so that no two lists of parts are alike.
  for (const std::string_view part : {actor, idempotency_key, std::string_view(request.path),
                                      request.header("If-Match"), request.body}) {
    text += fmt::format("{}:", part.size());
    text += part;
  }
  return Id16::from(sha256(as_bytes(text)).span().first(16));
}

runtime::RequestDesk::Done CommandDesk::when_told(Waiting waiting) {
  return [this, waiting = std::move(waiting)](const Result<Offset>& answered,
                                              std::optional<Offset> at) {
    told_.push_back({waiting, answered, at});
  };
}

void CommandDesk::submit(const Command& command, http::ResponderPtr responder,
                         std::string request_id) {
  MsgpackWriter payload;
  bus::NewEvent event;
  event.subject = encode_command(command.ask, command.head, command.body, payload);
  event.id = ids_.next();
  event.payload = payload.bytes();
  event.dedupe = command.key;
  const Waiting waiting{event.id, command.ask, std::move(responder), std::move(request_id)};
  if (const auto asked = desk_.ask(event, when_told(waiting)); !asked)
    refuse(waiting, asked.error());
}

void CommandDesk::repeat(const Request& first, inner::Ask ask, http::ResponderPtr responder,
                         std::string request_id) {
  const Waiting waiting{first.id, ask, std::move(responder), std::move(request_id)};
  if (const auto awaited = desk_.await(first.offset, when_told(waiting)); !awaited)
    refuse(waiting, awaited.error());
}

void CommandDesk::advance(const ConsoleState& state, TimeUs now) {
  desk_.advance([&state](Offset offset) {
    const Request* request = state.requests().by_offset(offset);
    return request != nullptr && request->answered();
  });
  for (const Told& told : std::exchange(told_, {})) answer(told, state, now);
}

void CommandDesk::answer(const Told& told, const ConsoleState& state, TimeUs now) {
  const Waiting& waiting = told.waiting;
  const Request* request = told.at ? state.requests().by_offset(*told.at) : nullptr;
  if (told.answered) {
    LAMPLIGHT_CHECK(request != nullptr, "an answered request is among the newest");
    record(waiting.ask,
           request->refused() ? Metrics::Outcome::kRefused : Metrics::Outcome::kAccepted);
    waiting.responder->answer(request->refused() ? refused(*request, waiting.request_id)
                                                 : accepted(*request, state, now));
  } else if (told.answered.error().code() == Code::kTimeout) {
    record(waiting.ask, Metrics::Outcome::kTimedOut);
    waiting.responder->answer(not_in_time(request == nullptr ? waiting.id : request->id));
  } else {
    refuse(waiting, told.answered.error());
  }
}

void CommandDesk::refuse(const Waiting& waiting, const Error& error) {
  record(waiting.ask, Metrics::Outcome::kNotTaken);
  waiting.responder->answer(problem_response(not_taken(error), waiting.request_id));
}

void CommandDesk::record(inner::Ask ask, Metrics::Outcome outcome) {
  const auto command = identity::command_from(inner::to_string(ask));
  LAMPLIGHT_CHECK(command.has_value(), "every ask is a command");
  metrics_.record_command(*command, outcome);
}

}  // namespace lamplight::console
