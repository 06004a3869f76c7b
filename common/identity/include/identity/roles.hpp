#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamplight::identity {

/// What an officer is. Fixed: the table of permissions knows each by name.
enum class Role : std::uint8_t {
  kOperator,          ///< operations centre: assesses, dispatches
  kCommunityOfficer,  ///< settles on the spot, handles what was dispatched
  kDutyChief,         ///< 值班长: may do the step of anybody
  kReviewer,          ///< verifies, decides case reviews
  kAuditor,           ///< sees everything, does nothing
};
inline constexpr std::size_t kRoleCount = 5;
inline constexpr std::array<Role, kRoleCount> kRoles = {
    Role::kOperator, Role::kCommunityOfficer, Role::kDutyChief, Role::kReviewer, Role::kAuditor};

[[nodiscard]] std::string_view to_string(Role role);  ///< "community_officer"
[[nodiscard]] std::optional<Role> role_from(std::string_view name);
/// "operator, community_officer, …": for messages.
[[nodiscard]] const std::string& all_role_names();

/// Several roles of one officer.
class RoleSet {
 public:
  void add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | bit(role)); }
  [[nodiscard]] bool has(Role role) const { return (bits_ & bit(role)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  /// In the order of kRoles.
  [[nodiscard]] std::vector<std::string_view> names() const;
  bool operator==(const RoleSet&) const = default;

 private:
  static std::uint8_t bit(Role role) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role));
  }
  std::uint8_t bits_ = 0;
};

}  // namespace lamplight::identity
