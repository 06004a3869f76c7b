#include "tally/campaign_report/annex_sheets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "model/rfc3339.hpp"
#include "tally/dimension.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kMaxPrintedCodes = 20;  // in one line
constexpr std::size_t kUnitColumns = 6;       // what a sheet of paper holds beside item and total

/// The words of one language.
class Say {
 public:
  explicit Say(Language language) : zh_(language == Language::kChinese) {}
  const char* operator()(const char* zh, const char* en) const { return zh_ ? zh : en; }
  [[nodiscard]] const char* comma() const { return zh_ ? "、" : ", "; }
  [[nodiscard]] const char* semicolon() const { return zh_ ? "；" : "; "; }

 private:
  bool zh_;
};

std::string number(std::uint64_t n) { return fmt::format("{}", n); }

/// At most so many lines, and how many are not shown.
void cut(std::vector<std::string>& lines, std::size_t most, const Say& say) {
  if (lines.size() <= most) return;
  const std::size_t more = lines.size() - most;
  lines.resize(most);
  lines.push_back(fmt::format("{} {}", say("另有未列：", "not shown:"), more));
}

/// Numbers alone: paper is copied and lies about, so persons' tokens and keys of cases are not on it.
Sheet overview_of(const GangsUnderReview& review, const Say& say) {
  Sheet sheet;
  sheet.title =
      say("待审团伙（仅提请审查，不是认定）", "Groups under review (proposed, never a finding)");
  sheet.head = {say("团伙", "Group"),
                say("人员", "Persons"),
                say("案件", "Cases"),
                say("关联", "Links"),
                say("反复同案人员", "Recurring persons"),
                say("反复同案案件", "Recurring cases"),
                say("自偏移", "Since offset")};
  for (const Gang& gang : review.groups)
    sheet.rows.push_back({fmt::format("#{}", gang.number), number(gang.persons.size()),
                          number(gang.cases.size()), number(gang.links.size()),
                          number(gang.recurring_persons.size()),
                          number(gang.recurring_cases.size()), number(gang.proposed_at.value)});
  if (review.groups.empty())
    sheet.notes.emplace_back(say("没有符合规则的团伙。", "No group keeps the rule."));
  if (!review.whole_history)
    sheet.notes.emplace_back(
        say("关联过多，本次一次算出：编号与偏移只属于本报告。",
            "Too many links to follow one by one: numbers and offsets are of this report alone."));
  return sheet;
}

/// One page for what is spoken of in all operations, then a page for each.
class ClearanceSheets {
 public:
  ClearanceSheets(const CampaignReport& report, const CodeLists& lists, Language language)
      : definition_(*report.definition),
        found_(report.annex->clearances),
        lists_(lists),
        language_(language),
        say_(language) {}

  std::vector<Sheet> write() {
    std::vector<Sheet> sheets{overview()};
    for (const ClearanceView& view : found_.operations) {
      for (Sheet& sheet : by_unit(view)) sheets.push_back(std::move(sheet));
    }
    return sheets;
  }

 private:
  using Item = ClearanceSums::Item;

