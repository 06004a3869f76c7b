#include "tally/campaign_report/checks/checks.hpp"

#include <fmt/format.h>

#include "tally/campaign_report/sheets.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally::checks {
namespace {

const Kinds& kinds() {
  static const Kinds all = [] {
    Kinds made;
    add_sums(made);
    add_changes(made);
    add_printing(made);
    return made;
  }();
  return all;
}

bool names_published(const CampaignReport& report, const CheckSpec& spec) {
  const auto published = [&report](const std::string& id) {
    const CampaignFigure* figure = report.figure(id);
    return figure != nullptr && figure->published.n.has_value();
  };
  for (const auto& [key, id] : spec.one) {
    if (published(id)) return true;
  }
  for (const auto& [key, ids] : spec.many) {
    for (const std::string& id : ids) {
      if (published(id)) return true;
    }
  }
  return false;
}

CheckResult make(const Numbers& numbers, const CheckSpec& spec, CheckedOn on) {
  CheckResult result;
  result.name = spec.name;
  result.words = spec.words;
  result.kind = spec.kind;
  result.on = on;
  if (const auto kind = kinds().find(spec.kind); kind != kinds().end())
    kind->second(numbers, spec, result);
  return result;
}

}  // namespace

FigureNumber Numbers::number(const std::string& figure) const {
  const CampaignFigure* known = report_.figure(figure);
  if (known == nullptr) return {};
  return on_ == CheckedOn::kCounted ? known->value : known->published;
}

std::optional<std::int64_t> Numbers::percent(const std::string& figure) const {
  const CampaignFigure* known = report_.figure(figure);
  if (known == nullptr) return std::nullopt;
  if (known->spec->show == Show::kChange) return number(figure).n;
  if (on_ == CheckedOn::kPublished || !known->compared) return std::nullopt;
  return known->compared->pct_int;
}

Words Numbers::label(const std::string& figure) const {
  const CampaignFigure* known = report_.figure(figure);
  if (known == nullptr) return {figure, figure};
  Words words = known->spec->words;
  for (const CampaignFigure& other : report_.figures) {
    if (&other == known || other.spec->words.zh != words.zh) continue;
    words.zh += fmt::format("（{}）", figure);
    words.en += fmt::format(" ({})", figure);
    break;
  }
  return words;
}

Words Numbers::listed(const std::vector<std::string>& figures) const {
  Words text;
  for (const std::string& figure : figures) {
    const Words name = label(figure);
    const FigureNumber value = number(figure);
    const CampaignFigure* known = report_.figure(figure);
    const bool plain = known == nullptr || known->spec->show != Show::kValue;
    const std::int64_t scale = plain ? 1 : shown_scale(known->spec->unit, known->spec->scale);
    if (!text.zh.empty()) text.zh += "、", text.en += ", ";
    text.zh += fmt::format("{} {}", name.zh, number_text(value, scale, Language::kChinese));
    text.en += fmt::format("{} {}", name.en, number_text(value, scale, Language::kEnglish));
  }
  return text;
}

std::optional<std::int64_t> Numbers::sum(const std::vector<std::string>& figures) const {
  std::optional<std::int64_t> sum;
  for (const std::string& figure : figures) {
    if (const auto n = number(figure).n) sum = add_up(sum.value_or(0), *n);
  }
  return sum;
}

std::vector<std::string> Numbers::unstated(const std::vector<std::string>& figures) const {
  std::vector<std::string> without;
  for (const std::string& figure : figures) {
    if (!number(figure).n) without.push_back(figure);
  }
  return without;
}

const std::string& one(const CheckSpec& spec, const char* key) {
  static const std::string nothing;
  const auto found = spec.one.find(key);
  return found == spec.one.end() ? nothing : found->second;
}

const std::vector<std::string>& many(const CheckSpec& spec, const char* key) {
  static const std::vector<std::string> nothing;
  const auto found = spec.many.find(key);
  return found == spec.many.end() ? nothing : found->second;
}

void say_unstated(const Numbers& numbers, const std::vector<std::string>& figures,
                  CheckResult& result) {
  Words names;
  for (const std::string& figure : figures) {
    const Words name = numbers.label(figure);
    if (!names.zh.empty()) names.zh += "、", names.en += ", ";
    names.zh += name.zh;
    names.en += name.en;
  }
  result.verdict = Verdict::kNote;
  result.sentence = {fmt::format("无法核对：{}未公布（未公布不等于 0）。", names.zh),
                     fmt::format("Cannot be checked: not stated, which is not 0: {}.", names.en)};
}

std::vector<CheckResult> run(const CampaignReport& report, const CodeLists& lists,
                             const std::vector<DeclaredFigure>& declared) {
  std::vector<CheckResult> results;
  const Numbers counted(report, lists, CheckedOn::kCounted);
  const Numbers published(report, lists, CheckedOn::kPublished);
  for (const CheckSpec& spec : report.definition->checks) {
    results.push_back(make(counted, spec, CheckedOn::kCounted));
    if (names_published(report, spec))
      results.push_back(make(published, spec, CheckedOn::kPublished));
  }
  for (CheckResult& result : automatic(report, declared)) results.push_back(std::move(result));
  return results;
}

}  // namespace lamplight::tally::checks
