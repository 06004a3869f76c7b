#include "tally/campaign_report/sheets.hpp"
#include "tally/text_table.hpp"

namespace lamplight::tally {

std::string to_text(const CampaignReport& report, const CodeLists& lists, Language language) {
  const Pages pages = pages_of(report, lists, language);
  std::string out = pages.title + "\n";
  for (const std::string& fact : pages.facts) out += fact + "\n";
  for (const Sheet& sheet : pages.sheets) {
    out += "\n" + sheet.title + "\n";
    TextTable table(sheet.head, sheet.numbers_from);
    for (const auto& row : sheet.rows) table.add(row);
    if (!sheet.rows.empty()) out += table.to_string();
    for (const std::string& note : sheet.notes) out += "  " + note + "\n";
  }
  return out;
}

}  // namespace lamplight::tally
