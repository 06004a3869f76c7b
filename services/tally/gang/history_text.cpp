#include "tally/gang/history_text.hpp"

#include <fmt/format.h>

#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

std::string step_text(const GangEvent& event, bool zh) {
  std::string others;
  for (const std::uint32_t number : event.others) {
    others += fmt::format("{}#{}", others.empty() ? "" : ", ", number);
  }
  switch (event.step) {
    case GangStep::kProposed: return zh ? "提请审查" : "proposed";
    case GangStep::kChanged: return zh ? "变更" : "changed";
    case GangStep::kMerged: return fmt::format("{} {}", zh ? "并入" : "took in", others);
    case GangStep::kSplit: return fmt::format("{} {}", zh ? "拆分出" : "split off", others);
    case GangStep::kEnded: break;
  }
  if (event.others.empty()) return zh ? "不再符合" : "no longer keeps the rule";
  return fmt::format("{} {}", zh ? "被并入" : "taken in by", others);
}

std::string signed_counts(std::size_t added, std::size_t gone) {
  if (added == 0 && gone == 0) return "";
  if (gone == 0) return fmt::format("+{}", added);
  if (added == 0) return fmt::format("-{}", gone);
  return fmt::format("+{} -{}", added, gone);
}

}  // namespace

std::string gang_history_text(const std::vector<GangEvent>& history, Language language) {
  const bool zh = language == Language::kChinese;
  TextTable table(
      {zh ? "团伙" : "group", zh ? "变化" : "what became of it", zh ? "人员" : "persons",
       zh ? "案件" : "cases", zh ? "关联" : "links", zh ? "偏移" : "offset"},
      2);
  for (const GangEvent& event : history) {
    table.add({fmt::format("#{}", event.group), step_text(event, zh),
               signed_counts(event.persons_added.size(), event.persons_gone.size()),
               signed_counts(event.cases_added.size(), event.cases_gone.size()),
               fmt::format("{}", event.links), fmt::format("{}", event.offset.value)});
  }
  return fmt::format("\n{}\n{}", zh ? "沿革" : "History", table.to_string());
}

}  // namespace lamplight::tally
