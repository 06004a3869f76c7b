#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/logging.hpp"
#include "commands.hpp"
#include "runtime/version.hpp"

/// The one executable. Every command is a file of its own; this one reads the command line and runs what it chose.
namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Lamplight: a message bus and services that tally a public-safety campaign.\n\n"
    "  lamplight up                      everything in one process, data in ./lamplight-data\n"
    "  lamplight post alert.json         send an alert\n"
    "  lamplight tail --from 1           see what is on the log\n"
    "  lamplight report                  see what is tallied\n\n"
    "Any key of the configuration can be given as --section.key=value, as\n"
    "LAMPLIGHT_SECTION_KEY in the environment, or in the file named by --config.";

struct Switches {
  bool print_config = false;
  bool check_config = false;
  bool version = false;
};

/// Takes `--section.key=value` out of the arguments: CLI11 knows no options that are not declared.
Result<std::vector<std::string>> take_settings(int argc, char** argv, Program& program) {
  std::vector<std::string> rest;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (!name.starts_with("--") || name.find('.') == std::string::npos) {
      rest.push_back(argument);
    } else if (equals == std::string::npos) {
      return Error(Code::kInvalid, fmt::format("{}: no value; write {}=VALUE", name, name));
    } else {
      program.settings.emplace_back(name.substr(2), argument.substr(equals + 1));
    }
  }
  return rest;
}

void add_commands(CLI::App& app, Program& program) {
  add_up(app, program);
  add_run(app, program);
  add_demo(app, program);
  add_import(app, program);
  add_post(app, program);
  add_tail(app, program);
  add_report(app, program);
  add_rules(app, program);
  add_rehearse(app, program);
  add_campaign(app, program);
  add_case(app, program);
  add_init(app, program);
  add_officer(app, program);
  add_hand_over(app, program);
  add_log(app, program);
  add_go_live(app, program);
  add_clock(app, program);
  add_schema(app, program);
}

int show_config(const Program& program, bool print) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  if (print) std::fputs(config->to_toml().c_str(), stdout);
  return kOk;
}

int usage_error(const CLI::App& app, const std::string& message) {
  const auto chosen = app.get_subcommands();
  std::fprintf(stderr, "lamplight: %s; see lamplight%s%s --help\n", message.c_str(),
               chosen.empty() ? "" : " ", chosen.empty() ? "" : chosen.front()->get_name().c_str());
  return kUsage;
}

int run(int argc, char** argv) {
  Program program;
  Switches switches;
  CLI::App app(kAbout, "lamplight");
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_option("--data", program.data_folder,
                 "Data folder [LAMPLIGHT_DATA, default ./lamplight-data]");
  app.add_option("--config", program.config_file, "Configuration file (TOML)")
      ->envname("LAMPLIGHT_CONFIG");
  app.add_flag("--print-config", switches.print_config,
               "Print the configuration that would be used, with help and origin, and exit");
  app.add_flag("--check-config", switches.check_config, "Check the configuration and exit");
  app.add_flag("--version", switches.version, "Print the version and exit");
  add_commands(app, program);

  auto arguments = take_settings(argc, argv, program);
  if (!arguments) return complain(arguments.error(), kUsage);
  std::reverse(arguments->begin(), arguments->end());  // CLI11 takes a vector from its end
  try {
    app.parse(*arguments);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& wrong) {
    return usage_error(app, wrong.what());
  }

  if (switches.version) {
    fmt::print("lamplight {} ({})\n", runtime::version(), runtime::commit());
    return kOk;
  }
  if (switches.print_config || switches.check_config) {
    return show_config(program, switches.print_config);
  }
  if (!program.run) {
    std::fputs(app.help().c_str(), stdout);
    return kUsage;
  }
  logging::init("warning");  // commands speak for themselves; services set their own level
  return program.run();
}

}  // namespace

}  // namespace lamplight::cli

int main(int argc, char** argv) { return lamplight::cli::run(argc, argv); }
