#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "identity/directory.hpp"
#include "intake/secret.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Make what a first start needs in the data folder: the key of intake's hashes and an empty "
    "file "
    "of officers,\nreadable by you alone. What is there stays as it is. Until a key exists, "
    "services "
    "listen on loopback only.\n\n"
    "  lamplight init --data /srv/lamplight\n"
    "  lamplight up   --data /srv/lamplight --http.address=0.0.0.0\n"
    "  lamplight officer add wang --role duty_chief --data /srv/lamplight";

int init(const Program& program) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  ProductionEnv production;
  const Env env = production.env();
  const std::string& data = config->text("data.folder");
  const std::string secrets = data + "/secrets";

  const std::string key = secrets + "/intake.key";
  const bool had_key = env.disk.exists(key);
  if (const auto made = intake::Secret::load(env, secrets); !made) return complain(made.error());
  if (!had_key) fmt::print("{}: made; back it up with the log\n", key);

  const std::string officers = identity::Directory::path_in(data);
  if (!env.disk.exists(officers)) {
    if (const auto made = identity::Directory{}.save(env.disk, officers); !made)
      return complain(made.error());
    fmt::print("{}: made; `lamplight officer add NAME --role ROLE` adds the first one\n", officers);
  } else if (const auto known = identity::Directory::load(env.disk, officers); !known) {
    return complain(known.error());
  }
  return kOk;
}

}  // namespace

void add_init(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("init", kAbout);
  command->callback([&program] { program.run = [&program] { return init(program); }; });
}

}  // namespace lamplight::cli
