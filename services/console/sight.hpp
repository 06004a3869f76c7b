#pragma once

#include "console/cases.hpp"
#include "identity/officers.hpp"
#include "identity/permissions.hpp"

/// Which cases an officer may see and act on: identity's table, applied to a case.
namespace lamplight::console {

/// It waits for the officer or for a unit of theirs.
[[nodiscard]] inline bool is_own(const identity::Officer& officer, const CaseView& view) {
  return view.open() && (view.owner == officer.key || officer.in_unit(view.owner));
}

/// Own, or they or a unit of theirs had a part in it.
[[nodiscard]] inline bool may_see(const identity::Officer& officer, const Case& one) {
  switch (reach(officer.roles, identity::Command::kRead)) {
    case identity::Reach::kAny: return true;
    case identity::Reach::kNone: return false;
    case identity::Reach::kOwn: break;
  }
  if (one.involved.contains(officer.key)) return true;
  for (const std::string& unit : officer.units) {
    if (one.involved.contains(unit)) return true;
  }
  return false;
}

}  // namespace lamplight::console
