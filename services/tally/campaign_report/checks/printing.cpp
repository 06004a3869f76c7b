#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tally/campaign_report/checks/checks.hpp"

namespace lamplight::tally::checks {
namespace {

void same_label(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string>& figures = many(spec, "figures");
  std::vector<std::string> stated;
  for (const std::string& figure : figures) {
    if (numbers.number(figure).n) stated.push_back(figure);
  }
  if (stated.size() < 2) return say_unstated(numbers, numbers.unstated(figures), result);
  result.expected = result.actual = numbers.number(stated[0]).n;
  for (const std::string& figure : stated) {
    if (numbers.number(figure).n != result.expected) result.actual = numbers.number(figure).n;
  }
  const bool agree = result.expected == result.actual;
  result.verdict = agree ? Verdict::kAgrees : Verdict::kDiffers;
  const Words listed = numbers.listed(stated);
  result.sentence = {fmt::format("同一名称“{}”：{}{}", spec.label.zh, listed.zh,
                                 agree ? "，一致。" : "；数值不同，不判断孰是。"),
                     fmt::format("One label, “{}”: {}; {}", spec.label.en, listed.en,
                                 agree ? "alike." : "different values. No side is taken.")};
}

void rollup(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const Words group = numbers.label(one(spec, "group"));
  const Words leaves = numbers.listed(many(spec, "leaves"));
  result.actual = numbers.sum(many(spec, "leaves"));
  result.sentence = {
      fmt::format("{}是汇总类，{}是其中部分或另一种分法，两者不可相比。", group.zh, leaves.zh),
      fmt::format(
          "{} is a roll-up; {} are parts of it or divide otherwise. They must not be compared.",
          group.en, leaves.en)};
}

void as_of(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  std::map<Day, Words> days;
  for (const std::string& id : many(spec, "figures")) {
    const CampaignFigure* figure = numbers.report().figure(id);
    if (figure == nullptr) continue;
    const Words name = numbers.label(id);
    Words& names = days[figure->as_of_day];
    if (!names.zh.empty()) names.zh += "、", names.en += ", ";
    names.zh += name.zh;
    names.en += name.en;
  }
  if (days.size() < 2) {
    result.verdict = Verdict::kAgrees;
    result.sentence = {"各项截至同一日。", "All are of the same day."};
    return;
  }
  for (const auto& [day, names] : days) {
    result.sentence.zh += fmt::format("截至 {}：{}；", to_string(day), names.zh);
    result.sentence.en += fmt::format("As of {}: {}; ", to_string(day), names.en);
  }
  result.sentence.zh += "截止日不同。";
  result.sentence.en += "the days differ.";
}

void scope(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const Words figure = numbers.listed({one(spec, "figure")});
  const Words of = numbers.label(one(spec, "of"));
  const Words instead = numbers.label(one(spec, "instead_of"));
  result.sentence = {
      fmt::format("{}：只就{}而言，不是{}。", figure.zh, of.zh, instead.zh),
      fmt::format("{} is said of {} only, not of {}.", figure.en, of.en, instead.en)};
}

std::vector<std::string> codes_of(const Numbers& numbers, const std::string& list) {
  std::vector<std::string> codes;
  for (const CodeWords& known : numbers.report().definition->codes) {
    if (known.list == list) codes.push_back(known.code);
  }
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    if (to_string(static_cast<CodeList>(i)) != list) continue;
    for (const CodeEntry& entry : numbers.lists().entries(static_cast<CodeList>(i))) {
      if (std::find(codes.begin(), codes.end(), entry.code) == codes.end())
        codes.push_back(entry.code);
    }
  }
  return codes;
}

/// A figure speaks of a code that its filter names, or that its id ends with.
bool speaks_of(const FigureSpec& figure, const std::string& code) {
  for (const auto& [field, values] : figure.where) {
    if (std::find(values.begin(), values.end(), code) != values.end()) return true;
  }
  return figure.id == code || figure.id.ends_with("." + code);
}

void unstated(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string> from_list = codes_of(numbers, one(spec, "codes"));
  const std::vector<std::string>& codes =
      many(spec, "codes").empty() ? from_list : many(spec, "codes");
  Words without;
  std::int64_t missing = 0;
  for (const std::string& code : codes) {
    const auto& figures = many(spec, "figures");
    const bool stated = std::any_of(figures.begin(), figures.end(), [&](const std::string& id) {
      const CampaignFigure* figure = numbers.report().figure(id);
      return figure != nullptr && speaks_of(*figure->spec, code) && numbers.number(id).n;
    });
    if (stated) continue;
    ++missing;
    const CampaignDefinition& definition = *numbers.report().definition;
    const std::string field = one(spec, "codes");
    if (!without.zh.empty()) without.zh += "、", without.en += ", ";
    without.zh += definition.label(numbers.lists(), field, code, Language::kChinese);
    without.en += definition.label(numbers.lists(), field, code, Language::kEnglish);
  }
  result.expected = static_cast<std::int64_t>(codes.size());
  result.actual = *result.expected - missing;
  result.verdict = missing == 0 ? Verdict::kAgrees : Verdict::kNote;
  result.sentence = missing == 0
                        ? Words{"各类都有数字。", "Each code has a figure."}
                        : Words{fmt::format("未公布：{}。未公布不等于 0。", without.zh),
                                fmt::format("Not published, which is not 0: {}.", without.en)};
}

}  // namespace

void add_printing(Kinds& kinds) {
  kinds["same_label"] = same_label;
  kinds["rollup"] = rollup;
  kinds["as_of"] = as_of;
  kinds["scope"] = scope;
  kinds["unstated"] = unstated;
}

}  // namespace lamplight::tally::checks
