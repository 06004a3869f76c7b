#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tally/campaign_report/checks/checks.hpp"
#include "tally/campaign_report/sheets.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally::checks {
namespace {

/// Dimensions of which one report may bear several values: tables over them do not add up.
bool has_several(const CampaignDefinition& definition, const MeasureSpec& measure,
                 std::string dimension) {
  for (const Rollup& rollup : definition.rollups) {
    if (rollup.name == dimension) dimension = rollup.of;
  }
  static const std::set<std::string, std::less<>> kLists{
      "operations", "outcomes", "flags", "with_units", "stages", "units", "shifts", "focus"};
  static const std::set<std::string, std::less<>> kOfCounts{"what", "kind", "result"};
  if (kLists.count(dimension) != 0) return true;
  return measure.count != CountBy::kSum && measure.from != "hazard.reported" &&
         kOfCounts.count(dimension) != 0;
}

bool adds_up(const CampaignDefinition& definition, const CampaignTable& table) {
  const MeasureSpec& measure = *table.measure;
  if (measure.count == CountBy::kDistinct || measure.count == CountBy::kGangs) return false;
  return std::none_of(table.by.begin(), table.by.end(), [&](const std::string& dimension) {
    return has_several(definition, measure, dimension);
  });
}

CheckResult named(std::string name, const char* kind, Words words) {
  CheckResult result;
  result.name = std::move(name);
  result.kind = kind;
  result.words = std::move(words);
  return result;
}

std::optional<std::int64_t> total_of(const CampaignReport& report, const MeasureSpec& measure) {
  for (const MeasureSummary& summary : report.measures) {
    if (summary.measure == &measure) return summary.amount.n;
  }
  return std::nullopt;
}

struct Named {
  Words names;
  std::int64_t n = 0;
  void add(const Words& words) {
    if (n++ > 0) names.zh += "、", names.en += ", ";
    names.zh += words.zh;
    names.en += words.en;
  }
};

void tables(const CampaignReport& report, std::vector<CheckResult>& results) {
  for (const CampaignTable& table : report.tables) {
    const auto total = total_of(report, *table.measure);
    if (!total) continue;
    const bool by_unit = table.by == Dimensions{"unit"};
    const std::string by = fmt::format("{}", fmt::join(table.by, "+"));
    Named dimensions;
    for (const std::string& name : table.by) dimensions.add(dimension_words(name));
    CheckResult result =
        named(fmt::format("auto.{}.{}", table.measure->name, by), by_unit ? "units" : "tables",
              {fmt::format("{}：按 {} 的表与总数", table.measure->words.zh, dimensions.names.zh),
               fmt::format("{}: table by {} against the total", table.measure->words.en,
                           dimensions.names.en)});
    result.expected = total;
    result.actual = 0;
    for (const CampaignTable::RowOf& row : table.rows)
      result.actual = add_up(*result.actual, row.amount.n.value_or(0));
    const bool agree = result.actual == result.expected;
    const bool must = adds_up(*report.definition, table);
    result.verdict = agree ? Verdict::kAgrees : must ? Verdict::kDiffers : Verdict::kNote;
    const char* zh = agree ? "一致" : must ? "不一致" : "同一对象可能在几行中，相加不是总数";
    const char* en = agree  ? "they agree"
                     : must ? "they differ"
                            : "one may be in several rows, so they need not add up";
    result.sentence = {
        fmt::format("各行合计 {}，总数 {}：{}。", *result.actual, *result.expected, zh),
        fmt::format("The rows add up to {}, the total is {}: {}.", *result.actual, *result.expected,
                    en)};
    results.push_back(std::move(result));
  }
}

/// One check over all figures: agrees when `names` is empty.
CheckResult over_figures(const char* kind, Words words, const Words& names, std::int64_t how_many,
                         const Words& well, const Words& said) {
  CheckResult result = named(fmt::format("auto.{}", kind), kind, std::move(words));
  result.expected = 0;
  result.actual = how_many;
  result.verdict = how_many == 0 ? Verdict::kAgrees : Verdict::kNote;
  result.sentence = how_many == 0 ? well
                                  : Words{fmt::format("{}{}。", said.zh, names.zh),
                                          fmt::format("{}{}.", said.en, names.en)};
  return result;
}

Words with_id(const CampaignFigure& figure) {
  return {fmt::format("{}（{}）", figure.spec->words.zh, figure.spec->id),
          fmt::format("{} ({})", figure.spec->words.en, figure.spec->id)};
}

CheckResult mixed_days(const CampaignReport& report) {
  std::set<Day> days;
  for (const CampaignFigure& figure : report.figures) {
    if (figure.value.n || figure.published.n) days.insert(figure.as_of_day);
  }
  Named listed;
  for (const Day day : days) listed.add({to_string(day), to_string(day)});
  if (listed.n == 1) listed.n = 0;
  return over_figures("as_of", {"截止日", "As-of days"}, listed.names, listed.n,
                      {"全部截至同一日。", "All figures are of one day."},
                      {"本报表含不同截止日的数字：", "Figures of different days are mixed: "});
}

/// Whether a declaration has an effect on the report.
bool is_used(const CampaignReport& report, const DeclaredFigure& declared) {
  const CampaignFigure* figure = report.figure(declared.figure);
  if (figure == nullptr) return false;
  if (declared.role == "baseline") return figure->compared.has_value();
  if (declared.role != "value") return true;
  return figure->spec->measure.empty() || figure->spec->show == Show::kRank;
}

void declarations(const CampaignReport& report, const std::vector<DeclaredFigure>& declared,
                  std::vector<CheckResult>& results) {
  Named unused, twice;
  for (const DeclaredFigure& one : declared) {
    const Words name{fmt::format("{}（{}）", one.figure, one.role),
                     fmt::format("{} ({})", one.figure, one.role)};
    if (!is_used(report, one)) unused.add(name);
    if (one.disputed) twice.add(name);
  }
  results.push_back(over_figures("declared_not_used", {"申报未采用", "Declared, not used"},
                                 unused.names, unused.n,
                                 {"申报的数字都已采用。", "Every declared number is used."},
                                 {"申报了但未采用：", "Declared, but of no effect: "}));
  results.push_back(
      over_figures("declared_twice", {"重复申报", "Declared twice"}, twice.names, twice.n,
                   {"没有互相矛盾的申报。", "No two declarations say different numbers."},
                   {"申报了不同的数字，取最近报送的：",
                    "Declared with different numbers, the latest counts: "}));
}

}  // namespace

