#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "model/rfc3339.hpp"
#include "tally/report.hpp"
#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kShownRows = 40;  // of one table; JSON holds all

struct Words {
  const char* zh;
  const char* en;
};
const std::map<std::string_view, Words>& vocabulary() {
  static const std::map<std::string_view, Words> words{
      {"report", {"统计报表", "Report"}},
      {"as_of", {"截至", "as of offset"}},
      {"last_alert", {"末条时间", "last alert"}},
      {"chain", {"链哈希", "chain hash"}},
      {"folded_to", {"已折叠至", "folded to"}},
      {"for", {"统计期间", "for"}},
      {"alerts", {"有效警情", "alerts"}},
      {"amount_fen", {"金额（元）", "amount (yuan)"}},
      {"events", {"事件", "events"}},
      {"repeats", {"重复上报", "repeats"}},
      {"corrections", {"更正", "corrections"}},
      {"withdrawals", {"撤销", "withdrawals"}},
      {"unresolved", {"未能关联", "unresolved"}},
      {"unreadable", {"不可读", "unreadable"}},
      {"not_actual", {"非实警", "not Actual"}},
      {"current", {"本期", "current"}},
      {"previous", {"上期", "previous"}},
      {"change", {"增减%", "change %"}},
      {"total", {"合计", "total"}},
      {"blank", {"（空）", "(blank)"}},
      {"groups", {"组", "groups"}},
      {"extra", {"多余条数", "extra rows"}},
      {"members", {"编号", "references"}},
      {"until", {"截至同一分钟", "up to the same minute"}},
      {"baseline", {"基期数据不完整", "baseline incomplete"}},
      {"missing", {"缺", "missing"}},
      {"over", {"超限", "over"}},
      {"negative", {"为负", "negative"}},
      {"blanks", {"空缺", "Blanks"}},
      {"checks", {"勾稽核对", "Cross-checks"}},
      {"agree", {"项全部一致", "checks agree"}},
      {"differ", {"不一致", "DIFFERS"}},
      {"class", {"类别", "class"}},
      {"category", {"警情种类", "category"}},
      {"area", {"辖区", "area"}},
      {"partner", {"单位", "partner"}},
      {"operation", {"行动", "operation"}},
      {"day", {"日", "day"}},
      {"month", {"月", "month"}},
      {"year", {"年", "year"}},
      {"hour", {"时", "hour"}},
      {"weekday", {"星期", "weekday"}},
      {"late", {"超时环节", "late stages"}},
      {"stages", {"环节", "stages"}},
  };
  return words;
}

class TextWriter {
 public:
  TextWriter(const Report& report, const CodeLists& lists, Language language)
      : report_(report), lists_(lists), language_(language) {}

  std::string write() {
    header();
    accounts();
    for (const CountTable& table : report_.counts) count(table);
    for (const Comparison& comparison : report_.comparisons) compare(comparison);
    for (const IntervalReport& interval : report_.intervals) intervals(interval);
    for (const DuplicateReport& duplicate : report_.duplicates) duplicates(duplicate);
    for (const LateStages& late : report_.late_stages) late_stages(late);
    blanks();
    checks();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string word(std::string_view name) const {
    const auto found = vocabulary().find(name);
    if (found == vocabulary().end()) return std::string(name);
    return language_ == Language::kChinese ? found->second.zh : found->second.en;
  }
  void line(const std::string& text) { out_ += text + "\n"; }
  void title(std::string_view name) { line("\n" + std::string(name)); }

  [[nodiscard]] std::string label(const std::string& dimension,
                                  const std::optional<std::string>& text) const {
    if (!text) return word("blank");
    static const std::map<std::string_view, CodeList> of{{"class", CodeList::kClass},
                                                         {"category", CodeList::kCategory},
                                                         {"area", CodeList::kArea},
                                                         {"operation", CodeList::kOperation}};
    const auto list = of.find(dimension);
    return list == of.end() ? *text : std::string(lists_.label(list->second, *text, language_));
  }
  [[nodiscard]] std::vector<std::string> labels(const Dimensions& by, const KeyTexts& key) const {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < by.size(); ++i) cells.push_back(label(by[i], key[i]));
    if (by.empty()) cells.push_back(word("total"));
    return cells;
  }
  [[nodiscard]] std::vector<std::string> head(const Dimensions& by) const {
    std::vector<std::string> cells;
    for (const std::string& name : by) cells.push_back(word(name));
    if (by.empty()) cells.emplace_back();
    return cells;
  }
  [[nodiscard]] static std::string value(Measure measure, std::int64_t n) {
    if (measure == Measure::kAlerts) return fmt::format("{}", n);
    const std::int64_t fen = std::abs(n);
    return fmt::format("{}{}.{:02}", n < 0 ? "-" : "", fen / 100, fen % 100);
  }
  void show(const TextTable& table, std::size_t rows) {
    out_ += table.to_string();
    if (rows <= kShownRows) return;
    line(language_ == Language::kChinese
             ? fmt::format("  … 另有 {} 行，共 {} 行（JSON 含全部）", rows - kShownRows, rows)
             : fmt::format("  … and {} more, {} in all (the JSON form holds all)",
                           rows - kShownRows, rows));
  }

