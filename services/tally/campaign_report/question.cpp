#include "tally/campaign_report/question.hpp"

#include <optional>

#include "tally/hint.hpp"
#include "tally/question.hpp"

namespace lamplight::tally {
namespace {

using What = CampaignQuestion::What;

constexpr std::int32_t kMaxDays = 3'700;  // what is asked for by day costs by day

std::optional<CampaignForm> form_from(const std::string& name) {
  if (name == "json") return CampaignForm::kJson;
  if (name == "text") return CampaignForm::kText;
  if (name == "csv") return CampaignForm::kCsv;
  if (name == "md") return CampaignForm::kMarkdown;
  if (name == "html") return CampaignForm::kHtml;
  return std::nullopt;
}

std::vector<std::string> known_names(What what) {
  std::vector<std::string> names{"as_of", "at_least"};
  if (what == What::kList || what == What::kDefinition) return names;
  for (const char* name : {"format", "lang"}) names.emplace_back(name);
  if (what == What::kGangs || what == What::kClearances || what == What::kClearance) return names;
  names.emplace_back("for");
  if (what == What::kExplain) names.emplace_back("figure");
  if (what == What::kDiff) {
    names.emplace_back("from");
    names.emplace_back("to");
  }
  return names;
}

Result<void> read_form(CampaignQuestion& question, const std::string& value) {
  const auto form = form_from(value);
  const bool report = question.what == What::kReport;
  const bool fits =
      form && (report || *form == CampaignForm::kJson || *form == CampaignForm::kText);
  if (!fits) {
    return Error(Code::kInvalid, std::string("query parameter format must be one of ") +
                                     (report ? "json, text, csv, md, html" : "json, text"));
  }
  question.form = *form;
  return {};
}

Result<void> read_moment(AsOf& into, const std::string& value) {
  const auto moment = parse_as_of(value);
  if (!moment) return moment.error();
  into = *moment;
  return {};
}

Result<void> read_one(CampaignQuestion& question, Offset& at_least, const std::string& name,
                      const std::string& value) {
  if (name == "as_of" || name == "to") return read_moment(question.as_of, value);
  if (name == "from") return read_moment(question.earlier, value);
  if (name == "format") return read_form(question, value);
  if (name == "figure") {
    question.figure = value;
  } else if (name == "at_least") {
    AsOf moment;
    if (auto read = read_moment(moment, value); !read) return read;
    at_least = moment.offset.value_or(Offset{});
  } else if (name == "for") {
    const auto period = parse_period(value);
    if (!period) return period.error();
    if (period->days() > kMaxDays) {
      return Error(Code::kInvalid, "for: a campaign's report looks at " + std::to_string(kMaxDays) +
                                       " days at most (ten years)");
    }
    question.period = *period;
  } else if (name == "lang") {
    if (value != "zh" && value != "en")
      return Error(Code::kInvalid, "query parameter lang must be one of zh, en");
    question.language = value == "zh" ? Language::kChinese : Language::kEnglish;
  }
  return {};
}

}  // namespace

Result<Offset> read_campaign_query(CampaignQuestion& question,
                                   const std::vector<std::pair<std::string, std::string>>& query) {
  const std::vector<std::string> known = known_names(question.what);
  Offset at_least;
  bool has_from = false;
  for (const auto& [name, value] : query) {
    bool is_known = false;
    for (const std::string& of : known) is_known = is_known || of == name;
    if (!is_known) {
      return Error(Code::kInvalid, "no query parameter of that name" +
                                       hint(std::string_view(name).substr(0, 64), known));
    }
    has_from = has_from || name == "from";
    if (auto read = read_one(question, at_least, name, value); !read) return read.error();
  }
  if (question.what == What::kExplain && question.figure.empty())
    return Error(Code::kInvalid,
                 "query parameter figure: name a figure, or measure[dimension=code]");
  if (question.what == What::kDiff && !has_from)
    return Error(Code::kInvalid, "query parameter from: give the earlier offset or time");
  return at_least;
}

}  // namespace lamplight::tally