std::vector<CheckResult> automatic(const CampaignReport& report,
                                   const std::vector<DeclaredFigure>& declared) {
  std::vector<CheckResult> results;
  tables(report, results);
  Named per_sender, small, never, beyond;
  for (const MeasureSummary& summary : report.measures) {
    if (is_beyond(summary.amount.n.value_or(0))) beyond.add(summary.measure->words);
    if (summary.amount.distinct_per_sender) per_sender.add(summary.measure->words);
  }
  for (const CampaignFigure& figure : report.figures) {
    if (figure.compared && figure.compared->small_baseline) small.add(with_id(figure));
    if (!figure.value.n) never.add(with_id(figure));
  }
  results.push_back(over_figures(
      "distinct_per_sender", {"人员去重范围", "Persons told apart"}, per_sender.names, per_sender.n,
      {"人员按全区统一的键去重。", "Persons are told apart by one key of the district."},
      {"仅在各报送单位内去重：", "Distinct per sender only: "}));
  results.push_back(mixed_days(report));
  results.push_back(over_figures(
      "small_baseline", {"基期偏小", "Small baselines"}, small.names, small.n,
      {"没有过小的基期。", "No baseline is small."},
      {"基期偏小，百分比慎用：", "Small baselines, read the percentages with care: "}));
  results.push_back(over_figures("not_stated", {"未公布", "Not stated"}, never.names, never.n,
                                 {"各项都有数字。", "Every figure has a number."},
                                 {"无数字（不等于 0）：", "No number, which is not 0: "}));
  declarations(report, declared, results);
  if (beyond.n == 0) return results;  // so far off that most reports need not speak of it
  results.push_back(
      over_figures("too_great", {"数额过大", "Sums too great"}, beyond.names, beyond.n, {},
                   {fmt::format("超出正负 {}，只能说到此为止：", kGreatestSum),
                    fmt::format("Beyond {} either way, so that is only a bound: ", kGreatestSum)}));
  return results;
}

}  // namespace lamplight::tally::checks
