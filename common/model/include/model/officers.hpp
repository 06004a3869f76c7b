#pragma once

#include <string_view>
#include <vector>

#include "model/describe.hpp"

/// Who works here, as the log knows them: opaque keys, what they are and where. Names and passwords are in no event.
namespace lamplight {

/// Payload of `officer.added`: from now on the key stands for an officer.
struct OfficerAdded {
  std::string_view officer;             ///< opaque key: 32 hexadecimal digits
  std::vector<std::string_view> roles;  ///< identity/roles.hpp knows them by name
  std::vector<std::string_view> units;  ///< code list "unit"
  std::string_view actor;               ///< key of the officer who did it, or "cli/officer"
  bool operator==(const OfficerAdded&) const = default;
};

/// Payload of `officer.changed`: roles and units from now on, in the place of those before.
struct OfficerChanged {
  std::string_view officer;
  std::vector<std::string_view> roles;
  std::vector<std::string_view> units;
  std::string_view actor;
  bool operator==(const OfficerChanged&) const = default;
};

/// Payload of `officer.revoked`: the key may do nothing any more, for good.
struct OfficerRevoked {
  std::string_view officer;
  std::string_view actor;
  bool operator==(const OfficerRevoked&) const = default;
};

inline constexpr std::string_view kOfficerAdded = "officer.added";
inline constexpr std::string_view kOfficerChanged = "officer.changed";
inline constexpr std::string_view kOfficerRevoked = "officer.revoked";

namespace describe {
inline constexpr std::size_t kMaxRoles = 8;

template <typename T>
constexpr auto officer() {
  return field("officer", &T::officer, Origin::kSender, Presence::kRequired, rule::token(),
               "Opaque key of the officer.", "民警标识(不含姓名)。");
}
template <typename T>
constexpr auto actor() {
  return field("actor", &T::actor, Origin::kSender, Presence::kRequired, rule::reference(),
               "Who did it: an officer's key, or the command.", "操作者标识或命令名。");
}
constexpr Rule list_of_roles() {
  Rule r;
  r.max_bytes = kMaxCodeBytes;
  r.max_items = kMaxRoles;
  return r;
}
template <typename T>
constexpr auto roles() {
  return field("roles", &T::roles, Origin::kSender, Presence::kRequired, list_of_roles(),
               "operator, community_officer, duty_chief, reviewer, auditor; one or several.",
               "角色:operator 接警员、community_officer 社区民警、duty_chief 值班长、reviewer "
               "核查员、auditor 督察。");
}
template <typename T>
constexpr auto officer_units() {
  return field("units", &T::units, Origin::kSender, Presence::kOptional,
               rule::codes(CodeList::kUnit), "Units that the officer belongs to.", "所属单位。");
}
}  // namespace describe

template <>
struct Description<OfficerAdded> {
  using T = OfficerAdded;
  static constexpr std::string_view kSubject = kOfficerAdded;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "officer-added";
  static constexpr std::string_view kTitle = "Officer added";
  static constexpr auto kFields =
      std::make_tuple(describe::officer<T>(), describe::roles<T>(), describe::officer_units<T>(),
                      describe::actor<T>());
};

template <>
struct Description<OfficerChanged> {
  using T = OfficerChanged;
  static constexpr std::string_view kSubject = kOfficerChanged;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "officer-changed";
  static constexpr std::string_view kTitle = "Officer changed";
  static constexpr auto kFields =
      std::make_tuple(describe::officer<T>(), describe::roles<T>(), describe::officer_units<T>(),
                      describe::actor<T>());
};

template <>
struct Description<OfficerRevoked> {
  using T = OfficerRevoked;
  static constexpr std::string_view kSubject = kOfficerRevoked;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "officer-revoked";
  static constexpr std::string_view kTitle = "Officer revoked";
  static constexpr auto kFields = std::make_tuple(describe::officer<T>(), describe::actor<T>());
};

}  // namespace lamplight
