#include "identity/permissions.hpp"

#include <algorithm>

namespace lamplight::identity {

namespace {

constexpr Reach kNo = Reach::kNone;
constexpr Reach kOwn = Reach::kOwn;
constexpr Reach kAny = Reach::kAny;

struct Row {
  std::string_view command;
  std::array<Reach, kRoleCount> by_role;
};

// Rows in the order of Command, columns in that of Role. That nobody verifies their own work is the inner loop's rule, not
// one of roles: it looks at who did what.
// clang-format off
constexpr std::array<Row, kCommandCount> kTable = {{
    //                operator community  chief reviewer auditor
    {"read",          {kAny,   kOwn,     kAny, kAny,    kAny}},
    {"settlement",    {kOwn,   kOwn,     kAny, kNo,     kNo}},
    {"assessment",    {kOwn,   kNo,      kAny, kNo,     kNo}},
    {"dispatch",      {kAny,   kNo,      kAny, kNo,     kNo}},
    {"feedback",      {kNo,    kOwn,     kNo,  kNo,     kNo}},
    {"verification",  {kNo,    kNo,      kAny, kAny,    kNo}},
    {"review",        {kNo,    kNo,      kAny, kOwn,    kNo}},
    {"reopening",     {kAny,   kNo,      kAny, kAny,    kNo}},
    {"rules_move",    {kNo,    kNo,      kAny, kNo,     kNo}},
    {"petition",      {kAny,   kNo,      kAny, kNo,     kNo}},
}};
// clang-format on

std::string_view words(Reach reach) {
  switch (reach) {
    case Reach::kNone: return "–";
    case Reach::kOwn: return "own";
    case Reach::kAny: return "any";
  }
  return "";
}

}  // namespace

std::string_view to_string(Command command) {
  return kTable.at(static_cast<std::size_t>(command)).command;
}

std::optional<Command> command_from(std::string_view name) {
  for (const Command command : kCommands) {
    if (to_string(command) == name) return command;
  }
  return std::nullopt;
}

Reach reach(Role role, Command command) {
  return kTable.at(static_cast<std::size_t>(command)).by_role.at(static_cast<std::size_t>(role));
}

Reach reach(const RoleSet& roles, Command command) {
  Reach most = Reach::kNone;
  for (const Role role : kRoles) {
    if (roles.has(role)) most = std::max(most, reach(role, command));
  }
  return most;
}

std::string permissions_markdown() {
  std::string out = "| command |";
  std::string rule = "| --- |";
  for (const Role role : kRoles) {
    out += " " + std::string(to_string(role)) + " |";
    rule += " --- |";
  }
  out += "\n" + rule + "\n";
  for (const Command command : kCommands) {
    out += "| `" + std::string(to_string(command)) + "` |";
    for (const Role role : kRoles) out += " " + std::string(words(reach(role, command))) + " |";
    out += "\n";
  }
  return out;
}

}  // namespace lamplight::identity
