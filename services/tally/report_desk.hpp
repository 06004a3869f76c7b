#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "base/env.hpp"
#include "http/server.hpp"
#include "model/code_lists.hpp"
#include "tally/metrics.hpp"
#include "tally/question.hpp"

namespace lamplight::tally {

/// A question with the view that answers it, and whom to tell.
struct ReportJob {
  Question question;
  TallyView view;
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

  /// Answers 503 at once when kMaxWaiting wait already.
  void take(ReportJob job);

 private:
  void run();
  void answer(const ReportJob& job);

  const CodeLists& lists_;
  Clock& clock_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReportJob> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lamplight::tally
