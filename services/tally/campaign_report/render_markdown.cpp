#include <algorithm>

#include "tally/campaign_report/sheets.hpp"

namespace lamplight::tally {
namespace {

/// What would end a cell or begin markup is written as itself.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '*' || c == '_' || c == '`' || c == '<' || c == '[')
      out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string line(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + escaped(cell) + " |";
  return out + "\n";
}

std::string table(const Sheet& sheet) {
  std::string out = "\n" + line(sheet.head) + "|";
  for (std::size_t i = 0; i < sheet.head.size(); ++i) {
    const bool words = std::find(sheet.words.begin(), sheet.words.end(), i) != sheet.words.end();
    out += i >= sheet.numbers_from && !words ? "---:|" : "---|";
  }
  out += "\n";
  for (const auto& row : sheet.rows) out += line(row);
  return out;
}

}  // namespace

std::string to_markdown(const CampaignReport& report, const CodeLists& lists, Language language) {
  const Pages pages = pages_of(report, lists, language);
  std::string out = "# " + escaped(pages.title) + "\n\n";
  for (const std::string& fact : pages.facts) out += "- " + escaped(fact) + "\n";
  for (const Sheet& sheet : pages.sheets) {
    out += "\n## " + escaped(sheet.title) + "\n";
    if (!sheet.rows.empty()) out += table(sheet);
    if (!sheet.notes.empty()) out += "\n";
    for (const std::string& note : sheet.notes) out += "- " + escaped(note) + "\n";
  }
  return out;
}

}  // namespace lamplight::tally
