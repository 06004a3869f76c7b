#include "identity/roles.hpp"

namespace lamplight::identity {

namespace {
constexpr std::array<std::string_view, kRoleCount> kNames = {"operator", "community_officer",
                                                             "duty_chief", "reviewer", "auditor"};
}  // namespace

std::string_view to_string(Role role) { return kNames.at(static_cast<std::size_t>(role)); }

std::optional<Role> role_from(std::string_view name) {
  for (const Role role : kRoles) {
    if (to_string(role) == name) return role;
  }
  return std::nullopt;
}

std::vector<std::string_view> RoleSet::names() const {
  std::vector<std::string_view> out;
  for (const Role role : kRoles) {
    if (has(role)) out.push_back(to_string(role));
  }
  return out;
}

const std::string& all_role_names() {
  static const std::string names = [] {
    std::string out;
    for (const std::string_view name : kNames) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
  }();
  return names;
}

}  // namespace lamplight::identity