  [[nodiscard]] std::string label(const char* field, const std::string& code) const {
    return definition_.label(lists_, field, code, language_);
  }
  [[nodiscard]] std::string labels(const char* field, const std::vector<std::string>& codes) const {
    std::vector<std::string> words;
    words.reserve(codes.size());
    for (const std::string& code : codes) words.push_back(label(field, code));
    return fmt::format("{}", fmt::join(words, say_.comma()));
  }
  [[nodiscard]] std::string place(const std::string& unit, const std::string& shift) const {
    return shift.empty() ? label("unit", unit)
                         : fmt::format("{} {}", label("unit", unit), label("shift", shift));
  }
  [[nodiscard]] const char* state(const ClearanceView& view) const {
    switch (view.state) {
      case ClearanceState::kPlanned: return say_("已部署", "planned");
      case ClearanceState::kOpen: return say_("进行中", "open");
      case ClearanceState::kClosed: return say_("已结束", "closed");
      case ClearanceState::kNotOrdered: break;
    }
    return say_("未见命令", "not ordered");
  }
  [[nodiscard]] std::string name(const ClearanceView& view) const {
    if (!view.number) return view.clearance;
    return fmt::format("{}{}{}{}", view.clearance, say_("（第 ", " (no. "), *view.number,
                       say_(" 次）", ")"));
  }
  [[nodiscard]] std::string window(const ClearanceView& view) const {
    const auto minute = [](const std::optional<Stamp>& stamp) {
      return stamp ? civil_text(stamp->civil_us()) : std::string("–");
    };
    return view.from || view.until ? minute(view.from) + " – " + minute(view.until) : "–";
  }
  /// What the orders asked for.
  [[nodiscard]] std::string plan(const ClearanceView& view) const {
    std::vector<std::string> said{window(view)};
    if (!view.units.empty()) said.push_back(labels("unit", view.units));
    if (!view.shifts.empty())
      said.push_back(fmt::format("{}{}", say_("班次：", "shifts: "), labels("shift", view.shifts)));
    if (!view.focus.empty())
      said.push_back(fmt::format("{}{}", say_("重点：", "focus: "), labels("focus", view.focus)));
    return fmt::format("{}", fmt::join(said, say_.semicolon()));
  }

  Sheet overview() const {
    Sheet sheet;
    sheet.title = say_("清查行动", "Clearance operations");
    sheet.head = {
        say_("行动", "Operation"),        say_("状态", "State"), say_("报告", "Reports"),
        say_("未报", "Missing"),          say_("迟报", "Late"),  say_("涉及人员", "Persons"),
        say_("未清隐患", "Hazards open"), say_("部署", "Plan")};
    sheet.words = {1, 7};
    for (const ClearanceView& view : found_.operations) {
      std::uint64_t reports = 0;
      for (const ClearanceLine& line : view.lines) reports += line.reports;
      const auto open = std::count_if(view.hazards.begin(), view.hazards.end(),
                                      [](const HazardLine& of) { return of.open; });
      if (!view.missing.empty()) sheet.alarming.push_back(sheet.rows.size());
      sheet.rows.push_back({name(view), state(view), number(reports), number(view.missing.size()),
                            number(view.late.size()), fmt::format("{}", view.persons),
                            fmt::format("{}", open), plan(view)});
    }
    if (found_.operations.empty())
      sheet.notes.emplace_back(say_("日志上没有属于本活动的清查行动。",
                                    "No clearance operation of this campaign is on the log."));
    std::vector<std::string> lines;
    for (const ClearanceView& view : found_.operations) remarks(view, lines);
    cut(lines, kMaxPrintedLines, say_);
    for (std::string& line : lines) sheet.notes.push_back(std::move(line));
    codes_note(say_("未列的更早行动：", "Earlier operations, not shown: "), found_.left_out, sheet);
    codes_note(say_("未写明所属活动的行动（不在上表）：",
                    "Operations whose orders name no campaign, not in the table: "),
               found_.of_no_campaign, sheet);
    return sheet;
  }

  void codes_note(const char* about, std::vector<std::string> codes, Sheet& sheet) const {
    if (codes.empty()) return;
    cut(codes, kMaxPrintedCodes, say_);
    sheet.notes.push_back(fmt::format("{}{}", about, fmt::join(codes, say_.comma())));
  }

  /// A line for each report that has not come, came late or disagrees.
  void remarks(const ClearanceView& view, std::vector<std::string>& lines) const {
    for (const MissingLine& line : view.missing) {
      std::string named;
      if (!line.named_by.empty())
        named =
            fmt::format(" ({}{})", say_("提及单位：", "named by "), labels("unit", line.named_by));
      lines.push_back(fmt::format("{} · {}{}{}", view.clearance, say_("未报：", "not reported: "),
                                  place(line.unit, line.shift), named));
    }
    for (const LateReport& of : view.late)
      lines.push_back(fmt::format("{} · {}{} · {}", view.clearance, say_("迟报：", "late: "),
                                  place(of.unit, of.shift), to_rfc3339(of.reported_at)));
    for (const JointAction& action : view.joint) {
      if (action.conflict)
        lines.push_back(fmt::format(
            "{} · {}{} ({})", view.clearance,
            say_("联合行动报数不一，以最后一份为准：", "joint reports differ, the latest counts: "),
            action.joint, labels("unit", action.units)));
    }
    for (const HazardLine& hazard : view.hazards) {
      if (hazard.overdue)
        lines.push_back(fmt::format("{} · {}{} · {} · {} {}", view.clearance,
                                    say_("隐患超期：", "hazard overdue: "), hazard.hazard,
                                    label("unit", hazard.unit), say_("期限", "due"),
                                    to_rfc3339(*hazard.due_at)));
    }
  }

