#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/production_env.hpp"
#include "bus_link.hpp"
#include "campaign_report.hpp"
#include "commands.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "model/code_lists.hpp"
#include "tally/offline.hpp"
#include "tally/question.hpp"

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
    "  lamplight report --log /backup/lamplight/log       from a log on disk, without a bus\n"
    "  lamplight report --campaign CODE --format html > report.html   a campaign's: "
    "docs/campaign.md";

struct Options {
  bool json = false;
  std::string spec_file;
  std::string as_of;
  std::string period;
  std::string lang = "en";
  std::string log_folder;
  std::string url;
};

using Query = std::vector<std::pair<std::string, std::string>>;

// The same words for tally's HTTP interface and for folding offline.
Query query_of(const Options& options) {
  Query query{{"format", options.json ? "json" : "text"}, {"lang", options.lang}};
  if (!options.as_of.empty()) query.emplace_back("as_of", options.as_of);
  if (!options.period.empty()) query.emplace_back("for", options.period);
  return query;
}

std::string content_type_of(const Options& options) {
  return options.spec_file.ends_with(".json") ? "application/json" : "text/toml";
}

int ask(const Program& program, const Options& options, const std::string& spec) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  ProductionEnv production;
  Query query = query_of(options);
  HttpRequest request;
  request.url =
      options.url.empty() ? find_endpoints(production.env().disk, *config).tally : options.url;
  if (options.as_of.empty() && options.url.empty()) {
    if (const auto head = head_now(*config))
      query.emplace_back("at_least", std::to_string(head->value));
  }
  request.url += "/v1/report";
  char separator = '?';
  for (const auto& [name, value] : query) {
    request.url += fmt::format("{}{}={}", separator, name, query_escape(value));
    separator = '&';
  }
  if (!spec.empty()) {
    request.method = "POST";
    request.content_type = content_type_of(options);
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

Result<std::string> fold_offline(const Options& options, const std::string& spec) {
  const auto question = tally::parse_question(query_of(options), content_type_of(options), spec);
  if (!question) return question.error();
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const std::string inside = options.log_folder + "/log";
  const auto folded = tally::fold_log(disk, disk.exists(inside) ? inside : options.log_folder,
                                      question->as_of.offset);
  if (!folded) return folded.error();
  const auto report = tally::make_report(folded->fold->view(), folded->cut, question->spec,
                                         question->as_of, question->period);
  if (!report) return report.error();
  if (question->format == tally::ReportFormat::kJson) return to_json(*report);
  const auto codes = CodeLists::builtin();
  if (!codes) return codes.error();
  return to_text(*report, *codes, question->language);
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

/// The options that both kinds of report share.
void take_over(const Options& options, CampaignReportOptions& campaign) {
  campaign.as_of = options.as_of;
  campaign.period = options.period;
  campaign.lang = options.lang;
  campaign.log_folder = options.log_folder;
  campaign.url = options.url;
  if (options.json) campaign.format = "json";
}

}  // namespace

void add_report(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("report", kAbout);
  const std::shared_ptr<CampaignReportOptions> campaign = add_campaign_report(*command, program);
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
  command->callback([&program, options, campaign, command] {
    if (!command->get_subcommands().empty()) return;  // it has set what to run
    if (!campaign->campaign.empty()) {
      take_over(*options, *campaign);
      program.run = [&program, campaign] { return run_campaign_report(program, *campaign); };
      return;
    }
    program.run = [&program, options] { return run_report(program, *options); };
  });
}

}  // namespace lamplight::cli
