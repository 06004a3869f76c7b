#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "identity/roles.hpp"

namespace lamplight::identity {

/// What an officer may ask for. Those of cases bear the names of what the inner loop is asked.
enum class Command : std::uint8_t {
  kRead,  ///< worklists, cases, history, the feed
  kSettlement,
  kAssessment,
  kDispatch,
  kFeedback,
  kVerification,
  kReview,
  kReopening,
  kRulesMove,
  kPetition,
};
inline constexpr std::size_t kCommandCount = 10;
inline constexpr std::array<Command, kCommandCount> kCommands = {
    Command::kRead,      Command::kSettlement,   Command::kAssessment, Command::kDispatch,
    Command::kFeedback,  Command::kVerification, Command::kReview,     Command::kReopening,
    Command::kRulesMove, Command::kPetition};

[[nodiscard]] std::string_view to_string(Command command);
[[nodiscard]] std::optional<Command> command_from(std::string_view name);

/// On whose cases. The order counts: more comes later.
enum class Reach : std::uint8_t {
  kNone,
  kOwn,  ///< those that wait for the officer or a unit of theirs; to read: also those they had a part in
  kAny,
};

/// The one table of who may do what.
[[nodiscard]] Reach reach(Role role, Command command);
/// The most that one of the roles allows.
[[nodiscard]] Reach reach(const RoleSet& roles, Command command);

/// The table as README.md holds it.
[[nodiscard]] std::string permissions_markdown();

}  // namespace lamplight::identity
