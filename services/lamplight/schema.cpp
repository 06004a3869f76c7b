#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "model/schema_export.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Write the generated files of schemas/, or check that they are what this program generates.\n\n"
    "  lamplight schema --check\n"
    "  lamplight schema --write --folder schemas";

constexpr std::uint64_t kMaxFileBytes = 16U << 20;

struct Options {
  bool write = false;
  bool check = false;
  std::string folder = "schemas";
};

int write_files(Disk& disk, const std::string& folder) {
  if (auto made = disk.make_folder(folder); !made) return complain(made.error());
  for (const auto& [name, content] : generated_schema_files()) {
    const std::string path = folder + "/" + name;
    if (auto done = replace_file(disk, path, as_bytes(content)); !done)
      return complain(done.error());
    fmt::print("{}\n", path);
  }
  return kOk;
}

int check_files(Disk& disk, const std::string& folder) {
  int code = kOk;
  for (const auto& [name, content] : generated_schema_files()) {
    const std::string path = folder + "/" + name;
    const auto found = read_file(disk, path, kMaxFileBytes);
    if (found.ok() && *found == content) continue;
    const std::string why =
        found.ok() ? "differs from what the program generates" : found.error().message();
    code = complain(
        Error(Code::kInvalid, fmt::format("{}: {}; run `lamplight schema --write`", path, why)));
  }
  return code;
}

}  // namespace

void add_schema(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("schema", kAbout);
  auto* which = command->add_option_group("what");
  which->add_flag("--write", options->write, "Write the files");
  which->add_flag("--check", options->check, "Say which files are stale; exit code 1 if any");
  which->require_option(1);
  command->add_option("--folder", options->folder, "Where they are [schemas]");
  command->callback([&program, options] {
    program.run = [options] {
      ProductionEnv production;
      Disk& disk = production.env().disk;
      return options->write ? write_files(disk, options->folder)
                            : check_files(disk, options->folder);
    };
  });
}

}  // namespace lamplight::cli