  static void add(const std::vector<ClearanceCount>& counts, ClearanceSums& to) {
    for (const ClearanceCount& of : counts) to.add(of);
  }
  [[nodiscard]] std::string item_text(const Item& item) const {
    std::string text = label("what", std::get<0>(item));
    if (!std::get<1>(item).empty()) text += " · " + label("kind", std::get<1>(item));
    if (!std::get<2>(item).empty()) text += " · " + label("result", std::get<2>(item));
    return text;
  }
  /// What nobody stated has no number.
  [[nodiscard]] std::string cell(const ClearanceSums& sums, const Item& item) const {
    const auto found = sums.items().find(item);
    if (found == sums.items().end()) return "–";
    return number_text({found->second.n, found->second.bound, Origin::kCounted}, 1, language_);
  }

  struct Column {
    std::string head;
    ClearanceSums sums;
  };
  /// Of the units that the orders name; whatever others report is one column more.
  [[nodiscard]] std::vector<Column> columns_of(const ClearanceView& view) const {
    const std::set<std::string> ordered(view.units.begin(), view.units.end());
    std::map<std::string, ClearanceSums> units;
    Column others{say_("其他单位", "Other units"), {}};
    bool any = false;
    for (const ClearanceLine& line : view.lines) {
      if (line.reports == 0) continue;
      any = any || !ordered.contains(line.unit);
      add(line.counts, ordered.contains(line.unit) ? units[line.unit] : others.sums);
    }
    std::vector<Column> columns;
    columns.reserve(units.size() + 1);
    for (auto& [unit, sums] : units) columns.push_back({label("unit", unit), std::move(sums)});
    if (any) columns.push_back(std::move(others));
    return columns;
  }

  /// Totals beside the units' own, so many units on a page.
  std::vector<Sheet> by_unit(const ClearanceView& view) const {
    ClearanceSums totals;
    add(view.totals, totals);
    const std::size_t more =
        totals.items().size() - std::min(totals.items().size(), kMaxPrintedLines);
    const std::vector<Column> columns = columns_of(view);
    std::vector<Sheet> sheets;
    for (std::size_t at = 0; at == 0 || at < columns.size(); at += kUnitColumns) {
      Sheet sheet;
      sheet.title =
          fmt::format("{} {} · {}{}", say_("清查行动", "Clearance operation"), name(view),
                      say_("按单位", "by unit"), at > 0 ? say_("（续）", " (cont.)") : "");
      sheet.head = {say_("项目", "Item"), say_("合计", "Total")};
      const std::size_t end = std::min(columns.size(), at + kUnitColumns);
      for (std::size_t i = at; i < end; ++i) sheet.head.push_back(columns[i].head);
      for (const auto& [item, sum] : totals.items()) {
        if (sheet.rows.size() == kMaxPrintedLines) break;
        std::vector<std::string> cells{item_text(item), cell(totals, item)};
        for (std::size_t i = at; i < end; ++i) cells.push_back(cell(columns[i].sums, item));
        sheet.rows.push_back(std::move(cells));
      }
      if (more > 0)
        sheet.notes.push_back(
            fmt::format("{} {}", say_("另有未列项目：", "items not shown:"), more));
      if (at + kUnitColumns >= columns.size()) outcomes_note(view, sheet);
      if (sheet.rows.empty())
        sheet.notes.emplace_back(say_("尚无报数。", "No counts have been reported."));
      sheets.push_back(std::move(sheet));
    }
    return sheets;
  }
  void outcomes_note(const ClearanceView& view, Sheet& sheet) const {
    if (view.outcomes.empty()) return;
    std::vector<std::string> said;
    for (const OutcomeCount& of : view.outcomes)
      said.push_back(fmt::format("{} {}", label("outcomes", of.outcome), of.persons));
    cut(said, kMaxPrintedCodes, say_);
    sheet.notes.push_back(fmt::format(
        "{}{}{}",
        say_("处理结果（人；一人可有多项，不可相加）：",
             "Outcomes (persons; one may bear several, so they do not add up): "),
        fmt::join(said, say_.comma()),
        view.persons_per_sender ? say_("（仅单位内去重）", " (distinct per sender)") : ""));
  }

