#include "tally/campaign_report/sheets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/rfc3339.hpp"
#include "tally/campaign_report/annex_sheets.hpp"
#include "tally/dimension.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kChartRows = 20;  // a chart of more is no chart

/// Whether what was printed cannot be what is known: a number at least the printed bound is no contradiction.
bool contradicts(const FigureNumber& published, const FigureNumber& known) {
  if (!published.n || !known.n) return false;
  return published.bound == Bound::kExact ? *published.n != *known.n : *known.n < *published.n;
}

class PageWriter {
 public:
  PageWriter(const CampaignReport& report, const CodeLists& lists, Language language)
      : report_(report), definition_(*report.definition), lists_(lists), language_(language) {}

  Pages write() {
    pages_.title = definition_.words.in(language_);
    facts();
    for (const auto& section : definition_.sections) figures(section);
    for (const CampaignTable& table : report_.tables) write(table);
    for (const Ranking& ranking : report_.rankings) write(ranking);
    targets();
    for (const CohortTable& table : report_.cohorts) write(table);
    take(gang_sheets(report_, language_));
    take(clearance_sheets(report_, lists_, language_));
    checks();
    take(account_sheets(report_, language_));
    return std::move(pages_);
  }

 private:
  [[nodiscard]] const char* say(const char* zh, const char* en) const {
    return language_ == Language::kChinese ? zh : en;
  }
  [[nodiscard]] std::string label(const std::string& field, const std::string& code) const {
    return definition_.label(lists_, field, code, language_);
  }
  [[nodiscard]] std::string number(const FigureNumber& value, std::int64_t scale = 1) const {
    return number_text(value, scale, language_);
  }
  [[nodiscard]] std::string amount(const Amount& of, const MeasureSpec& measure) const {
    return number({of.n, of.bound, Origin::kCounted}, shown_scale(measure.unit, 1));
  }
  [[nodiscard]] std::string unit(const std::string& name) const {
    return unit_text(name, language_);
  }
  [[nodiscard]] std::string dimension(const std::string& name) const {
    return dimension_words(name).in(language_);
  }

  void take(std::vector<Sheet> sheets) {
    for (Sheet& sheet : sheets) pages_.sheets.push_back(std::move(sheet));
  }

  void facts() {
    const ComparedPeriods& periods = report_.periods;
    auto& facts = pages_.facts;
    facts.push_back(fmt::format("{} {} · {} {}", say("统计期间", "Period"),
                                to_string(periods.current), say("对比期间", "compared with"),
                                to_string(periods.previous)));
    if (periods.current_before_us) {
      facts.push_back(fmt::format(
          "{} {} / {}",
          say("期间未结束，两期截至同一分钟", "Still running: both up to the same minute,"),
          civil_text(*periods.current_before_us),
          civil_text(periods.previous_before_us.value_or(0))));
    }
    const int clock = definition_.clock_minutes;
    facts.push_back(
        fmt::format("{} {} · {} {} ({} {}) · {} {}{:02}:{:02}", say("活动代码", "Campaign"),
                    definition_.code, say("定义版本", "definition version"), report_.version,
                    say("偏移", "offset"), report_.defined_at.value, say("时钟", "clock"),
                    clock < 0 ? "-" : "+", std::abs(clock) / 60, std::abs(clock) % 60));
    std::string place = fmt::format("{} {}", say("截至偏移", "As of offset"), report_.as_of.value);
    if (report_.as_of_time)
      place +=
          fmt::format(" · {} {}", say("末条时间", "last event"), to_rfc3339(*report_.as_of_time));
    facts.push_back(place);
    facts.push_back(fmt::format("{} {}", say("链哈希", "Chain hash"),
                                report_.as_of_hash
                                    ? to_hex(report_.as_of_hash->span())
                                    : say("此偏移处未知", "not known at this offset")));
  }

  [[nodiscard]] std::string value_of(const CampaignFigure& figure,
                                     const FigureNumber& value) const {
    const FigureSpec& spec = *figure.spec;
    if (!value.n) return number(value);
    if (spec.show == Show::kChange) return fmt::format("{:+}%", *value.n);
    if (spec.show == Show::kRank)
      return language_ == Language::kChinese ? fmt::format("第 {}", *value.n)
                                             : fmt::format("no. {}", *value.n);
    return number(value, shown_scale(spec.unit, spec.scale));
  }

