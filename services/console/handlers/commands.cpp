#include "console/handlers/commands.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "console/assignee.hpp"
#include "console/case_json.hpp"
#include "console/json_answer.hpp"
#include "console/problems.hpp"
#include "console/sight.hpp"

namespace lamplight::console {

namespace {

using identity::Command;
using identity::Reach;

constexpr std::size_t kMaxKeyBytes = 128;

bool is_idempotency_key(std::string_view text) {
  return text.size() <= kMaxKeyBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

/// Nothing when the header is no ETag of ours.
std::optional<std::int64_t> version_of(std::string_view if_match) {
  if (if_match.size() < 3 || if_match.front() != '"' || if_match.back() != '"') return std::nullopt;
  if_match = if_match.substr(1, if_match.size() - 2);
  std::int64_t version = 0;
  const auto [end, fault] =
      std::from_chars(if_match.data(), if_match.data() + if_match.size(), version);
  if (fault != std::errc{} || end != if_match.data() + if_match.size() || version < 1)
    return std::nullopt;
  return version;
}

/// Answers no and counts it.
class Refuser {
 public:
  Refuser(Core& core, Command command, const http::Request& request, http::ResponderPtr responder)
      : core_(core), command_(command), id_(request.id), responder_(std::move(responder)) {}
  void with(const http::Problem& problem) const {
    responder_->answer(problem_response(problem, id_));
  }
  void forbid(const http::Problem& problem) const {
    core_.metrics().record_command(command_, Metrics::Outcome::kForbidden);
    with(problem);
  }

 private:
  Core& core_;
  Command command_;
  std::string id_;
  http::ResponderPtr responder_;
};

/// The case, when the caller may ask this of it. The order counts: who may not see a case does not learn that it is there.
const Case* allowed_case(Core& core, const http::Request& request, const Caller& caller,
                         Command command, Reach reach, const Refuser& refuse) {
  const auto id = from_uuid(request.captures.at(0));
  const Case* found = id ? core.state().cases().find(*id) : nullptr;
  if (found == nullptr) {
    refuse.with(no_such_case());
    return nullptr;
  }
  if (!may_see(*caller.officer, *found)) {
    refuse.forbid(no_such_case());
    return nullptr;
  }
  if (reach == Reach::kOwn && !is_own(*caller.officer, found->now)) {
    refuse.forbid(not_yours(to_string(command)));
    return nullptr;
  }
  return found;
}

}  // namespace

void ask_inner(Core& core, inner::Ask ask, const http::Request& request,
               http::ResponderPtr responder) {
  const auto command = identity::command_from(inner::to_string(ask));
  LAMPLIGHT_CHECK(command.has_value(), "every ask is a command");
  const Refuser refuse(core, *command, request, responder);
  const auto caller = core.caller(request, false);
  if (!caller) return refuse.with(not_signed_in());

  CommandDesk::Command asked;
  asked.ask = ask;
  asked.head.actor = caller->officer->key;
  if (const std::string_view key = request.header("Idempotency-Key"); !key.empty()) {
    if (!is_idempotency_key(key)) return refuse.with(bad_idempotency_key());
    asked.key = CommandDesk::key_of(caller->officer->key, key, request);
    // Before anything is looked at: the case may well have left the caller's hands by this very command.
    if (const Request* first = core.state().requests().by_key(*asked.key, core.now()))
      return core.commands().repeat(*first, ask, std::move(responder), request.id);
  }

  const Reach may = reach(caller->officer->roles, *command);
  if (may == Reach::kNone) return refuse.forbid(forbidden(to_string(*command)));
  std::optional<std::int64_t> looked_at;
  if (ask != inner::Ask::kPetition) {
    const Case* found = allowed_case(core, request, *caller, *command, may, refuse);
    if (found == nullptr) return;
    asked.head.case_id = found->now.id;
    if (may == Reach::kOwn) asked.head.expected_version = looked_at = found->now.version;
  }
  if (const std::string_view if_match = request.header("If-Match"); !if_match.empty()) {
    if (ask == inner::Ask::kPetition) return refuse.with(no_case_to_match());
    asked.head.expected_version = version_of(if_match);
    if (!asked.head.expected_version) return refuse.with(bad_if_match());
  }
  // Whose case it is was looked at in one version: no other may be acted on.
  if (looked_at && asked.head.expected_version != looked_at)
    return refuse.with(other_version(*looked_at));
  ReadCommand read = read_command(ask, request.body, core.lists());
  if (read.problem) return refuse.with(*read.problem);
  if (ask == inner::Ask::kDispatch && !read.body->assignee.empty()) {
    if (auto wrong = wrong_assignee(core.state(), read.body->assignee))
      return refuse.with(broken_rules({std::move(*wrong)}));
  }
  asked.body = std::move(*read.body);
  core.commands().submit(asked, std::move(responder), request.id);
}

void show_request(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = core.caller(request, false);
  if (!caller) return responder->answer(problem_response(not_signed_in(), request.id));
  const auto id = from_uuid(request.captures.at(0));
  const Request* found = id ? core.state().requests().by_id(*id) : nullptr;
  if (found == nullptr || found->actor != caller->officer->key) {
    if (found != nullptr) core.metrics().record_unseen();
    return responder->answer(problem_response(no_such_request(), request.id));
  }
  responder->answer(json_answer(to_json(*found), found->answered() ? 200 : 202));
}

}  // namespace lamplight::console
