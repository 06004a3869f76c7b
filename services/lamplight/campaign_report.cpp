#include "campaign_report.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/production_env.hpp"
#include "bus_link.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "model/code_lists.hpp"
#include "tally/campaign_report/question.hpp"
#include "tally/offline.hpp"
#include "tally/question.hpp"

namespace lamplight::cli {
namespace {

using What = CampaignReportOptions::What;
using Query = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxReportBytes = 64U << 20;

/// Where an earlier report stood.
struct EarlierReport {
  std::uint64_t offset = 0;
  std::string chain_hash;  ///< empty: it did not know
};

Result<EarlierReport> read_earlier(const std::string& file) {
  ProductionEnv production;
  const auto text = read_file(production.env().disk, file, kMaxReportBytes);
  if (!text) return text.error();
  rapidjson::Document json;
  json.Parse(text->c_str());
  const Error wrong(Code::kInvalid,
                    file + " is no JSON report: it has no header with as_of.offset");
  if (json.HasParseError() || !json.IsObject() || !json.HasMember("header")) return wrong;
  const auto& header = json["header"];
  if (!header.IsObject() || !header.HasMember("as_of") || !header["as_of"].IsObject()) return wrong;
  const auto& as_of = header["as_of"];
  if (!as_of.HasMember("offset") || !as_of["offset"].IsUint64()) return wrong;
  EarlierReport report{as_of["offset"].GetUint64(), ""};
  if (as_of.HasMember("chain_hash") && as_of["chain_hash"].IsString())
    report.chain_hash = as_of["chain_hash"].GetString();
  return report;
}

Query query_of(const CampaignReportOptions& options, const std::string& as_of) {
  Query query{{"format", options.format}, {"lang", options.lang}};
  if (options.what == What::kDiff) {
    query.emplace_back("from", options.earlier);
    query.emplace_back("to", options.later);
  } else if (!as_of.empty()) {
    query.emplace_back("as_of", as_of);
  }
  if (!options.period.empty()) query.emplace_back("for", options.period);
  if (options.what == What::kExplain) query.emplace_back("figure", options.figure);
  return query;
}

std::string path_of(const CampaignReportOptions& options) {
  const std::string campaign =
      options.campaign.empty() ? "/v1" : "/v1/campaigns/" + query_escape(options.campaign);
  switch (options.what) {
    case What::kReport: return campaign + "/report";
    case What::kExplain: return campaign + "/explain";
    case What::kDiff: return campaign + "/diff";
    case What::kGangs: return campaign + "/gangs";
    case What::kClearance: break;
  }
  const std::string clearances = campaign + "/clearance";
  return options.clearance.empty() ? clearances
                                   : clearances + "/" + query_escape(options.clearance);
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
}

int ask_tally(const Program& program, const CampaignReportOptions& options,
              const std::string& as_of) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  ProductionEnv production;
  Query query = query_of(options, as_of);
  HttpRequest request;
  request.url =
      options.url.empty() ? find_endpoints(production.env().disk, *config).tally : options.url;
  if (as_of.empty() && options.url.empty()) {
    if (const auto head = head_now(*config))
      query.emplace_back("at_least", std::to_string(head->value));
  }
  request.url += path_of(options);
  char separator = '?';
  for (const auto& [name, value] : query) {
    request.url += fmt::format("{}{}={}", separator, name, query_escape(value));
    separator = '&';
  }
  const auto answer = http_call(request);
  if (!answer) return complain(answer.error().with("tally"));
  if (answer->status != 200) {
    const bool usage = answer->status == 400 || answer->status == 404;
    return complain(
        Error(usage ? Code::kInvalid : Code::kUnavailable, "tally: " + describe_problem(*answer)),
        usage ? kUsage : kFailure);
  }
  print(answer->body);
  return kOk;
}

tally::CampaignQuestion::What asked_of(const CampaignReportOptions& options) {
  using Asked = tally::CampaignQuestion::What;
  switch (options.what) {
    case What::kReport: return Asked::kReport;
    case What::kExplain: return Asked::kExplain;
    case What::kDiff: return Asked::kDiff;
    case What::kGangs: return Asked::kGangs;
    case What::kClearance: break;
  }
  return options.clearance.empty() ? Asked::kClearances : Asked::kClearance;
}

Result<tally::CampaignQuestion> question_of(const CampaignReportOptions& options,
                                            const std::string& as_of) {
  tally::CampaignQuestion question;
  question.what = asked_of(options);
  question.campaign = options.campaign;
  question.clearance = options.clearance;
  const auto read = tally::read_campaign_query(question, query_of(options, as_of));
  if (!read) return read.error();
  return question;
}

/// Folds as far as is asked; where an earlier report named a chain hash, the log must still have it there.
Result<tally::FoldedLog> fold(const CampaignReportOptions& options,
                              const std::optional<EarlierReport>& earlier,
                              std::optional<Offset> up_to) {
  ProductionEnv production;
  Disk& disk = production.env().disk;
  const std::string inside = options.log_folder + "/log";
  auto folded = tally::fold_log(disk, disk.exists(inside) ? inside : options.log_folder, up_to);
  if (!folded) return folded.error();
  if (!earlier || earlier->chain_hash.empty()) return folded;
  const std::string now = folded->cut.hash ? to_hex(folded->cut.hash->span()) : "";
  if (now != earlier->chain_hash) {
    return Error(
        Code::kDamaged,
        fmt::format("this log is not the one of the earlier report: at offset {} that names the "
                    "chain hash {}, this log has {}",
                    earlier->offset, earlier->chain_hash, now));
  }
  return folded;
}

Result<std::string> fold_offline(const CampaignReportOptions& options,
                                 const std::optional<EarlierReport>& earlier,
                                 const std::string& as_of) {
  const auto lists = CodeLists::builtin();
  if (!lists) return lists.error();
  const auto question = question_of(options, as_of);
  if (!question) return question.error();
  const auto folded = fold(options, earlier, question->as_of.offset);
  if (!folded) return folded.error();
  tally::CampaignDesk desk(*lists);
  const auto answer =
      desk.answer({folded->fold->view(), folded->fold->facts_view()}, folded->cut, *question);
  if (!answer) return answer.error();
  return answer->body;
}

void add_shared(CLI::App* command, const std::shared_ptr<CampaignReportOptions>& options) {
  command->add_option("--lang", options->lang, "Labels: en or zh [en]")
      ->check(CLI::IsMember({"en", "zh"}));
  command->add_option("--log", options->log_folder, "Fold this log folder instead of asking tally");
  command->add_option("--as-of", options->as_of,
                      "As known at this offset, time or report:FILE [now]");
}

}  // namespace

