#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "inner/rulebook.hpp"
#include "log/inspect.hpp"
#include "log_folder.hpp"
#include "rehearsal_text.hpp"
#include "rules_file.hpp"
#include "runtime/decider_replay.hpp"
#include "tally/question.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Decide the inner loop's recorded inputs again under other rules, and tell step by step and "
    "summed up what would\n"
    "have been decided otherwise. Reads a log folder, beside a running bus too; publishes nothing "
    "and writes nothing.\n\n"
    "  lamplight rehearse --rules new.toml                          over the whole log\n"
    "  lamplight rehearse --rules new.toml --from 2026-03-01T00:00:00+08:00 --to 120000\n"
    "  lamplight rehearse --calendar calendar-2026.toml --log /backup/lamplight\n"
    "  lamplight rehearse                 by the log's own rules: does this program decide as that "
    "one did?\n\n"
    "The rules count as published just before --from: cases that begin, or begin anew, or are "
    "moved "
    "to the newest rules\n"
    "from then on go by them, up to --to; cases under way at --from keep the version that they "
    "have. Every step is decided\n"
    "where the case stood in truth, so that a difference tells what would have followed there, not "
    "what that would have led to.\n"
    "A file with a mistake is refused, every mistake with its line. docs/inner-rules.md says more.";

struct Options {
  std::string rules;
  std::vector<std::string> calendars;
  std::string from = "1";
  std::string to;
  std::string log_folder;
  std::string format = "text";
};

Result<inner::LogPlace> read_place(const std::string& option, const std::string& text) {
  const auto place = tally::parse_as_of(text);
  if (place) return inner::LogPlace{place->offset, place->time};
  return Error(Code::kInvalid, fmt::format("{} {}: give an offset such as 1234, or a time with its "
                                           "zone such as 2026-03-01T00:00:00+08:00",
                                           option, text));
}

/// Each file that was named, checked; nothing when one has a mistake, which is told.
std::optional<std::vector<inner::RehearsedDocument>> read_documents(const Options& options) {
  std::vector<inner::RehearsedDocument> out;
  bool whole = true;
  const auto take = [&](const std::string& path, const char* option, bool wanted_rules) {
    auto file = read_rules_file(path);
    whole = whole && file.has_value();
    if (!file) return;
    if ((file->name == inner::kRulesName) == wanted_rules) {
      out.push_back({std::move(file->name), std::move(file->text)});
      return;
    }
    whole = false;
    complain(Error(Code::kInvalid,
                   fmt::format("{} {}: that is {}; rules go with --rules, a year's calendar with "
                               "--calendar",
                               option, path, wanted_rules ? "a calendar" : "no calendar")));
  };
  if (!options.rules.empty()) take(options.rules, "--rules", true);
  for (const std::string& path : options.calendars) take(path, "--calendar", false);
  if (!whole) return std::nullopt;
  return out;
}

Result<inner::RehearsalOptions> read_options(const Options& options) {
  inner::RehearsalOptions out;
  const auto from = read_place("--from", options.from);
  if (!from) return from.error();
  out.from = *from;
  if (options.to.empty()) return out;
  const auto to = read_place("--to", options.to);
  if (!to) return to.error();
  out.to = *to;
  if ((out.from.offset && out.to.offset && *out.to.offset < *out.from.offset) ||
      (out.from.time && out.to.time && *out.to.time < *out.from.time))
    return Error(Code::kInvalid, "--to comes before --from");
  return out;
}

Result<inner::RehearsalSummary> rehearse_folder(Disk& disk, const std::string& folder,
                                                inner::RehearsalOptions options) {
  inner::InnerDecider recorded;
  inner::Rehearsal rehearsal(recorded, std::move(options));
  runtime::ReplayOptions replay;
  replay.service = inner::kService;
  replay.subjects = inner::InnerDecider::inputs();
  replay.on_input = [&rehearsal](const Event& input) { rehearsal.on_input(input); };
  replay.on_output = [&rehearsal](const Event& output) { rehearsal.on_output(output); };
  replay.over = [&rehearsal] { return rehearsal.over(); };
  const auto cut = runtime::replay_decider(
      [&] { return log::read_folder(disk, folder, Offset{1}); }, recorded, replay);
  if (!cut) return cut.error();
  rehearsal.finish();
  if (rehearsal.summary().inputs > 0) return rehearsal.summary();
  return Error(Code::kNotFound,
               fmt::format("{}: between --from and --to the inner loop has decided nothing; its "
                           "decisions on this log reach to offset {}",
                           folder, cut->value));
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int rehearse(const Program& program, const Options& options) {
  auto rehearsal = read_options(options);
  if (!rehearsal) return complain(rehearsal.error().with("rehearse"), kUsage);
  auto documents = read_documents(options);
  if (!documents) return kUsage;
  rehearsal->documents = std::move(*documents);
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const auto folder = log_folder(program, disk, options.log_folder);
  if (!folder) return complain(folder.error(), kUsage);

  const bool json = options.format == "json";
  const char* separator = "{\"steps\":[\n";
  rehearsal->on_difference = [&](const inner::StepDifference& difference) {
    if (json) print(std::exchange(separator, ",\n") + to_json(difference));
    else print(to_text(difference));
  };
  const auto summary = rehearse_folder(disk, *folder, std::move(*rehearsal));
  if (!summary) return complain(summary.error().with("rehearse"));
  if (json) {
    if (summary->differences == 0) print(separator);
    print("\n],\"summary\":" + to_json(*summary) + "}\n");
  } else {
    print(summary->differences == 0 ? "" : "\n");
    print(to_text(*summary));
  }
  return kOk;
}

}  // namespace

void add_rehearse(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rehearse", kAbout);
  command->add_option("--rules", options->rules, "Rules (TOML) in place of the log's own");
  command->add_option("--calendar", options->calendars, "A year's calendar (TOML); may be repeated")
      ->allow_extra_args(false);
  command->add_option("--from", options->from, "First input decided: an offset or a time [1]");
  command->add_option("--to", options->to, "Last input decided: an offset or a time [the end]");
  command->add_option("--log", options->log_folder,
                      "This data folder, or log folder [the data folder's log]");
  command->add_option("--format", options->format, "text or json [text]")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&program, options] {
    program.run = [&program, options] { return rehearse(program, *options); };
  });
}

}  // namespace lamplight::cli
