#include "identity/permissions.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace lamplight::identity {
namespace {

TEST(Permissions, TheReadmeShowsTheTable) {
  std::ifstream in(LAMPLIGHT_SOURCE_DIR "/common/identity/README.md");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find(permissions_markdown()), std::string::npos)
      << "common/identity/README.md should hold:\n"
      << permissions_markdown();
}

TEST(Permissions, AnAuditorSeesEverythingAndDoesNothing) {
  for (const Command command : kCommands) {
    EXPECT_EQ(reach(Role::kAuditor, command),
              command == Command::kRead ? Reach::kAny : Reach::kNone)
        << to_string(command);
  }
}

TEST(Permissions, EverythingIsAllowedToSomebodyAndNothingToNobody) {
  for (const Command command : kCommands) {
    RoleSet all;
    for (const Role role : kRoles) all.add(role);
    EXPECT_NE(reach(all, command), Reach::kNone) << to_string(command);
    EXPECT_EQ(reach(RoleSet{}, command), Reach::kNone) << to_string(command);
  }
}

TEST(Permissions, SeveralRolesReachAsFarAsTheFurthest) {
  RoleSet roles;
  roles.add(Role::kReviewer);
  EXPECT_EQ(reach(roles, Command::kReview), Reach::kOwn);
  EXPECT_EQ(reach(roles, Command::kFeedback), Reach::kNone);
  roles.add(Role::kDutyChief);
  roles.add(Role::kCommunityOfficer);
  EXPECT_EQ(reach(roles, Command::kReview), Reach::kAny);
  EXPECT_EQ(reach(roles, Command::kFeedback), Reach::kOwn);
}

TEST(Permissions, NamesReadBack) {
  for (const Command command : kCommands) EXPECT_EQ(command_from(to_string(command)), command);
  for (const Role role : kRoles) EXPECT_EQ(role_from(to_string(role)), role);
  EXPECT_FALSE(command_from("obey").has_value());
  EXPECT_FALSE(role_from("chief").has_value());
}

}  // namespace
}  // namespace lamplight::identity