  [[nodiscard]] std::string remarks(const CampaignFigure& figure) const {
    std::vector<std::string> said;
    if (figure.value.origin == Origin::kDeclared) said.emplace_back(say("申报值", "declared"));
    if (figure.as_of_stated)
      said.push_back(fmt::format("{} {}", say("截至", "as of"), to_string(figure.as_of_day)));
    if (figure.amount.distinct_per_sender)
      said.emplace_back(say("仅单位内去重", "distinct per sender"));
    if (figure.amount.without_key > 0)
      said.push_back(
          fmt::format("{} {}", say("无键未计", "without key"), figure.amount.without_key));
    if (figure.amount.conflicts > 0)
      said.push_back(fmt::format("{} {}", say("报数不一", "conflicting"), figure.amount.conflicts));
    if (figure.compared) {
      if (figure.compared->previous.origin == Origin::kDeclared)
        said.emplace_back(say("基期为申报值", "baseline declared"));
      if (figure.compared->baseline_incomplete && figure.compared->previous.n)
        said.emplace_back(say("基期数据不完整", "baseline incomplete"));
      if (figure.compared->small_baseline) said.emplace_back(say("基期偏小", "small baseline"));
    }
    return fmt::format("{}", fmt::join(said, language_ == Language::kChinese ? "、" : ", "));
  }

  void figures(const CampaignDefinition::Section& section) {
    Sheet sheet;
    sheet.title = section.words.in(language_);
    sheet.head = {say("项目", "Figure"), say("本期", "Now"),    say("单位", "Unit"),
                  say("上期", "Before"), say("增减", "Change"), say("公布", "Published"),
                  say("说明", "Remarks")};
    sheet.words = {2, 6};
    std::map<std::string, std::vector<Bar>> bars;  // of one unit each
    for (const CampaignFigure& figure : report_.figures) {
      const FigureSpec& spec = *figure.spec;
      if (spec.section != section.name) continue;
      const std::string now = value_of(figure, figure.value);
      const std::string before =
          figure.compared && figure.compared->previous.n
              ? number(figure.compared->previous, shown_scale(spec.unit, spec.scale))
              : "–";
      if (contradicts(figure.published, figure.value)) sheet.alarming.push_back(sheet.rows.size());
      const bool counted_unit = spec.show == Show::kValue;
      sheet.rows.push_back({spec.words.in(language_), now, counted_unit ? unit(spec.unit) : "",
                            before, percent_text(figure.compared),
                            figure.published.n ? value_of(figure, figure.published) : "–",
                            remarks(figure)});
      if (figure.compared && figure.compared->previous.n && figure.compared->current.n) {
        bars[spec.unit].push_back(
            {spec.words.in(language_), figure.compared->current.n, figure.compared->previous.n,
             number(figure.compared->current, shown_scale(spec.unit, spec.scale)), before});
      }
    }
    for (auto& [unit_name, chart] : bars) {
      if (chart.size() <= kChartRows) sheet.charts.push_back(std::move(chart));
    }
    if (!sheet.rows.empty()) pages_.sheets.push_back(std::move(sheet));
  }

  void write(const CampaignTable& table) {
    const MeasureSpec& measure = *table.measure;
    Sheet sheet;
    std::vector<std::string> by;
    for (const std::string& name : table.by) by.push_back(dimension(name));
    sheet.title = fmt::format("{} · {}{}", measure.words.in(language_), say("按", "by "),
                              fmt::join(by, say("、", ", ")));
    sheet.head = by;
    sheet.numbers_from = by.size();
    sheet.head.push_back(fmt::format("{} ({})", say("本期", "Now"), unit(measure.unit)));
    const bool compares = std::any_of(table.rows.begin(), table.rows.end(),
                                      [](const auto& row) { return row.compared.has_value(); });
    if (compares) {
      sheet.head.emplace_back(say("上期", "Before"));
      sheet.head.emplace_back(say("增减", "Change"));
    }
    std::vector<Bar> bars;
    for (const CampaignTable::RowOf& row : table.rows) {
      std::vector<std::string> cells;
      for (std::size_t i = 0; i < table.by.size(); ++i)
        cells.push_back(row.key[i] ? label(table.by[i], *row.key[i]) : say("（空）", "(blank)"));
      Bar bar{fmt::format("{}", fmt::join(cells, " · ")),
              row.amount.n,
              {},
              amount(row.amount, measure),
              ""};
      cells.push_back(amount(row.amount, measure));
      if (row.compared) {
        cells.push_back(row.compared->previous.n
                            ? number(row.compared->previous, shown_scale(measure.unit, 1))
                            : "–");
        cells.push_back(percent_text(row.compared));
        bar.before = row.compared->previous.n;
        bar.before_text =
            bar.before ? number(row.compared->previous, shown_scale(measure.unit, 1)) : "";
      }
      sheet.rows.push_back(std::move(cells));
      bars.push_back(std::move(bar));
    }
    if (table.by.size() == 1 && !bars.empty() && bars.size() <= kChartRows)
      sheet.charts.push_back(std::move(bars));
    if (sheet.rows.empty()) sheet.notes.emplace_back(say("没有数据。", "No data."));
    pages_.sheets.push_back(std::move(sheet));
  }

