#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "identity/password.hpp"
#include "officer_desk.hpp"
#include "password_input.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Say who works here and what they may do. The log gets an opaque key, roles and units; names "
    "and "
    "password hashes\nstay in secrets/officers.json of the data folder, so run it on the "
    "console's.\n\n"
    "  lamplight officer add wang --role operator --unit operations_centre\n"
    "  lamplight officer change wang --role operator --role reviewer --unit operations_centre\n"
    "  lamplight officer password wang\n"
    "  lamplight officer list\n"
    "  lamplight officer revoke wang               by name or by key";

struct Options {
  std::string name;
  std::vector<std::string> roles;
  std::vector<std::string> units;
  bool password_from_stdin = false;
};

Result<void> check_roles(const std::vector<std::string>& roles) {
  for (const std::string& role : roles) {
    if (!identity::role_from(role)) {
      return Error(Code::kInvalid,
                   fmt::format("--role {}: not one of {}", role, identity::all_role_names()));
    }
  }
  return {};
}

/// From standard input, or a new one, which is printed once.
Result<std::string> choose_password(const Options& options, Random& random) {
  if (!options.password_from_stdin) return identity::random_password(random);
  return read_password("Password of " + options.name);
}

void tell_password(const Options& options, const std::string& password) {
  if (options.password_from_stdin) return;
  fmt::print("Password of {}, shown this once: {}\n", options.name, password);
}

/// Said of what was done, which stands: a desk may well have its officers before the rules that name it.
void warn_of_units(OfficerDesk& desk, const Options& options) {
  const auto unheard_of = desk.unheard_of(options.units);
  if (!unheard_of) return;
  for (const std::string& unit : *unheard_of) {
    fmt::print(stderr,
               "warning: --unit {}: neither the code list nor the rules in force name it, so no "
               "case waits for it; `lamplight officer change` puts a slip right\n",
               unit);
  }
}

Result<void> add(OfficerDesk& desk, const Options& options) {
  const auto password = choose_password(options, desk.random());
  if (!password) return password.error();
  const auto added = desk.add(options.name, *password, options.roles, options.units);
  if (!added) return added.error();
  fmt::print("Officer {}: key {}, from offset {}.\n", options.name, added->key,
             added->offset.value);
  tell_password(options, *password);
  warn_of_units(desk, options);
  return {};
}

Result<void> change(OfficerDesk& desk, const Options& options) {
  const auto offset = desk.change(options.name, options.roles, options.units);
  if (!offset) return offset.error();
  fmt::print("Officer {}: changed from offset {}.\n", options.name, offset->value);
  warn_of_units(desk, options);
  return {};
}

Result<void> set_password(OfficerDesk& desk, const Options& options) {
  if (const auto key = desk.key_of(options.name); !key) return key.error();
  const auto password = choose_password(options, desk.random());
  if (!password) return password.error();
  if (auto set = desk.set_password(options.name, *password); !set) return set;
  fmt::print(
      "Officer {}: the new password holds from now on; sessions that were open have ended.\n",
      options.name);
  tell_password(options, *password);
  return {};
}

Result<void> revoke(OfficerDesk& desk, const Options& options) {
  const auto offset = desk.revoke(options.name);
  if (!offset) return offset.error();
  fmt::print(
      "Officer {}: revoked from offset {}. A name in the file stays, so that what they did can be "
      "told.\n",
      options.name, offset->value);
  return {};
}

Result<void> list(OfficerDesk& desk, const Options&) {
  for (const identity::Officer* officer : desk.officers().all()) {
    const identity::DirectoryEntry* entry = desk.directory().by_officer(officer->key);
    const std::string roles = fmt::format("{}", fmt::join(officer->roles.names(), ","));
    fmt::print("{}  {}  {}  {}{}\n", officer->key, entry == nullptr ? "-" : entry->name,
               roles.empty() ? "-" : roles,
               officer->units.empty() ? "-" : fmt::format("{}", fmt::join(officer->units, ",")),
               officer->revoked ? "  revoked" : "");
  }
  return {};
}

using Act = Result<void> (*)(OfficerDesk&, const Options&);

int run(const Program& program, const Options& options, Act act) {
  if (auto fine = check_roles(options.roles); !fine) return complain(fine.error(), kUsage);
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto desk = OfficerDesk::open(*config);
  if (!desk) return complain(desk.error().with("officer"));
  const auto done = act(**desk, options);
  return done ? kOk : complain(done.error().with("officer"));
}

}  // namespace

void add_officer(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* officer = app.add_subcommand("officer", kAbout);
  officer->require_subcommand(1);
  const auto make = [&](const char* name, const char* about, Act act) {
    CLI::App* command = officer->add_subcommand(name, about);
    command->callback([&program, options, act] {
      program.run = [&program, options, act] { return run(program, *options, act); };
    });
    return command;
  };
  CLI::App* adds = make("add", "A new officer", add);
  CLI::App* changes = make("change", "Other roles and units, in the place of those before", change);
  CLI::App* passwords = make("password", "A new password", set_password);
  CLI::App* revokes = make("revoke", "May do nothing any more, for good", revoke);
  make("list", "Who there is: key, name, roles, units", list);
  for (CLI::App* command : {adds, changes, passwords})
    command->add_option("name", options->name, "The name that they sign in with")->required();
  revokes
      ->add_option("whom", options->name,
                   "The name that they sign in with, or their key as `list` shows it")
      ->required();
  for (CLI::App* command : {adds, changes}) {
    command->add_option("--role", options->roles, identity::all_role_names() + "; may be repeated")
        ->allow_extra_args(false)
        ->required();
    command->add_option("--unit", options->units, "Unit or desk; may be repeated")
        ->allow_extra_args(false);
  }
  for (CLI::App* command : {adds, passwords}) {
    command->add_flag("--password-stdin", options->password_from_stdin,
                      "Read the password from standard input instead of making one");
  }
}

}  // namespace lamplight::cli
