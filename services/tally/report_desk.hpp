#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/env.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {

/// The log's alerts and where they stand, as handed from the fold's thread to whoever makes reports.
struct Published {
  TallyView view;
  Cut cut;
};

/// A wish for a report.
struct ReportOrder {
  ReportSpec spec;
  AsOf as_of;
  std::optional<Period> period;
  Offset at_least;  ///< not before the fold has reached this offset
  /// Once, on the desk's thread. Errors: those of make_report; kTimeout the fold did not get there in time (says how far).
  std::function<void(const Result<Report>&)> done;
};

/// Makes reports one after the other on a thread of its own, from immutable views: the fold never waits for a report.
/// Threads: `publish` from the fold's thread, `order` from any, construction and destruction from the owner's. The mutex
/// guards the queue and the newest view; no other lock is taken under it.
class ReportDesk {
 public:
  static constexpr std::size_t kMaxWaiting = 64;
  static constexpr std::int64_t kPatienceUs = 10'000'000;

  explicit ReportDesk(Clock& clock);
  ~ReportDesk();  ///< orders that wait are answered kUnavailable
  ReportDesk(const ReportDesk&) = delete;
  ReportDesk& operator=(const ReportDesk&) = delete;

  void publish(Published newest);
  /// Errors: kOverloaded too many wait already.
  [[nodiscard]] Result<void> order(ReportOrder order);

 private:
  struct Waiting {
    ReportOrder order;
    std::int64_t deadline_us = 0;
  };
  void work();
  /// The next order that can be answered now; nothing when the desk closes. Its view is the newest.
  [[nodiscard]] std::optional<Waiting> take(std::shared_ptr<const Published>& view);
  [[nodiscard]] static Result<Report> make(const Waiting& waiting, const Published* view);

  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;
  std::shared_ptr<const Published> newest_;
  std::deque<Waiting> waiting_;
  std::thread thread_;
};

}  // namespace lamplight::tally
