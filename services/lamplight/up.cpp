#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "commands.hpp"
#include "everything.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Start everything in one process: broker, tally, intake, inner and console, and stay until "
    "SIGTERM or "
    "Ctrl-C.\n\n"
    "  lamplight up\n"
    "  lamplight up --data /srv/lamplight --intake.port=8090\n"
    "  lamplight up --seeded             a new log that is to be given a past campaign's own time";

int up(Program& program, bool seeded) {
  if (seeded) program.settings.emplace_back("log.seeded", "true");
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);

  auto all = Everything::start(*config);
  if (!all) return complain(all.error());
  for (const std::string& line : (*all)->addresses()) fmt::print("{}\n", line);
  fmt::print("Ready. Stop with Ctrl-C.\n");
  std::fflush(stdout);

  (void)(*all)->process().wait(-1);
  return (*all)->finish();
}

}  // namespace

void add_up(CLI::App& app, Program& program) {
  auto seeded = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("up", kAbout);
  command->add_flag("--seeded", *seeded,
                    "Make a new log that takes its time from the data until `lamplight go-live`");
  command->callback(
      [&program, seeded] { program.run = [&program, seeded] { return up(program, *seeded); }; });
}

}  // namespace lamplight::cli
