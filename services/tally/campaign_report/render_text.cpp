#include "tally/campaign_report/sheets.hpp"
#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

/// A terminal is too narrow for sentences in a table: one line of what, of which numbers and the verdict, one of words.
std::string sentences(const Sheet& sheet) {
  std::string out;
  for (const auto& row : sheet.rows) {
    out += "  [" + row[2] + "] " + row[0] + " · " + row[1] + " · " + row[3] + " / " + row[4] +
           " (" + row[5] + ")\n    " + row.back() + "\n";
  }
  return out;
}

}  // namespace

std::string to_text(const CampaignReport& report, const CodeLists& lists, Language language) {
  const Pages pages = pages_of(report, lists, language);
  std::string out = pages.title + "\n";
  for (const std::string& fact : pages.facts) out += fact + "\n";
  for (const Sheet& sheet : pages.sheets) {
    out += "\n" + sheet.title + "\n";
    if (sheet.prose) {
      out += sentences(sheet);
      continue;
    }
    TextTable table(sheet.head, sheet.numbers_from);
    for (const auto& row : sheet.rows) table.add(row);
    if (!sheet.rows.empty()) out += table.to_string();
    for (const std::string& note : sheet.notes) out += "  " + note + "\n";
  }
  return out;
}

}  // namespace lamplight::tally
