#include "console/handlers/cases.hpp"

#include <fmt/format.h>

#include <utility>

#include "console/case_json.hpp"
#include "console/handlers/reading.hpp"
#include "console/json_answer.hpp"
#include "console/json_object.hpp"
#include "console/problems.hpp"
#include "console/worklist.hpp"

namespace lamplight::console {

namespace {

constexpr std::int64_t kMostOnAPage = 500;

/// The case that a path names, when the caller may see it; else the request has been answered.
const Case* find_case(Core& core, const http::Request& request, const Caller& caller,
                      const http::ResponderPtr& responder) {
  const auto id = from_uuid(request.captures.at(0));
  const Case* found = id ? core.state().cases().find(*id) : nullptr;
  if (found != nullptr && may_see(*caller.officer, *found)) return found;
  if (found != nullptr) core.metrics().record_unseen();
  responder->answer(problem_response(no_such_case(), request.id));
  return nullptr;
}

}  // namespace

void list_cases(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = reader(core, request, responder);
  if (!caller) return;
  std::vector<http::FieldError> errors;
  Worklist wanted;
  const std::string_view name = request.query_value("list");
  const auto kind = list_from(name.empty() ? "open" : name);
  if (kind) wanted.kind = *kind;
  else errors.push_back({"/list", "code", "One of mine, overdue, unassigned, open."});
  wanted.area = request.query_value("area");
  wanted.most =
      static_cast<std::size_t>(number_in(request, "limit", 1, kMostOnAPage, errors).value_or(100));
  if (const std::string_view after = request.query_value("after"); !after.empty()) {
    wanted.after = place_from(after);
    if (!wanted.after) errors.push_back({"/after", "place", "Send `next` of the page before."});
  }
  if (!errors.empty())
    return responder->answer(problem_response(broken_rules(std::move(errors)), request.id));

  const WorklistPage page =
      pick(core.state().cases(), core.state().officers(), *caller->officer, wanted, core.now());
  std::vector<std::string> cases;
  cases.reserve(page.cases.size());
  for (const Case* one : page.cases) cases.push_back(to_json(one->now, core.now()));
  JsonObject out;
  out.text("list", to_string(wanted.kind));
  out.offset("offset", core.cut());
  out.time("time", core.now());
  out.raw_list("cases", cases);
  if (page.next) out.text("next", to_string(*page.next));
  responder->answer(json_answer(out.take()));
}

void show_case(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = reader(core, request, responder);
  if (!caller) return;
  const Case* found = find_case(core, request, *caller, responder);
  if (found == nullptr) return;
  const auto at = offset_asked(core, request, responder);
  if (!at) return;
  const auto view = *at == core.cut() ? std::optional(found->now) : found->at(*at);
  if (!view) return responder->answer(problem_response(no_such_case(), request.id));
  // As it was: late when that was said, not since.
  const TimeUs then = *at == core.cut() ? core.now() : view->changed_at;
  http::Response response = json_answer(to_json(*found, *view, then));
  if (view->version == found->now.version)
    response.headers.emplace_back("ETag", fmt::format("\"{}\"", view->version));
  responder->answer(std::move(response));
}

void show_history(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = reader(core, request, responder);
  if (!caller) return;
  const Case* found = find_case(core, request, *caller, responder);
  if (found == nullptr) return;
  const auto at = offset_asked(core, request, responder);
  if (!at) return;
  std::vector<std::string> entries;
  for (const HistoryEntry& entry : found->history) {
    if (entry.offset <= *at) entries.push_back(to_json(entry));
  }
  JsonObject out;
  out.id("case", found->now.id);
  out.offset("offset", *at);
  out.raw_list("history", entries);
  responder->answer(json_answer(out.take()));
}

}  // namespace lamplight::console
