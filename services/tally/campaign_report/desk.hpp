#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"
#include "tally/campaign_report/tracing.hpp"

namespace lamplight::tally {

enum class CampaignForm { kJson, kText, kCsv, kMarkdown, kHtml };

/// What somebody asks about campaigns.
struct CampaignQuestion {
  enum class What {
    kList,
    kDefinition,
    kReport,
    kExplain,
    kDiff,
    kGangs,
    kClearances,
    kClearance
  } what = What::kReport;
  std::string campaign;   ///< clearances: empty is whatever campaign
  std::string clearance;  ///< the operation's code
  AsOf as_of;
  AsOf earlier;        ///< diff: the other moment
  std::string figure;  ///< explain: an id, or measure[dimension=code,…]
  std::optional<Period> period;
  CampaignForm form = CampaignForm::kJson;
  Language language = Language::kEnglish;
};

struct CampaignAnswer {
  std::string content_type;
  std::string body;
};

/// Answers questions about campaigns from views of one fold. Engines are kept by campaign and version, so a report is made
/// again without reading the log again. Threads: one at a time.
class CampaignDesk {
 public:
  static constexpr std::size_t kMaxEngines = 16;  ///< the one asked for longest ago goes

  explicit CampaignDesk(const CodeLists& lists);
  ~CampaignDesk();

  /// Errors: kNotFound no such campaign or operation (at that offset; known ones are named), figure, or [gangs]; kInvalid as_of lies beyond the cut, or the question
  /// cannot be meant.
  [[nodiscard]] Result<CampaignAnswer> answer(const CampaignView& view, const Cut& cut,
                                              const CampaignQuestion& question);
  /// Without its annex: what gauges show and differences are made of.
  [[nodiscard]] Result<CampaignReport> report(const CampaignView& view, const Cut& cut,
                                              const std::string& campaign, const AsOf& as_of,
                                              std::optional<Period> period = std::nullopt);

 private:
  struct Kept;
  struct Asked {
    Kept* kept = nullptr;
    Offset as_of;
    DefinitionInForce in_force;
  };
  [[nodiscard]] Result<Asked> look_up(const CampaignView& view, const Cut& cut,
                                      const std::string& campaign, const AsOf& as_of);
  [[nodiscard]] Result<Kept*> keep(const DefinitionInForce& in_force);
  [[nodiscard]] Result<std::string> list(const CampaignView& view, const Cut& cut,
                                         const CampaignQuestion& question);
  [[nodiscard]] Result<CampaignAnswer> explain(const CampaignView& view, const Cut& cut,
                                               const CampaignQuestion& question);
  [[nodiscard]] Result<CampaignAnswer> diff(const CampaignView& view, const Cut& cut,
                                            const CampaignQuestion& question);

  [[nodiscard]] Result<CampaignAnswer> whole_report(const CampaignView& view, const Cut& cut,
                                                    const CampaignQuestion& question);
  [[nodiscard]] Result<CampaignAnswer> gangs(const CampaignView& view, const Cut& cut,
                                             const CampaignQuestion& question);
  [[nodiscard]] Result<CampaignAnswer> clearances(const CampaignView& view, const Cut& cut,
                                                  const CampaignQuestion& question);

  const CodeLists& lists_;
  std::uint64_t clock_ = 0;
  std::map<std::pair<std::string, std::int64_t>, std::unique_ptr<Kept>> kept_;
};

/// Bus time of the last report or alert at or before an offset: the "now" of deadlines and running periods.
[[nodiscard]] std::optional<TimeUs> last_event_time(const CampaignView& view, Offset as_of);

/// The offset that a moment means: that of the last report or alert at or before a bus time. Errors: kInvalid beyond the cut.
[[nodiscard]] Result<Offset> resolve(const CampaignView& view, const Cut& cut, const AsOf& as_of);

}  // namespace lamplight::tally