std::optional<Offset> head_now(const runtime::Config& config) {
  const auto link = BusLink::open(config, "cli/report", 1'000);
  if (!link) return std::nullopt;
  return (*link)->client().state().head;
}

int run_campaign_report(const Program& program, const CampaignReportOptions& options) {
  std::optional<EarlierReport> earlier;
  std::string as_of = options.as_of;
  if (as_of.starts_with("report:")) {
    auto read = read_earlier(as_of.substr(7));
    if (!read) return complain(read.error(), kUsage);
    earlier = std::move(*read);
    as_of = std::to_string(earlier->offset);
    if (options.log_folder.empty() || earlier->chain_hash.empty()) {
      fmt::print(stderr,
                 "lamplight: the chain hash of the earlier report is not checked: that takes --log "
                 "and a report that names one\n");
    }
  }
  if (options.log_folder.empty()) return ask_tally(program, options, as_of);
  const auto text = fold_offline(options, earlier, as_of);
  if (!text) {
    const bool usage =
        text.error().code() == Code::kInvalid || text.error().code() == Code::kNotFound;
    return complain(text.error(), usage ? kUsage : kFailure);
  }
  print(*text);
  return kOk;
}

std::shared_ptr<CampaignReportOptions> add_campaign_report(CLI::App& report, Program& program) {
  auto options = std::make_shared<CampaignReportOptions>();
  report.add_option("--campaign", options->campaign, "The report of this campaign");
  report
      .add_option("--format", options->format,
                  "Of a campaign's report: text, json, csv, md, html [text]")
      ->check(CLI::IsMember({"text", "json", "csv", "md", "html"}));
  const auto add = [&](const char* name, const char* about, What what) {
    auto own = std::make_shared<CampaignReportOptions>();
    own->what = what;
    CLI::App* command = report.add_subcommand(name, about);
    add_shared(command, own);
    command->callback([&program, own] {
      program.run = [&program, own] { return run_campaign_report(program, *own); };
    });
    return std::pair(command, own);
  };
  const auto viewed = [](const auto& added) {
    added.first->add_option("--format", added.second->format, "text or json [text]")
        ->check(CLI::IsMember({"text", "json"}));
    added.first->add_option("--to", added.second->url, "Tally's address");
  };
  const auto traced = [&viewed](const auto& added) {
    added.first->add_option("--campaign", added.second->campaign, "Which")->required();
    added.first->add_option("--for", added.second->period, "Another period than the campaign's");
    viewed(added);
  };
  const auto explain = add("explain", "The events behind a figure", What::kExplain);
  explain.first
      ->add_option("figure", explain.second->figure,
                   "Its id, a measure, or measure[dimension=code,…]")
      ->required();
  traced(explain);
  const auto diff =
      add("diff", "What changed between two moments, and the events that did it", What::kDiff);
  diff.first->add_option("from", diff.second->earlier, "An offset or a time")->required();
  diff.first->add_option("to", diff.second->later, "A later one")->required();
  traced(diff);
  const auto gangs =
      add("gangs", "Groups proposed for review, with the links that made them", What::kGangs);
  gangs.first->add_option("--campaign", gangs.second->campaign, "Which")->required();
  viewed(gangs);
  const auto clearance = add(
      "clearance", "One clearance operation: what was reported, and who has not", What::kClearance);
  clearance.first->add_option("code", clearance.second->clearance, "The operation [list them]");
  clearance.first->add_option("--campaign", clearance.second->campaign,
                              "Only operations of this campaign [whatever campaign]");
  viewed(clearance);
  return options;
}

}  // namespace lamplight::cli
