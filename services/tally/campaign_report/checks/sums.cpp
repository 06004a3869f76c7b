#include <fmt/format.h>

#include <algorithm>

#include "tally/campaign_report/checks/checks.hpp"

namespace lamplight::tally::checks {
namespace {

bool any_bound(const Numbers& numbers, const std::vector<std::string>& figures) {
  return std::any_of(figures.begin(), figures.end(), [&](const std::string& figure) {
    return numbers.number(figure).bound != Bound::kExact;
  });
}

void parts(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& total = one(spec, "total");
  const std::vector<std::string>& of = many(spec, "parts");
  result.expected = numbers.number(total).n;
  result.actual = numbers.sum(of);
  if (!result.expected) return say_unstated(numbers, {total}, result);
  if (!result.actual) return say_unstated(numbers, of, result);
  const std::int64_t rest = *result.expected - *result.actual;
  const Words name = numbers.label(total);
  result.verdict = rest == 0 ? Verdict::kAgrees : Verdict::kDiffers;
  if (rest == 0) {
    result.sentence = {
        fmt::format("{} {} 等于所列各项之和。", name.zh, *result.expected),
        fmt::format("{} {} is what its parts add up to.", name.en, *result.expected)};
  } else if (rest > 0) {
    result.sentence = {fmt::format("{} {}，所列各项合计 {}，未列明 {}。", name.zh, *result.expected,
                                   *result.actual, rest),
                       fmt::format("{} {}; the parts add up to {}; not listed: {}.", name.en,
                                   *result.expected, *result.actual, rest)};
  } else {
    result.sentence = {
        fmt::format("{} {}，所列各项合计 {}，超出总数 {}。", name.zh, *result.expected,
                    *result.actual, -rest),
        fmt::format("{} {}; the parts add up to {}, which is {} more than the total.", name.en,
                    *result.expected, *result.actual, -rest)};
  }
  const auto without = numbers.unstated(of);
  if (!without.empty()) {
    const Words listed = numbers.listed(without);
    result.sentence.zh += fmt::format("其中{}。", listed.zh);
    result.sentence.en += fmt::format(" Of these: {}.", listed.en);
  }
  if (any_bound(numbers, of) || numbers.number(total).bound != Bound::kExact) {
    result.sentence.zh += "含下限数字。";
    result.sentence.en += " Some are bounds.";
  }
}

void equal(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string>& figures = many(spec, "figures");
  if (const auto without = numbers.unstated(figures); !without.empty())
    return say_unstated(numbers, without, result);
  result.expected = result.actual = numbers.number(figures[0]).n;
  for (const std::string& figure : figures) {
    if (numbers.number(figure).n == result.expected) continue;
    result.actual = numbers.number(figure).n;
    break;
  }
  const Words listed = numbers.listed(figures);
  const bool agree = result.expected == result.actual;
  result.verdict = agree ? Verdict::kAgrees : Verdict::kDiffers;
  result.sentence = {
      fmt::format("{}：{}。", listed.zh, agree ? "一致" : "应一致而不一致"),
      fmt::format("{}: {}.", listed.en, agree ? "alike" : "should be alike and are not")};
}

void at_most(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& part = one(spec, "part");
  const std::string& whole = one(spec, "whole");
  if (const auto without = numbers.unstated({part, whole}); !without.empty())
    return say_unstated(numbers, without, result);
  result.expected = numbers.number(whole).n;
  result.actual = numbers.number(part).n;
  const bool fits = *result.actual <= *result.expected;
  const Words listed = numbers.listed({part, whole});
  result.verdict = fits ? Verdict::kAgrees : Verdict::kDiffers;
  result.sentence = {
      fmt::format("{}：部分{}整体。", listed.zh, fits ? "不大于" : "大于"),
      fmt::format("{}: the part is {} the whole.", listed.en, fits ? "at most" : "greater than")};
}

void no_total(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string>& figures = many(spec, "figures");
  result.actual = numbers.sum(figures);
  const Words listed = numbers.listed(figures);
  const std::string sum = result.actual ? std::to_string(*result.actual) : "–";
  result.sentence = {
      fmt::format("{}：相加为 {}，但同一人可能在几项中，不作为总数公布。", listed.zh, sum),
      fmt::format("{}: {} together, not printed as a total, since persons may be in several.",
                  listed.en, sum)};
}

void overlap(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string>& figures = many(spec, "figures");
  result.actual = numbers.sum(figures);
  const Words listed = numbers.listed(figures);
  const std::string sum = result.actual ? std::to_string(*result.actual) : "–";
  result.sentence = {
      fmt::format("{}：各项结果是同一人身上的标记，可以并存；相加得 {}，不是人数。", listed.zh,
                  sum),
      fmt::format("{}: outcomes are flags on a person and may go together; their sum {} is no "
                  "number of persons.",
                  listed.en, sum)};
}

void nominal(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& figure = one(spec, "figure");
  const std::vector<std::string>& listed = many(spec, "listed");
  result.expected = numbers.number(figure).n;
  result.actual = static_cast<std::int64_t>(listed.size());
  if (!result.expected) return say_unstated(numbers, {figure}, result);
  const Words name = numbers.label(figure);
  result.verdict = result.expected == result.actual ? Verdict::kAgrees : Verdict::kNote;
  result.sentence = {
      fmt::format("{}中的 {} 是称谓，列出 {} 项。", name.zh, *result.expected, *result.actual),
      fmt::format("The {} of {} is a name; {} are listed.", *result.expected, name.en,
                  *result.actual)};
}

void units(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& name = one(spec, "measure");
  const CampaignReport& report = numbers.report();
  const auto is_measure = [&name](const auto& of) { return of.measure->name == name; };
  const auto total = std::find_if(report.measures.begin(), report.measures.end(), is_measure);
  const auto table = std::find_if(
      report.tables.begin(), report.tables.end(),
      [&](const CampaignTable& of) { return is_measure(of) && of.by == Dimensions{"unit"}; });
  if (total == report.measures.end() || table == report.tables.end() || !total->amount.n) {
    result.sentence = {"无法核对：没有按单位的表或总数未公布。",
                       "Cannot be checked: there is no table by unit, or no total is stated."};
    return;
  }
  result.expected = total->amount.n;
  result.actual = 0;
  for (const CampaignTable::RowOf& row : table->rows) *result.actual += row.amount.n.value_or(0);
  const bool agree = result.expected == result.actual;
  const bool distinct = total->measure->count == CountBy::kDistinct;
  result.verdict = agree ? Verdict::kAgrees : distinct ? Verdict::kNote : Verdict::kDiffers;
  const Words& words = total->measure->words;
  const char* why_zh = agree ? "一致" : distinct ? "同一对象可能在几个单位" : "不一致";
  const char* why_en = agree      ? "they agree"
                       : distinct ? "one may be in several units"
                                  : "they differ";
  result.sentence = {fmt::format("{}：各单位合计 {}，全区 {}，{}。", words.zh, *result.actual,
                                 *result.expected, why_zh),
                     fmt::format("{}: the units add up to {}, the district is {}; {}.", words.en,
                                 *result.actual, *result.expected, why_en)};
}

void included(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& inner = one(spec, "inner");
  const std::string& outer = one(spec, "outer");
  const std::string& choice = one(spec, "choice");
  const Words in = numbers.label(inner);
  const Words out = numbers.label(outer);
  result.expected = numbers.number(outer).n;
  result.actual = numbers.number(inner).n;
  if (choice == "yes") {
    const bool fits = !result.expected || !result.actual || *result.actual <= *result.expected;
    result.verdict = fits ? Verdict::kNote : Verdict::kDiffers;
    result.sentence = {fmt::format("{}计入{}（方案设定）。", in.zh, out.zh),
                       fmt::format("{} is part of {} (as the scenario chose).", in.en, out.en)};
    if (!fits) {
      result.sentence.zh += "但前者大于后者。";
      result.sentence.en += " But it is greater.";
    }
  } else if (choice == "no") {
    result.sentence = {fmt::format("{}不计入{}（方案设定）。", in.zh, out.zh),
                       fmt::format("{} is no part of {} (as the scenario chose).", in.en, out.en)};
  } else {
    result.sentence = {fmt::format("{}是否计入{}，未说明。", in.zh, out.zh),
                       fmt::format("Whether {} is part of {} is not said.", in.en, out.en)};
  }
}

}  // namespace

void add_sums(Kinds& kinds) {
  kinds["parts"] = parts;
  kinds["equal"] = equal;
  kinds["at_most"] = at_most;
  kinds["no_total"] = no_total;
  kinds["overlap"] = overlap;
  kinds["nominal"] = nominal;
  kinds["units"] = units;
  kinds["included"] = included;
}

}  // namespace lamplight::tally::checks
