#include "tally/campaign_report/views_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/rfc3339.hpp"
#include "tally/campaign_report/sheets.hpp"
#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

std::string counts_text(const std::vector<ClearanceCount>& counts, const CodeLists& lists,
                        Language language) {
  std::vector<std::string> said;
  for (const ClearanceCount& count : counts) {
    std::string name(lists.label(CodeList::kCount, count.what, language));
    if (!count.kind.empty())
      name += fmt::format("·{}", lists.label(CodeList::kCountKind, count.kind, language));
    if (!count.result.empty())
      name += fmt::format("·{}", lists.label(CodeList::kCountResult, count.result, language));
    said.push_back(fmt::format("{} {}", name,
                               number_text({count.n, count.bound, Origin::kCounted}, 1, language)));
  }
  return fmt::format("{}", fmt::join(said, language == Language::kChinese ? "；" : "; "));
}

}  // namespace

std::string clearance_text(const ClearanceView& view, const CodeLists& lists, Language language) {
  const auto say = [language](const char* zh, const char* en) {
    return language == Language::kChinese ? zh : en;
  };
  std::string out = fmt::format("{} {} · {}\n", say("清查行动", "Clearance"), view.clearance,
                                to_string(view.state));
  if (view.number) out += fmt::format("{} {}\n", say("序号", "No."), *view.number);
  out += fmt::format("{} {}\n", say("合计", "Totals"), counts_text(view.totals, lists, language));
  out +=
      fmt::format("{} {}{}\n", say("涉及人员", "Persons"), view.persons,
                  view.persons_per_sender ? say("（仅单位内去重）", " (distinct per sender)") : "");
  TextTable lines(
      {say("单位", "unit"), say("班次", "shift"), say("报告", "reports"), say("报数", "counts")},
      4);
  for (const ClearanceLine& line : view.lines)
    lines.add({line.unit, line.shift, fmt::format("{}", line.reports),
               counts_text(line.counts, lists, language)});
  if (!view.lines.empty()) out += "\n" + lines.to_string();
  for (const MissingLine& line : view.missing) {
    out += fmt::format("  {} {} {}{}\n", say("未报：", "not reported:"), line.unit, line.shift,
                       line.named_by.empty() ? std::string()
                                             : fmt::format(" ({} {})", say("被提及于", "named by"),
                                                           fmt::join(line.named_by, ", ")));
  }
  for (const LateReport& report : view.late)
    out += fmt::format("  {} {} {} {} {}\n", say("迟报：", "late:"), report.unit, report.shift,
                       report.partner_ref, to_rfc3339(report.reported_at));
  for (const OutcomeCount& outcome : view.outcomes)
    out += fmt::format("  {} {}\n", lists.label(CodeList::kOutcome, outcome.outcome, language),
                       outcome.persons);
  for (const HazardLine& hazard : view.hazards) {
    if (hazard.open)
      out += fmt::format("  {} {} {}{}\n", say("隐患未清：", "hazard open:"), hazard.hazard,
                         hazard.unit, hazard.overdue ? say("（超期）", " (overdue)") : "");
  }
  return out;
}

std::string clearances_text(const ClearanceOperations& found, const CodeLists& lists,
                            Language language) {
  const bool zh = language == Language::kChinese;
  TextTable table({zh ? "清查行动" : "clearance", zh ? "活动" : "campaign", zh ? "状态" : "state",
                   zh ? "未报单位" : "not reported", zh ? "未报" : "missing", zh ? "迟报" : "late"},
                  4);
  for (const ClearanceView& view : found.operations) {
    std::set<std::string> units;
    for (const MissingLine& line : view.missing)
      units.emplace(lists.label(CodeList::kUnit, line.unit, language));
    table.add({view.clearance, view.campaign.empty() ? "–" : view.campaign,
               std::string(to_string(view.state)),
               fmt::format("{}", fmt::join(units, zh ? "、" : ", ")),
               fmt::format("{}", view.missing.size()), fmt::format("{}", view.late.size())});
  }
  std::string out = table.to_string();
  const auto codes = [&out](const char* about, const std::vector<std::string>& of) {
    constexpr std::size_t kMost = 20;
    if (of.empty()) return;
    const auto more = static_cast<std::ptrdiff_t>(of.size() - std::min(of.size(), kMost));
    out += fmt::format("{} {}{}\n", about, more > 0 ? fmt::format("… ({}) ", more) : "",
                       fmt::join(of.begin() + more, of.end(), ", "));
  };
  codes(zh ? "未列的更早行动：" : "earlier, not shown:", found.left_out);
  codes(zh ? "未写明所属活动：" : "of no campaign:", found.of_no_campaign);
  return out;
}

std::string gangs_text(const std::vector<Gang>& gangs, Language language) {
  const bool zh = language == Language::kChinese;
  std::string out = fmt::format(
      "{} {}\n",
      zh ? "待审团伙（仅提请审查，不是认定）：" : "Proposed for review, never a finding:",
      gangs.size());
  for (const Gang& gang : gangs) {
    out += fmt::format("\n#{} · {} {} · {} {} · {} {}\n", gang.number, zh ? "人员" : "persons",
                       gang.persons.size(), zh ? "案件" : "cases", gang.cases.size(),
                       zh ? "自偏移" : "since offset", gang.proposed_at.value);
    TextTable table({zh ? "人员" : "person", zh ? "案件" : "case", zh ? "单位" : "partner",
                     zh ? "编号" : "reference", zh ? "偏移" : "offset"},
                    4);
    for (const GangLink& link : gang.links)
      table.add({link.person.key, link.case_key, link.partner, link.partner_ref,
                 fmt::format("{}", link.offset.value)});
    out += table.to_string();
  }
  return out;
}

}  // namespace lamplight::tally
