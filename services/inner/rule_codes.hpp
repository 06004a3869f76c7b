#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/code_lists.hpp"

namespace lamplight::inner {

/// What is doubtful about the codes in a document of rules that reads: those of opens, severity, place schemes and areas that the
/// lists do not hold, each with its line and the code that it most likely stands for. The lists are open, so that they may be
/// right; but a typing error there opens no case, or links none, and nothing else ever tells. An area without a code is
/// a mistake. Only asked before publishing: a document on the log is read as it always was.
struct DoubtfulCodes {
  std::vector<Error> mistakes;
  std::vector<Error> warnings;
};
[[nodiscard]] DoubtfulCodes doubtful_codes(std::string_view document, const CodeLists& lists);

}  // namespace lamplight::inner
