#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "event_text.hpp"
#include "log/inspect.hpp"
#include "log_folder.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] = "Look at a log on disk, repair it, or take a seeded one live.";
constexpr char kVerifyAbout[] =
    "Check every byte of a log on disk: CRCs, the hash chain, offsets, times, sidecars. Reads "
    "only, also\n"
    "beside a running bus. Exit code 0 when nothing is damaged.\n\n"
    "  lamplight log verify                     the log of the data folder\n"
    "  lamplight log verify /backup/lamplight   a data folder, or its log/";
constexpr char kDumpAbout[] =
    "Print the events of a log on disk, one a line. Reads only.\n\n"
    "  lamplight log dump --from 100 --to 120\n"
    "  lamplight log dump /backup/lamplight --json";

struct Options {
  std::string folder;
  std::uint64_t from = 1;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  bool json = false;
};

void print_finding(const log::Finding& finding) {
  fmt::print("{:<9} {} byte {}: {}\n", to_string(finding.kind), finding.file, finding.at,
             finding.what);
}

int verify(const Program& program, const Options& options) {
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const auto folder = log_folder(program, disk, options.folder);
  if (!folder) return complain(folder.error(), kUsage);
  const auto verified = log::verify(disk, *folder, print_finding);
  if (!verified) return complain(verified.error());

  fmt::print("log       {}\nid        {}\nseeded    {}\n", *folder, to_uuid(verified->header.id),
             verified->header.seeded ? "yes" : "no");
  fmt::print("segments  {}\nbatches   {}\nbytes     {}\nevents    {}\n", verified->segments,
             verified->batches, verified->bytes, verified->events);
  if (verified->events > 0) {
    fmt::print("offsets   {} .. {}\ntimes     {} .. {}\nchain     {}\n", verified->first.value,
               verified->last.value, to_rfc3339(verified->first_time),
               to_rfc3339(verified->last_time), to_hex(verified->last_hash.span()));
  }
  fmt::print("end       {}\n", verified->clean_stop        ? "a clean stop"
                               : verified->torn_bytes == 0 ? "whole, no clean stop"
                                                           : "torn; the next start cuts it");
  if (verified->whole()) {
    fmt::print("result    whole\n");
    return kOk;
  }
  fmt::print("result    {} damaged places\n", verified->damages);
  return complain(Error(
      Code::kDamaged,
      fmt::format("{}: damaged; keep the folder as it is and restore a backup, or give up what "
                  "lies behind the damage with `lamplight log repair`",
                  *folder)));
}

int dump(const Program& program, const Options& options) {
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const auto folder = log_folder(program, disk, options.folder);
  if (!folder) return complain(folder.error(), kUsage);
  std::string text;
  const auto print = [&](const log::BatchHeader&, const ChainHash&,
                         const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (options.json) {
        append_event_json(event, text);
      } else {
        append_event_line(event, text);
      }
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
    text.clear();
  };
  const auto dumped = log::dump(disk, *folder, {options.from}, {options.to}, print);
  std::fflush(stdout);
  return dumped.ok() ? kOk : complain(dumped.error());
}

}  // namespace

void add_log(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("log", kAbout);
  command->require_subcommand(1);

  auto options = std::make_shared<Options>();
  CLI::App* check = command->add_subcommand("verify", kVerifyAbout);
  check->add_option("dir", options->folder, "Data folder or log folder [--data]");
  check->callback([&program, options] {
    program.run = [&program, options] { return verify(program, *options); };
  });

  CLI::App* print = command->add_subcommand("dump", kDumpAbout);
  print->add_option("dir", options->folder, "Data folder or log folder [--data]");
  print->add_option("--from", options->from, "First offset [1]");
  print->add_option("--to", options->to, "Last offset [the end]");
  print->add_flag("--json", options->json, "JSON lines");
  print->callback([&program, options] {
    program.run = [&program, options] { return dump(program, *options); };
  });

  add_log_repair(*command, program);
  add_go_live(*command, program);  // the same command, found where one looks for it
}

}  // namespace lamplight::cli
