#include "tally/report_desk.hpp"

#include <utility>

#include "tally/handlers/report.hpp"

namespace lamplight::tally {

ReportDesk::ReportDesk(const CodeLists& lists, Clock& clock, Metrics& metrics)
    : lists_(lists), clock_(clock), metrics_(metrics), thread_([this] { run(); }) {}

ReportDesk::~ReportDesk() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReportDesk::take(ReportJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back(std::move(job));
      changed_.notify_one();
      return;
    }
  }
  metrics_.record_refused("overloaded");
  job.responder->answer(refusal(
      {Code::kOverloaded, "too many reports are waiting; ask again in a moment"}, job.request_id));
}

void ReportDesk::run() {
  for (;;) {
    ReportJob job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    answer(job);
  }
}

void ReportDesk::answer(const ReportJob& job) {
  const Question& question = job.question;
  const auto report =
      make_report(job.view, job.cut, question.spec, question.as_of, question.period);
  if (!report) {
    metrics_.record_refused("invalid");
    return job.responder->answer(refusal(report.error(), job.request_id));
  }
  http::Response response;
  if (question.format == ReportFormat::kJson) {
    response.body = to_json(*report);
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body = to_text(*report, lists_, question.language);
  }
  metrics_.record_report(static_cast<double>(clock_.monotonic_us() - job.asked_at_us) / 1e6);
  job.responder->answer(std::move(response));
}

}  // namespace lamplight::tally
