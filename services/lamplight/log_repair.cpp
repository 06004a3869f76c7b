#include "log/repair.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "log_folder.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

constexpr char kRepairAbout[] =
    "End a damaged log at the last whole batch before the damage. Shows what that drops and asks "
    "first;\n"
    "what is cut off is kept beside the log. Stop every service before: it refuses to run beside a "
    "broker.\n"
    "Exit code 0 when the log is whole at the end, 1 when it is not or nothing was done.\n\n"
    "  lamplight log repair                      the log of the data folder\n"
    "  lamplight log repair /srv/lamplight --yes  without asking";

struct Options {
  std::string folder;
  bool yes = false;
};

void print_cut(const log::RepairPlan::Cut& cut) {
  fmt::print("drops     {} bytes {} .. {}{}", cut.file, cut.from, cut.to,
             cut.whole_file ? ", the whole file" : "");
  if (cut.batches == 0) {
    fmt::print(": nothing in it reads\n");
    return;
  }
  fmt::print(": {} events that still read, offsets {} .. {}\n", cut.events, cut.first.value,
             cut.last.value);
}

void print_plan(const std::string& folder, const log::RepairPlan& plan) {
  fmt::print("log       {}\nid        {}\n", folder, to_uuid(plan.header.id));
  fmt::print("damage    {} byte {}: {}\n", plan.damage->file, plan.damage->at, plan.damage->what);
  if (plan.kept.value == 0) fmt::print("keeps     nothing\n");
  else
    fmt::print("keeps     offsets 1 .. {}{}\n", plan.kept.value,
               plan.kept_time == TimeUs{} ? "" : ", until " + to_rfc3339(plan.kept_time));
  for (const auto& cut : plan.cuts) print_cut(cut);
  if (plan.last > plan.kept) {
    fmt::print(
        "in all    {} events, offsets {} .. {}, as far as can be told; {} of them still read\n",
        plan.last.value - plan.kept.value, plan.kept.value + 1, plan.last.value, plan.events);
  }
  if (plan.events > 0) {
    fmt::print("times     {} .. {}\n", to_rfc3339(plan.first_time), to_rfc3339(plan.last_time));
  }
  fmt::print("aside     {}\n", plan.aside);
  std::fflush(stdout);
}

bool agreed(const Options& options) {
  if (options.yes) return true;
  if (::isatty(STDIN_FILENO) == 0) return false;
  fmt::print("Acknowledged events are given up. Type yes to go on: ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes";
}

// A snapshot of what is cut would be taken for one of the events that come in its place.
Result<void> set_snapshots_aside(Disk& disk, const std::string& folder, const std::string& aside) {
  if (!folder.ends_with("/log")) return {};
  const std::string snapshots = folder.substr(0, folder.size() - 3) + "snapshots";
  if (!disk.exists(snapshots)) return {};
  if (auto done = disk.make_folder(aside); !done) return done;
  if (auto done = disk.rename(snapshots, aside + "/snapshots"); !done) return done;
  fmt::print("moved     {}: services begin with a fresh fold of what is kept\n", snapshots);
  return {};
}

int repair(const Program& program, const Options& options) {
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const auto folder = log_folder(program, disk, options.folder);
  if (!folder) return complain(folder.error(), kUsage);
  const auto repair = log::begin_repair(disk, *folder);
  if (!repair) return complain(repair.error());
  const log::RepairPlan& plan = (*repair)->plan();
  if (!plan.needed()) {
    fmt::print("log       {}\nresult    nothing to repair\n", *folder);
    return kOk;
  }
  print_plan(*folder, plan);
  if (!agreed(options)) {
    return complain(
        Error(Code::kInvalid, "nothing was changed; say --yes to give these events up"));
  }
  if (auto done = set_snapshots_aside(disk, *folder, plan.aside); !done)
    return complain(done.error().with("snapshots; nothing was changed in the log"));
  if (auto done = (*repair)->apply(); !done) return complain(done.error().with("log repair"));

  const auto verified = log::verify(disk, *folder, [](const log::Finding&) {});
  if (!verified) return complain(verified.error());
  if (!verified->whole())
    return complain(
        Error(Code::kDamaged, *folder + " is still damaged; see `lamplight log verify`"));
  fmt::print("result    whole, ends at offset {}\n", verified->last.value);
  return kOk;
}

}  // namespace

void add_log_repair(CLI::App& log, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = log.add_subcommand("repair", kRepairAbout);
  command->add_option("dir", options->folder, "Data folder or log folder [--data]");
  command->add_flag("--yes", options->yes, "Do it without asking");
  command->callback([&program, options] {
    program.run = [&program, options] { return repair(program, *options); };
  });
}

}  // namespace lamplight::cli