  void header() {
    line(fmt::format("{}: {}", word("report"), report_.spec->name));
    std::string place = fmt::format("{} {}", word("as_of"), report_.as_of.value);
    if (report_.as_of_time)
      place += fmt::format(" · {} {}", word("last_alert"), to_rfc3339(*report_.as_of_time));
    place += fmt::format(" · {} {}", word("folded_to"), report_.cut.offset.value);
    line(place);
    if (report_.as_of_hash)
      line(fmt::format("{} {}", word("chain"), to_hex(report_.as_of_hash->span())));
    if (report_.period) line(fmt::format("{} {}", word("for"), to_string(*report_.period)));
  }

  void accounts() {
    const Accounts& accounts = report_.accounts;
    title(fmt::format("{} {}", word("alerts"), report_.alerts));
    if (report_.first) line(fmt::format("  {} .. {}", *report_.first, *report_.last));
    if (report_.with_amount > 0) {
      line(fmt::format("  {} {}", word("amount_fen"),
                       value(Measure::kAmountFen, report_.amount_fen)));
    }
    std::string parts = fmt::format("  {} {}", word("events"), accounts.events);
    const std::pair<const char*, std::uint64_t> others[] = {
        {"repeats", accounts.by_kind[static_cast<std::size_t>(RowKind::kRepeat)]},
        {"corrections", accounts.by_kind[static_cast<std::size_t>(RowKind::kCorrection)]},
        {"withdrawals", accounts.by_kind[static_cast<std::size_t>(RowKind::kWithdrawal)]},
        {"unresolved", accounts.by_kind[static_cast<std::size_t>(RowKind::kUnresolved)]},
        {"unreadable", accounts.by_kind[static_cast<std::size_t>(RowKind::kUnreadable)]},
        {"not_actual", accounts.not_actual}};
    for (const auto& [name, n] : others) {
      if (n > 0) parts += fmt::format(" · {} {}", word(name), n);
    }
    line(parts);
  }

