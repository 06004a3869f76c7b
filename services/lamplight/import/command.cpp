#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "import/import_run.hpp"
#include "import/intake_questions.hpp"
#include "import/toml_tree.hpp"
#include "import/transport.hpp"

namespace lamplight::cli {

namespace {

using namespace importer;

constexpr int kUnreachable = 3;

constexpr char kAbout[] =
    "Import files of incidents, or of reports of one kind: CSV by a mapping (docs/import.md says "
    "how "
    "to write one), or\n"
    "alerts (--as says what else) as JSON or NDJSON.\n\n"
    "  lamplight import calls.csv --mapping calls.toml --dry-run    check, send nothing\n"
    "  lamplight import calls.csv --mapping calls.toml\n"
    "  zcat calls.csv.gz | lamplight import - --mapping calls.toml\n"
    "  lamplight import alerts.ndjson\n"
    "  lamplight import cases.ndjson --as case-result\n\n"
    "May be interrupted and started again: nothing is counted twice. Exit codes: 0 everything is "
    "on the log, 1 some\n"
    "alerts were refused (FILE.rejects.ndjson says which and why), 2 wrong options, mapping or "
    "file, 3 nobody answered.";

struct Options {
  std::vector<std::string> files;
  std::string mapping;
  std::string url;
  std::string rejects;
  std::string record;
  bool seed = false;
  bool dry_run = false;
  bool json = false;
  bool restart = false;
  std::size_t show = 3;
  std::size_t in_flight = 8;
  std::size_t batch = 500;
  std::int64_t give_up_s = 60;
};

bool ends_with_one_of(const std::string& name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Standard input in a file without a name: it has to be read twice, for its digest and for its alerts.
Result<std::unique_ptr<File>> spool_stdin(const Env& env) {
  const char* const folder = std::getenv("TMPDIR");
  const std::string path = fmt::format("{}/lamplight-import-{:016x}",
                                       folder != nullptr ? folder : "/tmp", env.random.next_u64());
  auto file = env.disk.open(path, OpenMode::kCreate);
  if (!file) return file.error().with("a place for standard input");
  if (auto removed = env.disk.remove(path); !removed) return removed.error();
  std::vector<char> piece(1U << 20);
  std::uint64_t size = 0;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), stdin)) {
    if (auto written = (*file)->write_at(size, as_bytes({piece.data(), got})); !written)
      return written.error().with(path);
    size += got;
  }
  if (std::ferror(stdin) != 0) return Error(Code::kIo, "standard input cannot be read");
  return file;
}

Result<InputFile> open_input(const Env& env, const Options& options, const std::string& name) {
  InputFile input;
  const bool standard = name == "-";
  input.name = standard ? "standard input" : name;
  auto file = standard ? spool_stdin(env) : env.disk.open(name, OpenMode::kRead);
  if (!file) return file.error();
  input.file = std::move(*file);
  input.csv = !options.mapping.empty() && !ends_with_one_of(name, {".json", ".ndjson", ".jsonl"});
  if (!input.csv && ends_with_one_of(name, {".csv", ".tsv", ".txt"})) {
    return Error(Code::kInvalid, name +
                                     ": a CSV file needs a mapping: --mapping MAP.toml; "
                                     "docs/import.md says how to write one");
  }
  const std::string own = (standard ? std::string("stdin") : name) + ".rejects.ndjson";
  input.reject_paths = {own};
  if (base_name(own) != own) input.reject_paths.push_back("./" + base_name(own));
  if (!options.rejects.empty()) input.reject_paths = {options.rejects};
  if (auto measured = measure(input); !measured) return measured.error();
  return input;
}

std::string state_folder() {
  if (const char* const state = std::getenv("XDG_STATE_HOME");
      state != nullptr && state[0] == '/') {
    return std::string(state) + "/lamplight/import";
  }
  const char* const home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.local/state/lamplight/import"
                                           : "";
}

int exit_code(const ImportRun::Outcome& outcome) {
  if (outcome.error) {
    const bool nobody =
        outcome.error->code() == Code::kUnavailable || outcome.error->code() == Code::kTimeout;
    return nobody ? kUnreachable : kUsage;
  }
  return outcome.summary.refused + outcome.summary.refused_before == 0 ? kOk : kFailure;
}

