#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/env.hpp"
#include "http/server.hpp"
#include "model/code_lists.hpp"
#include "tally/campaign_report/desk.hpp"
#include "tally/metrics.hpp"
#include "tally/question.hpp"

namespace lamplight::tally {

/// A question with the view that answers it, and whom to tell.
struct ReportJob {
  Question question;
  CampaignView view;
  Cut cut;
  http::ResponderPtr responder;
  std::string request_id;
  std::int64_t asked_at_us = 0;  ///< monotonic
};

/// Makes reports on a thread of its own, in order of asking, from immutable views: the fold goes on meanwhile.
/// Threads: any for `take`; the mutex guards the queue only.
class ReportDesk {
 public:
  static constexpr std::size_t kMaxWaiting = 16;

  ReportDesk(const CodeLists& lists, Clock& clock, Metrics& metrics);
  /// Answers what waits, then ends.
  ~ReportDesk();
  ReportDesk(const ReportDesk&) = delete;
  ReportDesk& operator=(const ReportDesk&) = delete;

  /// Shows the campaigns' figures as gauges, after what waits already; only the newest such wish is kept.
  void show_figures(CampaignView view, Cut cut);
  /// Answers 503 at once when kMaxWaiting wait already.
  void take(ReportJob job);

 private:
  void run();
  void answer(const ReportJob& job);
  void answer_campaign(const ReportJob& job);
  void refuse(const ReportJob& job, const Error& error);
  void show(CampaignView view, Cut cut);

  const CodeLists& lists_;
  Clock& clock_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReportJob> waiting_;
  std::optional<std::pair<CampaignView, Cut>> to_show_;
  bool stopping_ = false;
  CampaignDesk campaigns_;  ///< of the desk's thread, like what follows
  std::optional<std::pair<CampaignView, Cut>>
      newest_;  ///< the longest view that an engine has seen
  std::thread thread_;
};

}  // namespace lamplight::tally
