#include "tally/report_desk.hpp"

#include <tuple>
#include <utility>

#include "tally/campaign_gauges.hpp"
#include "tally/handlers/report.hpp"

namespace lamplight::tally {

ReportDesk::ReportDesk(const CodeLists& lists, Clock& clock, Metrics& metrics)
    : lists_(lists), clock_(clock), metrics_(metrics), campaigns_(lists), thread_([this] {
        run();
      }) {}

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

void ReportDesk::show_figures(CampaignView view, Cut cut) {
  const std::lock_guard lock(mutex_);
  to_show_.emplace(std::move(view), cut);
  changed_.notify_one();
}

void ReportDesk::run() {
  for (;;) {
    ReportJob job;
    std::optional<std::pair<CampaignView, Cut>> to_show;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty() || to_show_; });
      if (!waiting_.empty()) {
        job = std::move(waiting_.front());
        waiting_.pop_front();
      } else if (stopping_) {
        return;
      } else {
        to_show.swap(to_show_);
      }
    }
    if (to_show) show(std::move(to_show->first), to_show->second);
    else answer(job);
  }
}

void ReportDesk::show(CampaignView view, Cut cut) {
  // Questions go first and may have brought a longer view: an engine must never see a shorter one than before.
  if (newest_ && cut.offset < newest_->second.offset) std::tie(view, cut) = *newest_;
  newest_.emplace(view, cut);
  std::vector<CampaignReport> reports;
  for (const DefinitionInForce& known : definitions_at(view.facts, cut.offset)) {
    if (reports.size() == kMaxCampaigns) break;
    auto report = campaigns_.report(view, cut, std::string(known.campaign), {});
    if (report) reports.push_back(std::move(*report));
  }
  ClearanceBook book(view.facts, cut.offset);
  std::vector<std::string> codes = book.codes();
  if (codes.size() > kMaxClearances)
    codes.erase(codes.begin(), codes.end() - static_cast<std::ptrdiff_t>(kMaxClearances));
  const TimeUs now = last_event_time(view, cut.offset).value_or(TimeUs{});
  std::vector<ClearanceView> clearances;
  for (const std::string& code : codes) {
    clearances.push_back(book.operation(code, now));
    if (clearances.back().state == ClearanceState::kNotOrdered) clearances.pop_back();
  }
  metrics_.show_campaigns(campaign_families(reports, clearances, lists_, cut.offset));
}

void ReportDesk::refuse(const ReportJob& job, const Error& error) {
  metrics_.record_refused("invalid");
  job.responder->answer(refusal(error, job.request_id));
}

void ReportDesk::answer_campaign(const ReportJob& job) {
  newest_.emplace(job.view, job.cut);
  auto answer = campaigns_.answer(job.view, job.cut, *job.question.campaign);
  if (!answer) return refuse(job, answer.error());
  http::Response response;
  response.content_type = std::move(answer->content_type);
  response.body = std::move(answer->body);
  metrics_.record_report(static_cast<double>(clock_.monotonic_us() - job.asked_at_us) / 1e6);
  job.responder->answer(std::move(response));
}

void ReportDesk::answer(const ReportJob& job) {
  const Question& question = job.question;
  if (question.campaign) return answer_campaign(job);
  const auto report =
      make_report(job.view.alerts, job.cut, question.spec, question.as_of, question.period);
  if (!report) return refuse(job, report.error());
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