int run_import(const Program& program, const Options& options) {
  ProductionEnv production;
  const Env env = production.env();
  std::optional<Mapping> mapping;
  if (!options.mapping.empty()) {
    const auto text = read_file(env.disk, options.mapping, kMaxMappingBytes);
    if (!text) return complain(text.error(), kUsage);
    auto read = read_mapping(*text, options.mapping);
    if (!read) return complain(read.error(), kUsage);
    mapping = std::move(*read);
  }
  const RecordInfo& record = !options.record.empty() ? *find_record(options.record)
                             : mapping               ? *mapping->record
                                                     : record_infos().front();
  if (mapping && mapping->record != &record) {
    return complain(
        Error(Code::kInvalid, fmt::format("{} makes records \"{}\", not \"{}\"; leave --as out",
                                          options.mapping, mapping->record->name, record.name)),
        kUsage);
  }
  if (!options.rejects.empty() && options.files.size() > 1) {
    return complain(
        Error(Code::kInvalid, "--rejects names one file, and there are several to import"), kUsage);
  }
  std::vector<InputFile> inputs;
  for (const std::string& name : options.files) {
    auto input = open_input(env, options, name);
    if (!input) return complain(input.error(), kUsage);
    inputs.push_back(std::move(*input));
  }

  ImportOptions run;
  run.batch_alerts = options.batch;
  run.sender.in_flight = options.in_flight;
  run.sender.give_up_ms = options.give_up_s * 1000;
  run.seed = options.seed;
  run.record = &record;
  run.dry_run = options.dry_run;
  run.show = options.show;
  run.restart = options.restart;
  run.state_folder = state_folder();
  run.terminal = isatty(STDERR_FILENO) == 1;
  run.url = options.url;
  if (run.url.empty() && !run.dry_run) {
    const auto config = program.load_config();
    if (!config) return complain(config.error(), kUsage);
    run.url = find_endpoints(env.disk, *config).intake;
  }
  while (run.url.ends_with('/')) run.url.pop_back();

  const auto transport = options.dry_run ? nullptr : make_curl_transport(run.url, record);
  ImportRun import(env, mapping ? &*mapping : nullptr, transport.get(), ask_intake(run.url, record),
                   run);
  const ImportRun::Outcome outcome = import.run(std::move(inputs));
  if (options.json) fmt::print("{}\n", to_json(outcome.summary));
  else if (!outcome.error || outcome.summary.rows > 0) fmt::print("{}", to_text(outcome.summary));
  std::fflush(stdout);
  if (!outcome.error) return exit_code(outcome);
  const bool again = exit_code(outcome) == kUnreachable;
  return complain(again ? Error(outcome.error->code(),
                                fmt::format("{}: {}; start the same import again to go on where it "
                                            "stopped",
                                            run.url, outcome.error->message()))
                        : *outcome.error,
                  exit_code(outcome));
}

}  // namespace

void add_import(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("import", kAbout);
  command->add_option("files", options->files, "Files to import; - for standard input")->required();
  command->add_option("--mapping", options->mapping,
                      "How a CSV file's columns become alerts (TOML)");
  command->add_option("--as", options->record, "What JSON files hold [alert]; a mapping says it")
      ->check(CLI::IsMember(record_names()));
  command->add_option("--to", options->url,
                      "Intake's address [as `up` or `run intake` wrote it into the data folder]");
  command->add_flag("--dry-run", options->dry_run, "Read and check everything, send nothing");
  command->add_option("--show", options->show, "With --dry-run: print so many alerts [3]")
      ->check(CLI::Range(0, 1000));
  command->add_flag("--seed", options->seed,
                    "Give a new, seeded log the data's own time: all alerts in the order of "
                    "reported_at (all in memory)");
  command->add_flag("--json", options->json, "Print the summary as one line of JSON");
  command->add_flag("--restart", options->restart,
                    "Begin at the front, whatever an interrupted run had reached");
  command->add_option("--rejects", options->rejects,
                      "Write here what was refused [FILE.rejects.ndjson]");
  command->add_option("--in-flight", options->in_flight, "Batches sent and not yet answered [8]")
      ->check(CLI::Range(1, 256));
  command->add_option("--batch", options->batch, "Alerts in a batch [500]")
      ->check(CLI::Range(1, 10'000));
  command
      ->add_option("--give-up", options->give_up_s,
                   "Seconds without any answer after which it stops [60]")
      ->check(CLI::Range(1, 86'400));
  command->callback([&program, options] {
    program.run = [&program, options] { return run_import(program, *options); };
  });
}

}  // namespace lamplight::cli
