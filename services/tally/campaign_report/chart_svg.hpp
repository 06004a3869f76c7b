#pragma once

#include <string>
#include <vector>

#include "tally/campaign_report/sheets.hpp"

namespace lamplight::tally {

/// `&`, `<`, `>` and quotes as entities.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// Horizontal bars, the number now above the number before, all on one scale from 0. Negative and missing numbers have no
/// bar. `now` and `before` name the two in the key; without any `before` number only one is drawn.
[[nodiscard]] std::string bars_svg(const std::vector<Bar>& bars, const std::string& now,
                                   const std::string& before);

}  // namespace lamplight::tally
