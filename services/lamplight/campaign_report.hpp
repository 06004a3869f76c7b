#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "program.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace lamplight::cli {

/// What the campaign forms of `lamplight report` are asked for.
struct CampaignReportOptions {
  enum class What { kReport, kExplain, kDiff, kGangs, kClearance } what = What::kReport;
  std::string campaign;
  std::string figure;          ///< explain
  std::string clearance;       ///< the operation's code; empty: a list of them
  std::string earlier, later;  ///< diff
  std::string format = "text";
  std::string lang = "en";
  std::string as_of;  ///< an offset, a time, or report:FILE
  std::string period;
  std::string log_folder;
  std::string url;
};

/// Adds --campaign and --format to `report`, and its commands explain, diff, gangs and clearance.
[[nodiscard]] std::shared_ptr<CampaignReportOptions> add_campaign_report(CLI::App& report,
                                                                         Program& program);
[[nodiscard]] int run_campaign_report(const Program& program, const CampaignReportOptions& options);

/// What everything known to the bus right now comes to; nothing when the bus is not to be reached from here.
[[nodiscard]] std::optional<Offset> head_now(const runtime::Config& config);

}  // namespace lamplight::cli
