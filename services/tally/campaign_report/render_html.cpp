#include <algorithm>

#include "tally/campaign_report/chart_svg.hpp"
#include "tally/campaign_report/sheets.hpp"

namespace lamplight::tally {
namespace {

constexpr char kStyle[] = R"css(
:root { --ink: #1b2733; --faint: #5d6b78; --line: #d5dce3; --now: #1f5f99; --before: #a9bccd; --alarm: #fff1d6; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 28px 32px 48px; color: var(--ink); background: #fff;
  font: 14px/1.5 "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", Arial, sans-serif; }
h1 { font-size: 25px; line-height: 1.3; margin: 0 0 10px; }
h2 { font-size: 17px; margin: 30px 0 8px; padding-bottom: 4px; border-bottom: 2px solid var(--now); break-after: avoid; }
.facts { margin: 0 0 12px; padding: 0; list-style: none; color: var(--faint); font-size: 12.5px; }
.facts li { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 6px 0; }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--faint); font-size: 12.5px; white-space: nowrap; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.word { white-space: nowrap; }
tr.alarm td { background: var(--alarm); }
tr { break-inside: avoid; }
thead { display: table-header-group; }
.note { color: var(--faint); margin: 4px 0; }
svg.bars { display: block; max-width: 100%; height: auto; margin: 10px 0 4px; break-inside: avoid; }
svg.bars text { font-size: 11.5px; fill: var(--ink); }
svg.bars text.label { text-anchor: end; }
svg.bars text.n { font-size: 11px; fill: var(--faint); }
svg.bars rect.now { fill: var(--now); }
svg.bars rect.before { fill: var(--before); }
@page { size: A4; margin: 15mm 14mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h1 { font-size: 17pt; }
  h2 { font-size: 12.5pt; margin-top: 16pt; }
  th, td { padding: 2.5pt 5pt; font-size: 9pt; }
  tr.alarm td, svg.bars rect { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
)css";

bool holds(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool is_number(const Sheet& sheet, std::size_t column) {
  return column >= sheet.numbers_from && !holds(sheet.words, column);
}

std::string table(const Sheet& sheet) {
  const auto cell = [&](const char* tag, std::size_t column, const std::string& text) {
    const bool tight = column > 0 && column + 1 < sheet.head.size();
    const char* style = is_number(sheet, column) ? " class=\"num\""
                        : tight                  ? " class=\"word\""
                                                 : "";
    return std::string("<") + tag + style + ">" + html_escaped(text) + "</" + tag + ">";
  };
  std::string out = "<table><thead><tr>";
  for (std::size_t i = 0; i < sheet.head.size(); ++i) out += cell("th", i, sheet.head[i]);
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    const bool alarm =
        std::find(sheet.alarming.begin(), sheet.alarming.end(), r) != sheet.alarming.end();
    out += alarm ? "<tr class=\"alarm\">" : "<tr>";
    for (std::size_t i = 0; i < sheet.rows[r].size(); ++i) out += cell("td", i, sheet.rows[r][i]);
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

}  // namespace

std::string to_html(const CampaignReport& report, const CodeLists& lists, Language language) {
  const bool zh = language == Language::kChinese;
  const Pages pages = pages_of(report, lists, language);
  std::string out = std::string("<!DOCTYPE html>\n<html lang=\"") + (zh ? "zh-CN" : "en") +
                    "\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width\">\n<title>" +
                    html_escaped(pages.title) + "</title>\n<style>" + kStyle +
                    "</style></head>\n<body>\n<h1>" + html_escaped(pages.title) +
                    "</h1>\n<ul class=\"facts\">\n";
  for (const std::string& fact : pages.facts) out += "<li>" + html_escaped(fact) + "</li>\n";
  out += "</ul>\n";
  for (const Sheet& sheet : pages.sheets) {
    out += "<section><h2>" + html_escaped(sheet.title) + "</h2>\n";
    for (const std::vector<Bar>& bars : sheet.charts)
      out += bars_svg(bars, zh ? "本期" : "now", zh ? "上期" : "before");
    if (!sheet.rows.empty()) out += table(sheet);
    for (const std::string& note : sheet.notes)
      out += "<p class=\"note\">" + html_escaped(note) + "</p>\n";
    out += "</section>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace lamplight::tally
