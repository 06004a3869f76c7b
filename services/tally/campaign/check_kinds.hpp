#pragma once

#include <span>
#include <string_view>
#include <vector>

/// What each kind of [[check]] takes: docs/campaign.md tells it to people.
namespace lamplight::tally {

/// What the value of a check's key must be.
enum class CheckTakes : unsigned char {
  kFigure,
  kFigures,
  kMeasure,
  kCohort,
  kText,
  kTexts,
  kWords,   ///< a table of zh and en
  kChoice,  ///< yes, no, unknown
  kList,    ///< a code list, or a field of codes
};

struct CheckKey {
  std::string_view key;
  CheckTakes takes = CheckTakes::kFigure;
};
struct CheckKind {
  std::string_view kind;
  std::vector<CheckKey> keys;  ///< all are needed
};
[[nodiscard]] std::span<const CheckKind> check_kinds();

}  // namespace lamplight::tally
