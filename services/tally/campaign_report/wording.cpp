#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "tally/campaign_report/sheets.hpp"

namespace lamplight::tally {

std::string number_text(const FigureNumber& value, std::int64_t scale, Language language) {
  const bool zh = language == Language::kChinese;
  if (!value.n) return zh ? "未公布" : "not stated";
  std::string text = fmt::format("{}", *value.n);
  if (scale > 1) {
    const std::int64_t whole = std::abs(*value.n);
    text = fmt::format("{}{}", *value.n < 0 ? "-" : "", whole / scale);
    if (whole % scale != 0) {
      std::string rest;
      for (std::int64_t left = whole % scale, digits = 0; left != 0 && digits < 6; ++digits) {
        left *= 10;
        rest += static_cast<char>('0' + left / scale);
        left %= scale;
      }
      text += "." + rest;
    }
  }
  if (value.bound == Bound::kAtLeast) return "≥ " + text;
  if (value.bound == Bound::kReaches) return (zh ? "达 " : "reaches ") + text;
  return text;
}

std::string percent_text(const std::optional<Compared>& compared) {
  if (!compared || !compared->pct_1dp) return "–";
  const std::string& pct = *compared->pct_1dp;
  return fmt::format("{}{}%", pct[0] == '-' || pct == "0.0" ? "" : "+", pct);
}

std::string unit_text(std::string_view unit, Language language) {
  static const std::map<std::string_view, Words> words{
      {"persons", {"人", "persons"}}, {"turns", {"人次", "person-turns"}},
      {"entries", {"条", "entries"}}, {"sites", {"家", "sites"}},
      {"cases", {"起", "cases"}},     {"groups", {"个", "groups"}},
      {"pieces", {"件", "pieces"}},   {"grams", {"克", "g"}},
      {"reports", {"份", "reports"}}, {"hazards", {"处", "hazards"}}};
  const auto known = words.find(unit);
  return known == words.end() ? std::string(unit) : known->second.in(language);
}

}  // namespace lamplight::tally