  const CampaignDefinition& definition_;
  const ClearanceOperations& found_;
  const CodeLists& lists_;
  Language language_;
  Say say_;
};

Words record_words(const std::string& from) {
  static const std::map<std::string_view, Words> words{
      {"alert.received", {"警情", "alerts"}},
      {"clearance.ordered", {"清查命令", "clearance orders"}},
      {"clearance.reported", {"清查报告", "clearance reports"}},
      {"case.reported", {"案件", "cases"}},
      {"person.reported", {"人员", "persons"}},
      {"hazard.reported", {"隐患", "hazards"}},
      {"figure.declared", {"申报数字", "declared figures"}}};
  const auto known = words.find(from);
  return known == words.end() ? Words{from, from} : known->second;
}

}  // namespace

std::vector<Sheet> gang_sheets(const CampaignReport& report, Language language) {
  if (!report.annex || !report.annex->gangs) return {};
  const Say say(language);
  return {overview_of(*report.annex->gangs, say)};
}

std::vector<Sheet> clearance_sheets(const CampaignReport& report, const CodeLists& lists,
                                    Language language) {
  if (!report.annex) return {};
  const CampaignAnnex& annex = *report.annex;
  if (annex.clearances.operations.empty() && !annex.counts_clearances) return {};
  return ClearanceSheets(report, lists, language).write();
}

std::vector<Sheet> account_sheets(const CampaignReport& report, Language language) {
  if (!report.annex || report.annex->accounts.empty()) return {};
  const Say say(language);
  const std::vector<RecordAccount>& accounts = report.annex->accounts;
  Sheet sheet;
  sheet.title = say("记录去向", "What became of the records");
  sheet.head = {say("去向", "What became of them")};
  for (const RecordAccount& of : accounts) sheet.head.push_back(record_words(of.from).in(language));
  const auto row = [&](const char* about, std::uint64_t RecordAccount::*part, bool alarms = false) {
    std::vector<std::string> cells{about};
    bool any = false;
    for (const RecordAccount& of : accounts) {
      cells.push_back(number(of.*part));
      any = any || of.*part > 0;
    }
    if (alarms && any) sheet.alarming.push_back(sheet.rows.size());
    sheet.rows.push_back(std::move(cells));
  };
  row(say("事件合计", "All events"), &RecordAccount::events);
  row(say("　报告", "  Reports"), &RecordAccount::reports);
  row(say("　更正", "  Corrections"), &RecordAccount::corrections);
  row(say("　撤回", "  Withdrawals"), &RecordAccount::withdrawals);
  row(say("　重复（不计）", "  Repeats, not counted"), &RecordAccount::repeats);
  row(say("　无法读取（不计）", "  Unreadable, not counted"), &RecordAccount::unreadable, true);
  row(say("计入数字", "Stand and count"), &RecordAccount::standing);
  row(say("已被更正", "Were corrected"), &RecordAccount::corrected);
  row(say("已被撤回", "Were withdrawn"), &RecordAccount::withdrawn);
  row(say("演练或测试", "Exercises and tests"), &RecordAccount::not_actual);
  row(say("更正、撤回所指不在日志上", "Correct or withdraw what is not on the log"),
      &RecordAccount::unresolved, true);
  sheet.notes.emplace_back(
      say("统计截至上述偏移的全部记录，不分期间与活动。",
          "All records on the log up to the offset above, of whatever period and campaign."));
  return {std::move(sheet)};
}

}  // namespace lamplight::tally
