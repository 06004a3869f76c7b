#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tally/campaign_report/checks/checks.hpp"
#include "tally/campaign_report/feasible.hpp"

namespace lamplight::tally::checks {
namespace {

std::string nearest(std::int64_t count, const Feasible& found) {
  std::string text;
  for (const auto& near : {found.above, found.below}) {
    if (!near) continue;
    if (!text.empty()) text += ", ";
    const char* sign = near->pct_1dp.empty() || near->pct_1dp[0] == '-' ? "" : "+";
    text += fmt::format("{}/{} = {}{} %", count, near->baseline, sign, near->pct_1dp);
  }
  return text;
}

/// The whole percentage that is closest to the printed one among the nearest baselines.
std::optional<std::int64_t> closest(std::int64_t count, std::int64_t percent,
                                    const Feasible& found) {
  std::optional<std::int64_t> best;
  for (const auto& near : {found.above, found.below}) {
    if (!near) continue;
    const auto pct = change(count, near->baseline).pct_int;
    if (pct && (!best || std::abs(*pct - percent) < std::abs(*best - percent))) best = pct;
  }
  return best;
}

void feasible(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::string& counted = one(spec, "count");
  const std::string& changed = one(spec, "change");
  const auto count = numbers.number(counted).n;
  const auto percent = numbers.percent(changed);
  if (!count) return say_unstated(numbers, {counted}, result);
  if (!percent) return say_unstated(numbers, {changed}, result);
  const Feasible found = feasible_baseline(*count, *percent);
  result.expected = percent;
  if (found.rounded || found.cut) {
    result.actual = percent;
    result.verdict = Verdict::kAgrees;
    result.sentence = {
        fmt::format("{:+}% 与 {} 相容：基期 {}{}。", *percent, *count, *found.baseline,
                    found.rounded ? "（四舍五入）" : "（截尾）"),
        fmt::format("{:+} % is possible at {}: a baseline of {} gives it when {}.", *percent,
                    *count, *found.baseline, found.rounded ? "rounded" : "cut")};
    return;
  }
  result.actual = closest(*count, *percent, found);
  result.verdict = Verdict::kDiffers;
  const std::string near = nearest(*count, found);
  result.sentence = {
      fmt::format("没有整数基期能使 {} 得出 {:+}%，四舍五入或截尾都不能；最接近：{}。", *count,
                  *percent, near),
      fmt::format(
          "No whole-number baseline gives {:+} % at {}, neither rounded nor cut; the nearest: "
          "{}.",
          *percent, *count, near)};
}

void opposite(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  bool up = false;
  bool down = false;
  Words text;
  for (const std::string& figure : many(spec, "figures")) {
    const auto percent = numbers.percent(figure);
    if (!percent) continue;
    up = up || *percent > 0;
    down = down || *percent < 0;
    const Words name = numbers.label(figure);
    if (!text.zh.empty()) text.zh += "、", text.en += ", ";
    text.zh += fmt::format("{} {:+}%", name.zh, *percent);
    text.en += fmt::format("{} {:+} %", name.en, *percent);
  }
  if (text.zh.empty()) return say_unstated(numbers, many(spec, "figures"), result);
  if (up && down) {
    result.sentence = {
        fmt::format("方向相反：{}；升降好坏按各序列分别说明，不由符号推断。", text.zh),
        fmt::format(
            "These move in opposite directions: {}; what is good is said per series, never by "
            "the sign.",
            text.en)};
    return;
  }
  result.verdict = Verdict::kAgrees;
  result.sentence = {fmt::format("方向一致：{}。", text.zh),
                     fmt::format("These move the same way: {}.", text.en)};
}

void flow(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  const std::vector<std::string>& figures = many(spec, "figures");
  if (const auto without = numbers.unstated(figures); !without.empty())
    return say_unstated(numbers, without, result);
  const Words listed = numbers.listed(figures);
  for (std::size_t i = 1; i < figures.size(); ++i) {
    const auto before = numbers.number(figures[i - 1]).n;
    const auto after = numbers.number(figures[i]).n;
    if (*after <= *before) continue;
    result.expected = before;
    result.actual = after;
    result.sentence = {
        fmt::format("{}：后一环节大于前一环节；各环节按发生日期分别统计，是流量，不是漏斗。",
                    listed.zh),
        fmt::format(
            "{}: a later stage is greater than an earlier one; these are flows by event date, "
            "not a funnel.",
            listed.en)};
    return;
  }
  result.verdict = Verdict::kAgrees;
  result.sentence = {fmt::format("{}：逐环节不增。", listed.zh),
                     fmt::format("{}: no stage is greater than the one before.", listed.en)};
}

void cohort(const Numbers& numbers, const CheckSpec& spec, CheckResult& result) {
  for (const CohortTable& table : numbers.report().cohorts) {
    if (table.name != one(spec, "cohort")) continue;
    if (table.breaks.empty()) {
      result.verdict = Verdict::kAgrees;
      result.sentence = {"同一批人：后一环节都不大于前一环节。",
                         "Among the same persons no stage is greater than the one before."};
      return;
    }
    const CohortTable::Break& first = table.breaks.front();
    result.expected = first.n_before;
    result.actual = first.n_after;
    result.verdict = Verdict::kDiffers;
    result.sentence = {
        fmt::format("同一批人中，{} {} 人，其后的 {} 却有 {} 人。", first.before, first.n_before,
                    first.after, first.n_after),
        fmt::format("Among the same persons {} reached {}, yet {} reached {} after it.",
                    first.n_before, first.before, first.n_after, first.after)};
    return;
  }
  result.sentence = {"没有这一批人的数据。", "There are no data of that cohort."};
}

}  // namespace

void add_changes(Kinds& kinds) {
  kinds["feasible"] = feasible;
  kinds["opposite"] = opposite;
  kinds["flow"] = flow;
  kinds["cohort"] = cohort;
}

}  // namespace lamplight::tally::checks
