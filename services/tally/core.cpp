#include "tally/core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lamplight::tally {
namespace {

runtime::FoldHostOptions host_options(const Core::Options& given) {
  runtime::FoldHostOptions options;
  options.service = "tally";
  options.subjects = TallyFold::subjects();
  options.snapshot_folder = given.snapshot_folder;
  options.snapshot_every_us = given.snapshot_every_us;
  options.keep_free_bytes = given.keep_free_bytes;
  return options;
}

}  // namespace

Core::Core(const Env& env, std::unique_ptr<bus::Client> client,
           runtime::ServiceMetrics& service_metrics, Metrics& metrics, ReportDesk& desk,
           Options options, runtime::Told told)
    : env_(env),
      client_(std::move(client)),
      metrics_(metrics),
      desk_(desk),
      options_(std::move(options)),
      told_(std::move(told)),
      host_(runtime::host_fold(
          env, *client_, [] { return std::make_unique<TallyFold>(); }, host_options(options_),
          service_metrics)) {
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) told_.failed(fenced->with("tally's connection to the bus"));
  });
}

void Core::round(std::int64_t timeout_us) {
  client_->poll(timeout_us);
  host_->tick();
  answer_waiting();
  show_figures();
  tell_readiness();
}

void Core::ask(AskedReport asked) {
  // std::function copies what it holds; a question is moved once, into a place that copies share.
  auto shared = std::make_shared<AskedReport>(std::move(asked));
  client_->post([this, shared] { take(std::move(*shared)); });
}

void Core::take(AskedReport asked) {
  if (waiting_.size() >= kMaxWaiting) {
    return refuse(asked,
                  {Code::kOverloaded, "too many reports wait for the fold; ask again in a moment"});
  }
  waiting_.push_back({std::move(asked), env_.clock.monotonic_us()});
}

void Core::answer_waiting() {
  std::vector<Waiting> all;
  all.swap(waiting_);
  for (Waiting& waiting : all) {
    if (must_wait(waiting)) waiting_.push_back(std::move(waiting));
    else answer(std::move(waiting.asked));
  }
}

/// Who has just published may ask at once: an offset that is not folded yet is waited for.
bool Core::must_wait(const Waiting& waiting) const {
  const Offset needed = std::max(waiting.asked.question.as_of.offset.value_or(Offset{}),
                                 waiting.asked.question.at_least);
  if (needed <= host_->cut()) return false;
  const bool on_the_log = needed <= client_->state().head;
  const std::int64_t limit_us = on_the_log ? options_.catch_up_us : options_.arrive_us;
  return env_.clock.monotonic_us() - waiting.since_us < limit_us;
}

void Core::answer(AskedReport asked) {
  if (const auto error = why_not_now(asked.question)) return refuse(asked, *error);
  hand_over(std::move(asked));
}

void Core::refuse(const AskedReport& asked, const Error& error) {
  metrics_.record_refused(error.code() == Code::kInvalid      ? "invalid"
                          : error.code() == Code::kOverloaded ? "overloaded"
                                                              : "not_ready");
  asked.responder->answer(refusal(error, asked.request_id));
}

void Core::hand_over(AskedReport asked) {
  const Cut cut{host_->cut(), host_->cut_time(),
                host_->cut() == Offset{} ? std::nullopt : std::optional(host_->cut_hash())};
  desk_.take({std::move(asked.question),
              {fold().view(), fold().facts_view()},
              cut,
              std::move(asked.responder),
              std::move(asked.request_id),
              asked.asked_at_us});
}

std::optional<Error> Core::why_not_now(const Question& question) const {
  const TimeUs known = std::max(client_->state().bus_time, host_->cut_time());
  if (question.as_of.time && known < *question.as_of.time) {
    return Error(Code::kInvalid,
                 "as of: that time lies ahead of the bus's clock; its figures are not known yet");
  }
  if (host_->cut() < question.at_least) {
    return Error(Code::kUnavailable,
                 fmt::format("the tally has folded up to {}, not to {} yet; ask again",
                             host_->cut().value, question.at_least.value));
  }
  // As of an offset the answer is exact once that is folded, and make_report refuses it before.
  if (host_->live() || question.as_of.offset) return std::nullopt;
  return Error(
      Code::kUnavailable,
      fmt::format("the tally is replaying the log: {} of {}; ask again, or as of an offset "
                  "up to that",
                  host_->cut().value, client_->state().head.value));
}

void Core::show_figures() {
  const std::int64_t now_us = env_.clock.monotonic_us();
  if (host_->live() && host_->cut() != Offset{} && campaigns_shown_ != host_->cut() &&
      (!campaigns_shown_ || now_us - campaigns_shown_at_us_ >= options_.show_campaigns_every_us))
    show_campaigns(now_us);
  if (!host_->live() || shown_ == host_->cut() ||
      (shown_ && now_us - shown_at_us_ < options_.show_every_us))
    return;
  metrics_.show_figures(fold(), host_->cut(), options_.labels, options_.campaign);
  shown_ = host_->cut();
  shown_at_us_ = now_us;
}

void Core::show_campaigns(std::int64_t now_us) {
  campaigns_shown_ = host_->cut();
  campaigns_shown_at_us_ = now_us;
  desk_.show_figures({fold().view(), fold().facts_view()},
                     {host_->cut(), host_->cut_time(), host_->cut_hash()});
}

void Core::tell_readiness() {
  std::string why;
  if (!client_->state().connected) why = "no connection to the bus";
  else if (!host_->live()) {
    why = fmt::format("replaying {} of {}", host_->cut().value, client_->state().head.value);
  }
  if (told_why_ == why) return;
  told_.ready_changed(why);
  told_why_ = std::move(why);
}

}  // namespace lamplight::tally
