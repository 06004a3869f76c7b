#include "console/handlers/feed.hpp"

#include <charconv>
#include <utility>

#include "console/handlers/reading.hpp"
#include "console/problems.hpp"

namespace lamplight::console {

void open_feed(Core& core, const http::Request& request, http::ResponderPtr responder) {
  auto caller = reader(core, request, responder);
  if (!caller) return;
  Offset after = core.cut();
  if (const std::string_view last = request.header("Last-Event-ID"); !last.empty()) {
    const auto [end, fault] = std::from_chars(last.data(), last.data() + last.size(), after.value);
    if (fault != std::errc{} || end != last.data() + last.size()) {
      return responder->answer(problem_response(
          broken_rules({{"", "last_event_id", "Send the id of the last event that you have."}}),
          request.id));
    }
    if (core.cut() < after)
      return responder->answer(problem_response(not_there_yet(core.cut()), request.id));
  }
  const std::string id = request.id;
  if (!core.feeds().open(responder, caller->officer->key, std::move(caller->token), after,
                         core.monotonic_us()))
    responder->answer(
        problem_response(not_now("overloaded", "There are as many feeds as there may be."), id));
}

}  // namespace lamplight::console
