#include "inner/decider.hpp"

#include <algorithm>
#include <array>

#include "inner/handlers/handlers.hpp"
#include "inner/step.hpp"
#include "model/alert.hpp"
#include "model/inner_descriptions.hpp"

namespace lamplight::inner {

namespace {

struct Handler {
  std::string_view subject;
  void (*decide)(Step& step, const Event& input);
};
constexpr std::array<Handler, 10> kHandlers = {{
    {kAlertReceived, decide_alert},
    {kSettlementSubmitted, decide_settlement},
    {kAssessmentSubmitted, decide_assessment},
    {kDispatchSubmitted, decide_dispatch},
    {kFeedbackSubmitted, decide_feedback},
    {kVerificationSubmitted, decide_verification},
    {kReviewSubmitted, decide_review},
    {kReopeningSubmitted, decide_reopening},
    {kRulesMoveSubmitted, decide_rules_move},
    {kPetitionSubmitted, decide_petition},
}};

}  // namespace

std::vector<std::string> InnerDecider::inputs() {
  std::vector<std::string> out;
  out.reserve(kHandlers.size() + 1);
  for (const Handler& handler : kHandlers) out.emplace_back(handler.subject);
  out.emplace_back(kRulesPublished);
  return out;
}

std::vector<std::string> InnerDecider::outputs() {
  std::vector<std::string> out(kCaseSubjects.begin(), kCaseSubjects.end());
  out.emplace_back(kCaseRefused);
  return out;
}

void InnerDecider::evolve(const Event& event) {
  if (event.producer == kService) {
    if (event.subject == kCaseRefused) return count_refusal(event);
    if (decode(event.payload, read_)) book_.apply(read_, event.cause, event.time);
  } else if (event.subject == kRulesPublished) {
    RulesPublished published;
    if (decode(event.payload, published)) rules_.publish(published);
  }
}

void InnerDecider::count_refusal(const Event& event) {
  CaseRefused refused;
  if (!decode(event.payload, refused)) return;
  if (const auto rule = from_code<Refusal>(refused.rule))
    ++refusals_.at(static_cast<std::size_t>(*rule));
}

void InnerDecider::decide(const Event& input, runtime::Outbox& out) const {
  Step step(book_, rules_, table_, input.time, out);
  if (input.subject == kTimeReached) return decide_deadlines(step);
  for (const Handler& handler : kHandlers) {
    if (input.subject == handler.subject) return handler.decide(step, input);
  }
}

std::optional<TimeUs> InnerDecider::next_due() const {
  if (book_.timers().empty()) return std::nullopt;
  return book_.timers().begin()->at;
}

std::uint32_t InnerDecider::newest_schema(std::string_view own_subject) const {
  if (own_subject == kCaseRefused) return Description<CaseRefused>::kVersion;
  const bool known =
      std::find(kCaseSubjects.begin(), kCaseSubjects.end(), own_subject) != kCaseSubjects.end();
  return known ? Description<CaseEvent>::kVersion : 0;
}

void InnerDecider::save(runtime::SnapshotWriter& out) const {
  out.array(3);
  rules_.save(out);
  book_.save(out);
  out.array(static_cast<std::uint32_t>(refusals_.size()));
  for (const std::int64_t count : refusals_) out.sint(count);
}

void InnerDecider::load(runtime::SnapshotReader& in) {
  if (in.array() != 3) return in.fail();
  rules_.load(in);
  book_.load(in);
  if (in.array() != refusals_.size()) return in.fail();
  for (std::int64_t& count : refusals_) count = in.sint();
}

}  // namespace lamplight::inner
