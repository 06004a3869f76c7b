#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/production_env.hpp"
#include "bus_link.hpp"
#include "commands.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "model/code_lists.hpp"
#include "model/rfc3339.hpp"
#include "tally/offline.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Print figures, exact as of any offset of the log. docs/report.md says how to write a spec of "
    "one's own.\n\n"
    "  lamplight report                                   the default figures, up to now\n"
    "  lamplight report --json --spec mine.toml\n"
    "  lamplight report --for 2022-06-25..2022-08-25 --lang zh\n"
    "  lamplight report --as-of 120000                    as it was known at that offset\n"
    "  lamplight report --as-of 2022-08-25T20:15:00+08:00\n"
    "  lamplight report --log /backup/lamplight/log       from a log on disk, without a bus";

struct Options {
  bool json = false;
  std::string spec_file;
  std::string as_of;
  std::string period;
  std::string lang = "en";
  std::string log_folder;
  std::string url;
};

// What everything known to the bus right now comes to; nothing when the bus is not to be reached from here.
std::optional<Offset> head_now(const runtime::Config& config) {
  const auto link = BusLink::open(config, "cli/report", 1'000);
  if (!link) return std::nullopt;
  return (*link)->client().state().head;
}

int ask(const Program& program, const Options& options, const std::string& spec) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  ProductionEnv production;
  const std::string base =
      options.url.empty() ? find_endpoints(production.env().disk, *config).tally : options.url;
  HttpRequest request;
  request.url = fmt::format("{}/v1/report?format={}&lang={}", base, options.json ? "json" : "text",
                            options.lang);
  if (!options.as_of.empty()) request.url += "&as_of=" + query_escape(options.as_of);
  if (!options.period.empty()) request.url += "&for=" + query_escape(options.period);
  if (options.as_of.empty() && options.url.empty()) {
    if (const auto head = head_now(*config))
      request.url += fmt::format("&at_least={}", head->value);
  }
  if (!spec.empty()) {
    request.method = "POST";
    request.content_type = options.spec_file.ends_with(".json") ? "application/json" : "text/toml";
    request.body = spec;
  }
  const auto answer = http_call(request);
  if (!answer) return complain(answer.error().with("tally"));
  if (answer->status != 200) {
    const bool usage = answer->status == 400;
    return complain(
        Error(usage ? Code::kInvalid : Code::kUnavailable, "tally: " + describe_problem(*answer)),
        usage ? kUsage : kFailure);
  }
  fmt::print("{}\n", answer->body);
  return kOk;
}

Result<tally::AsOf> moment(const std::string& text) {
  tally::AsOf out;
  if (text.empty()) return out;
  if (text.find_first_not_of("0123456789") == std::string::npos && text.size() < 20) {
    out.offset = Offset{std::stoull(text)};
    return out;
  }
  Stamp stamp;
  if (const StampFault fault = parse_rfc3339(text, stamp); fault != StampFault::kNone) {
    return Error(Code::kInvalid,
                 "--as-of: an offset or a time with its zone; " + std::string(hint(fault)));
  }
  out.time = stamp.at;
  return out;
}

Result<std::string> fold_offline(const Options& options, const std::string& spec_text) {
  ProductionEnv production;
  auto spec = spec_text.empty() ? Result<tally::ReportSpec>(tally::default_spec())
              : options.spec_file.ends_with(".json") ? tally::spec_from_json(spec_text)
                                                     : tally::spec_from_toml(spec_text);
  if (!spec) return spec.error().with(options.spec_file);
  const auto as_of = moment(options.as_of);
  if (!as_of) return as_of.error();
  std::optional<tally::Period> period;
  if (!options.period.empty()) {
    const auto read = tally::parse_period(options.period);
    if (!read) return read.error().with("--for");
    period = *read;
  }
  Disk& disk = production.env().disk;
  const std::string inside = options.log_folder + "/log";
  const auto folded =
      tally::fold_log(disk, disk.exists(inside) ? inside : options.log_folder, as_of->offset);
  if (!folded) return folded.error();
  const auto report = tally::make_report(folded->fold->view(), folded->cut, *spec, *as_of, period);
  if (!report) return report.error();
  if (options.json) return to_json(*report);
  const auto codes = CodeLists::builtin();
  if (!codes) return codes.error();
  return to_text(*report, *codes, options.lang == "zh" ? Language::kChinese : Language::kEnglish);
}

int run_report(const Program& program, const Options& options) {
  std::string spec;
  if (!options.spec_file.empty()) {
    ProductionEnv production;
    auto text = read_file(production.env().disk, options.spec_file, tally::kMaxSpecBytes);
    if (!text) return complain(text.error(), kUsage);
    spec = std::move(*text);
  }
  if (options.log_folder.empty()) return ask(program, options, spec);
  const auto text = fold_offline(options, spec);
  if (!text)
    return complain(text.error(), text.error().code() == Code::kInvalid ? kUsage : kFailure);
  fmt::print("{}\n", *text);
  return kOk;
}

}  // namespace

void add_report(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("report", kAbout);
  command->add_flag("--json", options->json, "The machine's form");
  command->add_option("--spec", options->spec_file, "What the report shall hold (TOML, or .json)");
  command->add_option("--as-of", options->as_of, "As known at this offset or time [now]");
  command->add_option("--for", options->period,
                      "A year, month, day, or FIRST..LAST of the world [all]");
  command->add_option("--lang", options->lang, "Labels: en or zh [en]")
      ->check(CLI::IsMember({"en", "zh"}));
  command->add_option("--log", options->log_folder, "Fold this log folder instead of asking tally");
  command->add_option("--to", options->url,
                      "Tally's address [as `up` or `run tally` wrote it into the data folder]");
  command->callback([&program, options] {
    program.run = [&program, options] { return run_report(program, *options); };
  });
}

}  // namespace lamplight::cli