  void write(const Ranking& ranking) {
    const MeasureSpec& measure = *ranking.measure;
    Sheet sheet;
    sheet.title = fmt::format("{} · {}", measure.words.in(language_), say("排名", "ranking"));
    sheet.head = {say("名次", "Place"), dimension(measure.rank),
                  fmt::format("{} ({})", say("数", "Number"), unit(measure.unit))};
    sheet.numbers_from = 2;
    const bool rates = std::any_of(ranking.rows.begin(), ranking.rows.end(),
                                   [](const auto& row) { return row.per_10000.has_value(); });
    if (rates) sheet.head.emplace_back(say("每万人", "Per 10,000"));
    for (const Ranking::RowOf& row : ranking.rows) {
      std::vector<std::string> cells{fmt::format("{}", row.place), label(measure.rank, row.code),
                                     fmt::format("{}", row.n)};
      if (rates) cells.push_back(row.per_10000.value_or("–"));
      sheet.rows.push_back(std::move(cells));
    }
    if (!ranking.missing.empty()) {
      std::vector<std::string> names;
      for (const std::string& code : ranking.missing) names.push_back(label(measure.rank, code));
      sheet.notes.push_back(
          fmt::format("{}{}", say("无数据（不是末位）：", "Without data, which is not last: "),
                      fmt::join(names, say("、", ", "))));
    }
    pages_.sheets.push_back(std::move(sheet));
  }

  void targets() {
    Sheet sheet;
    sheet.title = say("目标", "Targets");
    sheet.head = {say("指标", "Measure"), say("本期", "Now"), say("目标", "Target"),
                  say("差", "Over")};
    for (const MeasureSummary& of : report_.measures) {
      if (!of.measure->target) continue;
      sheet.rows.push_back(
          {of.measure->words.in(language_), amount(of.amount, *of.measure),
           fmt::format("{}", *of.measure->target),
           of.amount.n ? fmt::format("{:+}", *of.amount.n - *of.measure->target) : "–"});
    }
    if (!sheet.rows.empty()) pages_.sheets.push_back(std::move(sheet));
  }

  void write(const CohortTable& table) {
    Sheet sheet;
    sheet.title = table.name;
    std::string field;
    std::string enter;
    for (const CohortSpec& spec : definition_.cohorts) {
      if (spec.name != table.name) continue;
      sheet.title = spec.words.in(language_);
      field = spec.field;
      enter = spec.enter;
    }
    sheet.title += say("（同一批人）", " (the same persons)");
    sheet.head = {say("环节", "Stage"), say("人数", "Reached")};
    sheet.rows.push_back({label(field, enter), fmt::format("{}", table.entered)});
    for (const CohortStage& stage : table.stages)
      sheet.rows.push_back({label(field, stage.stage), fmt::format("{}", stage.reached)});
    for (const CohortStage& exit : table.exits)
      sheet.rows.push_back({fmt::format("{} {}", say("退出：", "exit:"), label(field, exit.stage)),
                            fmt::format("{}", exit.reached)});
    if (table.distinct_per_sender)
      sheet.notes.emplace_back(say("仅在各报送单位内去重。", "Distinct per sender only."));
    pages_.sheets.push_back(std::move(sheet));
  }

  void checks() {
    Sheet sheet;
    sheet.title = say("勾稽核对", "Cross-checks");
    sheet.words = {1, 2, 6};
    sheet.prose = true;
    sheet.head = {say("核对", "Check"),       say("对象", "On"),     say("结论", "Verdict"),
                  say("应为", "Expected"),    say("实为", "Actual"), say("差", "Difference"),
                  say("说明", "What it says")};
    for (const CheckResult& check : report_.checks) {
      const auto cell = [](const std::optional<std::int64_t>& n) {
        return n ? fmt::format("{}", *n) : std::string("–");
      };
      if (check.verdict == Verdict::kDiffers) sheet.alarming.push_back(sheet.rows.size());
      const std::string& words = check.words.in(language_);
      sheet.rows.push_back(
          {words.empty() ? check.name : words,
           check.on == CheckedOn::kCounted ? say("本系统", "counted") : say("公布值", "published"),
           check.verdict == Verdict::kAgrees    ? say("一致", "agrees")
           : check.verdict == Verdict::kDiffers ? say("不一致", "DIFFERS")
                                                : say("提示", "note"),
           cell(check.expected), cell(check.actual), cell(check.difference()),
           check.sentence.in(language_)});
    }
    pages_.sheets.push_back(std::move(sheet));
  }

  const CampaignReport& report_;
  const CampaignDefinition& definition_;
  const CodeLists& lists_;
  Language language_;
  Pages pages_;
};

}  // namespace

Pages pages_of(const CampaignReport& report, const CodeLists& lists, Language language) {
  return PageWriter(report, lists, language).write();
}

}  // namespace lamplight::tally
