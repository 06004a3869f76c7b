#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"

/// What people read of a report, in one language and in the order of its pages: text, Markdown and HTML are made of these.
namespace lamplight::tally {

/// A bar of figure against previous; lengths in the figure's own unit.
struct Bar {
  std::string label;
  std::optional<std::int64_t> now, before;
  std::string now_text, before_text;
};

struct Sheet {
  std::string title;
  std::vector<std::string> head;
  std::size_t numbers_from = 1;  ///< columns from here on are numbers, but those of `words`
  std::vector<std::size_t> words = {};
  bool prose = false;  ///< the last column is sentences
  std::vector<std::vector<std::string>> rows;
  std::vector<std::vector<Bar>> charts;  ///< beside it; the bars of one are of one unit
  std::vector<std::string> notes;        ///< below it
  std::vector<std::size_t> alarming;     ///< rows to point out
};

struct Pages {
  std::string title;
  std::vector<std::string> facts;  ///< period, version, offset, chain hash
  std::vector<Sheet> sheets;
};

[[nodiscard]] Pages pages_of(const CampaignReport& report, const CodeLists& lists,
                             Language language);

/// "702", "≥ 200", "达 2000", with the scale; what nobody stated reads "未公布" or "not stated".
[[nodiscard]] std::string number_text(const FigureNumber& value, std::int64_t scale,
                                      Language language);
/// "+37.8%", "–" when there is none.
[[nodiscard]] std::string percent_text(const std::optional<Compared>& compared);
/// Money is kept in fen and shown in yuan; else the scale that the definition tells.
[[nodiscard]] std::int64_t shown_scale(std::string_view unit, std::int64_t scale);
/// The name of a dimension, for people.
[[nodiscard]] Words dimension_words(const std::string& name);
[[nodiscard]] std::string unit_text(std::string_view unit, Language language);

}  // namespace lamplight::tally
