#include "tally/campaign/check_kinds.hpp"

namespace lamplight::tally {

std::span<const CheckKind> check_kinds() {
  using enum CheckTakes;
  static const std::vector<CheckKind> kKinds = {
      {"parts", {{"total", kFigure}, {"parts", kFigures}}},
      {"equal", {{"figures", kFigures}}},
      {"same_label", {{"figures", kFigures}, {"label", kWords}}},
      {"at_most", {{"part", kFigure}, {"whole", kFigure}}},
      {"feasible", {{"count", kFigure}, {"change", kFigure}}},
      {"flow", {{"figures", kFigures}}},
      {"cohort", {{"cohort", kCohort}}},
      {"rollup", {{"group", kFigure}, {"leaves", kFigures}}},
      {"as_of", {{"figures", kFigures}}},
      {"scope", {{"figure", kFigure}, {"of", kText}, {"instead_of", kText}}},
      {"no_total", {{"figures", kFigures}}},
      {"overlap", {{"figures", kFigures}}},
      {"unstated", {{"codes", kList}, {"figures", kFigures}}},
      {"included", {{"inner", kFigure}, {"outer", kFigure}, {"choice", kChoice}}},
      {"nominal", {{"figure", kFigure}, {"listed", kTexts}}},
      {"opposite", {{"figures", kFigures}}},
      {"units", {{"measure", kMeasure}}},
  };
  return kKinds;
}

}  // namespace lamplight::tally
