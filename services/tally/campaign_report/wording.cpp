#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "tally/campaign_report/sheets.hpp"
#include "tally/sums.hpp"

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
  if (value.bound == Bound::kAtLeast) return (*value.n <= -kGreatestSum ? "≤ " : "≥ ") + text;
  if (value.bound == Bound::kReaches) return (zh ? "达 " : "reaches ") + text;
  return text;
}

std::string percent_text(const std::optional<Compared>& compared) {
  if (!compared || !compared->pct_1dp) return "–";
  const std::string& pct = *compared->pct_1dp;
  return fmt::format("{}{}%", pct[0] == '-' || pct == "0.0" ? "" : "+", pct);
}

std::int64_t shown_scale(std::string_view unit, std::int64_t scale) {
  return unit == "fen" && scale == 1 ? 100 : scale;
}

Words dimension_words(const std::string& name) {
  static const std::map<std::string_view, Words> words{{"category", {"类别", "category"}},
                                                       {"class", {"类别", "class"}},
                                                       {"unit", {"单位", "unit"}},
                                                       {"area", {"辖区", "area"}},
                                                       {"operations", {"行动", "operation"}},
                                                       {"day", {"日", "day"}},
                                                       {"month", {"月", "month"}},
                                                       {"outcomes", {"处理结果", "outcome"}},
                                                       {"kind", {"种类", "kind"}},
                                                       {"what", {"项目", "what"}},
                                                       {"result", {"结果", "result"}},
                                                       {"partner", {"报送单位", "partner"}},
                                                       {"clearance", {"清查行动", "clearance"}},
                                                       {"shift", {"班次", "shift"}},
                                                       {"hour", {"时", "hour"}},
                                                       {"flags", {"标记", "flag"}}};
  const auto known = words.find(name);
  return known == words.end() ? Words{name, name} : known->second;
}

std::string unit_text(std::string_view unit, Language language) {
  static const std::map<std::string_view, Words> words{{"persons", {"人", "persons"}},
                                                       {"turns", {"人次", "person-turns"}},
                                                       {"entries", {"条", "entries"}},
                                                       {"sites", {"家", "sites"}},
                                                       {"cases", {"起", "cases"}},
                                                       {"groups", {"个", "groups"}},
                                                       {"pieces", {"件", "pieces"}},
                                                       {"grams", {"克", "g"}},
                                                       {"fen", {"元", "yuan"}},
                                                       {"rank", {"名次", "rank"}},
                                                       {"categories", {"类", "categories"}},
                                                       {"reports", {"份", "reports"}},
                                                       {"hazards", {"处", "hazards"}}};
  const auto known = words.find(unit);
  return known == words.end() ? std::string(unit) : known->second.in(language);
}

}  // namespace lamplight::tally
