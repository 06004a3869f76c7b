#include "tally/report_desk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace lamplight::tally {

namespace {

// The offset that the fold must have reached before the order can be answered.
Offset needed(const ReportOrder& order) {
  return std::max(order.at_least, order.as_of.offset.value_or(Offset{}));
}

bool reached(const Published* view, const ReportOrder& order) {
  return view != nullptr && view->cut.offset >= needed(order);
}

}  // namespace

ReportDesk::ReportDesk(Clock& clock) : clock_(clock), thread_([this] { work(); }) {}

ReportDesk::~ReportDesk() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (const Waiting& left : waiting_)
    left.order.done(Error(Code::kUnavailable, "tally is stopping"));
}

void ReportDesk::publish(Published newest) {
  auto fresh = std::make_shared<const Published>(std::move(newest));
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(fresh);
  }
  changed_.notify_all();
}

Result<void> ReportDesk::order(ReportOrder order) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaiting)
      return Error(Code::kOverloaded, "too many reports wait already; ask again later");
    waiting_.push_back({std::move(order), clock_.monotonic_us() + kPatienceUs});
  }
  changed_.notify_all();
  return {};
}

std::optional<ReportDesk::Waiting> ReportDesk::take(std::shared_ptr<const Published>& view) {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const std::int64_t now = clock_.monotonic_us();
    const auto ready = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& one) {
      return reached(newest_.get(), one.order) || one.deadline_us <= now;
    });
    if (ready != waiting_.end()) {
      view = newest_;
      Waiting out = std::move(*ready);
      waiting_.erase(ready);
      return out;
    }
    if (waiting_.empty()) changed_.wait(lock);
    else changed_.wait_for(lock, std::chrono::microseconds(waiting_.front().deadline_us - now));
  }
  return std::nullopt;
}

Result<Report> ReportDesk::make(const Waiting& waiting, const Published* view) {
  if (!reached(view, waiting.order)) {
    return Error(
        Code::kTimeout,
        fmt::format("the fold has reached offset {}, not {} yet; ask again later",
                    view == nullptr ? 0 : view->cut.offset.value, needed(waiting.order).value));
  }
  return make_report(view->view, view->cut, waiting.order.spec, waiting.order.as_of,
                     waiting.order.period);
}

void ReportDesk::work() {
  std::shared_ptr<const Published> view;
  while (const auto waiting = take(view)) waiting->order.done(make(*waiting, view.get()));
}

}  // namespace lamplight::tally
