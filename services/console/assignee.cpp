#include "console/assignee.hpp"

#include <algorithm>
#include <string>

#include "console/worklist.hpp"
#include "identity/permissions.hpp"

namespace lamplight::console {

namespace {

http::FieldError error(std::string rule, std::string hint) {
  return {"/assignee", std::move(rule), std::move(hint)};
}

bool has_officers(const identity::Officers& officers, std::string_view unit) {
  const auto all = officers.all();
  return std::any_of(all.begin(), all.end(), [unit](const identity::Officer* one) {
    return !one->revoked && one->in_unit(unit);
  });
}

}  // namespace

std::optional<http::FieldError> wrong_assignee(const ConsoleState& state,
                                               std::string_view assignee) {
  if (!is_officer_key(assignee)) {
    if (has_officers(state.officers(), assignee) || state.rule_desks().names(assignee))
      return std::nullopt;
    return error("unknown_unit",
                 "No officer belongs to such a unit and no rules name it; `lamplight officer list` "
                 "and `lamplight rules show` tell who there is.");
  }
  const identity::Officer* officer = state.officers().find(assignee);
  if (officer == nullptr) return error("unknown_officer", "No officer has this key.");
  if (officer->revoked) return error("revoked_officer", "This officer is revoked.");
  if (reach(officer->roles, identity::Command::kFeedback) == identity::Reach::kNone)
    return error("may_not_feed_back", "None of this officer's roles allows feedback.");
  return std::nullopt;
}

}  // namespace lamplight::console