  /// What fits: the latest rows of a table that goes by the calendar, else the greatest by `size`, greatest first.
  template <typename Rows, typename Size>
  [[nodiscard]] static auto shown_of(const Dimensions& by, const Rows& table, Size size) {
    std::vector<const typename Rows::value_type*> rows;
    rows.reserve(table.size());
    for (const auto& row : table) rows.push_back(&row);
    if (rows.size() <= kShownRows) return rows;
    const bool calendar = !by.empty() && (by[0] == "day" || by[0] == "month" || by[0] == "second");
    if (calendar) {
      rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(kShownRows));
    } else {
      std::stable_sort(rows.begin(), rows.end(),
                       [&size](auto a, auto b) { return size(*a) > size(*b); });
      rows.resize(kShownRows);
    }
    return rows;
  }

  void count(const CountTable& table) {
    const auto is_zero = [](const CountTable::RowOf& row) { return row.value == 0; };
    if (table.measure == Measure::kAmountFen &&
        std::all_of(table.rows.begin(), table.rows.end(), is_zero))
      return;
    title(table.name);
    auto columns = head(table.by);
    const std::size_t numbers = columns.size();
    columns.push_back(word(table.measure == Measure::kAlerts ? "alerts" : "amount_fen"));
    TextTable text(columns, numbers);
    const auto size = [](const CountTable::RowOf& row) { return row.value; };
    for (const CountTable::RowOf* row : shown_of(table.by, table.rows, size)) {
      auto cells = labels(table.by, row->key);
      cells.push_back(value(table.measure, row->value));
      text.add(std::move(cells));
    }
    show(text, table.rows.size());
  }

  [[nodiscard]] static bool says_nothing(const Comparison& comparison) {
    for (const ComparisonTable& table : comparison.tables) {
      for (const auto& row : table.rows) {
        for (const PercentChange& change : row.changes) {
          if (change.current != 0 || change.previous != 0) return false;
        }
      }
    }
    return true;
  }

  void compare(const Comparison& comparison) {
    if (comparison.measure == Measure::kAmountFen && says_nothing(comparison)) return;
    for (std::size_t p = 0; p < comparison.pairs.size(); ++p) {
      const Pair& pair = comparison.pairs[p];
      title(fmt::format("{} {}", comparison.name, pair.name));
      std::string periods = fmt::format("  {} {} · {} {}", word("current"), to_string(pair.current),
                                        word("previous"), to_string(pair.previous));
      if (pair.current_until) {
        periods +=
            fmt::format(" · {} {} / {}", word("until"), *pair.current_until, *pair.previous_until);
      }
      if (pair.baseline_incomplete) periods += fmt::format(" · {}", word("baseline"));
      line(periods);
      for (const ComparisonTable& table : comparison.tables) compare(comparison.measure, table, p);
    }
  }

  void compare(Measure measure, const ComparisonTable& table, std::size_t pair) {
    auto columns = head(table.by);
    const std::size_t numbers = columns.size();
    for (const char* name : {"current", "previous", "change"}) columns.push_back(word(name));
    TextTable text(columns, numbers);
    // By the greater side: what was much and is gone is as telling as what is new.
    const auto size = [pair](const ComparisonTable::RowOf& row) {
      return std::max(row.changes[pair].current, row.changes[pair].previous);
    };
    for (const ComparisonTable::RowOf* row : shown_of(table.by, table.rows, size)) {
      const PercentChange& change = row->changes[pair];
      auto cells = labels(table.by, row->key);
      cells.push_back(value(measure, change.current));
      cells.push_back(value(measure, change.previous));
      cells.push_back(change.pct_1dp.value_or("–"));
      text.add(std::move(cells));
    }
    show(text, table.rows.size());
  }

  void intervals(const IntervalReport& interval) {
    title(fmt::format("{} ({} → {}, s)", interval.name, interval.spec->from, interval.spec->to));
    for (const IntervalReport::Table& table : interval.tables) {
      auto columns = head(table.by);
      const std::size_t numbers = columns.size();
      columns.emplace_back("n");
      for (const int p : report_.spec->percentiles) columns.push_back(fmt::format("p{}", p));
      for (const std::int64_t s : interval.spec->within_s)
        columns.push_back(fmt::format("≤{}s", s));
      for (const char* name : {"missing", "over", "negative"}) columns.push_back(word(name));
      TextTable text(columns, numbers);
      const auto size = [](const auto& group) { return group.figures.n; };
      for (const auto* group : shown_of(table.by, table.groups, size)) {
        const Distribution& figures = group->figures;
        auto cells = labels(table.by, group->key);
        const auto add = [&](auto n) { cells.push_back(fmt::format("{}", n)); };
        add(figures.n);
        for (std::size_t p = 0; p < report_.spec->percentiles.size(); ++p) {
          if (figures.n > 0) add(figures.percentiles_s[p]);
          else cells.emplace_back("–");
        }
        for (const std::uint64_t n : figures.within) add(n);
        add(figures.missing), add(figures.over), add(figures.negative);
        text.add(std::move(cells));
      }
      show(text, table.groups.size());
    }
  }

  void duplicates(const DuplicateReport& duplicate) {
    title(fmt::format("{} ({}): {} {}, {} {}", duplicate.name, fmt::join(duplicate.key, " + "),
                      duplicate.groups, word("groups"), duplicate.extra_rows, word("extra")));
    if (duplicate.listed.empty()) return;
    auto columns = head(duplicate.key);
    columns.push_back(word("members"));
    TextTable text(columns, columns.size());
    const auto size = [](const auto& group) { return group.partner_refs.size(); };
    for (const auto* group : shown_of(duplicate.key, duplicate.listed, size)) {
      auto cells = labels(duplicate.key, group->key);
      cells.push_back(fmt::format("{}", fmt::join(group->partner_refs, " ")));
      text.add(std::move(cells));
    }
    show(text, duplicate.listed.size());
  }

  void late_stages(const LateStages& late) {
    title(fmt::format("{}: {} {}", late.name, late.rows, word("late")));
    if (late.listed.empty()) return;
    TextTable text({word("members"), word("stages")}, 2);
    for (std::size_t i = 0; i < std::min(late.listed.size(), kShownRows); ++i) {
      text.add(
          {late.listed[i].partner_ref, fmt::format("{}", fmt::join(late.listed[i].stages, " "))});
    }
    show(text, late.listed.size());
  }

  void blanks() {
    if (report_.blanks.empty()) return;
    title(word("blanks"));
    TextTable text({"", word("alerts")}, 1);
    for (const auto& [name, n] : report_.blanks) text.add({word(name), fmt::format("{}", n)});
    show(text, 0);
  }

  void checks() {
    title(word("checks"));
    std::size_t agree = 0;
    for (const CrossCheck& check : report_.cross_checks) {
      if (check.difference() == 0) {
        ++agree;
        continue;
      }
      line(fmt::format("  {}: {} {} / {} ({:+})", word("differ"), check.check, check.expected,
                       check.actual, check.difference()));
    }
    line(fmt::format("  {} {}", agree, word("agree")));
  }

  const Report& report_;
  const CodeLists& lists_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string to_text(const Report& report, const CodeLists& lists, Language language) {
  return TextWriter(report, lists, language).write();
}

}  // namespace lamplight::tally
