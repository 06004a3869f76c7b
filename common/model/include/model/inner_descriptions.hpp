#pragma once

#include "model/describe.hpp"
#include "model/inner.hpp"
#include "model/officers.hpp"
#include "model/result_descriptions.hpp"

/// The one place that says what the requests and events of the inner loop are. Version 1 of each.
namespace lamplight {

namespace describe {

/// A code of one of the closed lists in inner_codes.hpp: the field's text names them.
constexpr Rule inner_code() {
  Rule r;
  r.max_bytes = kMaxCodeBytes;
  return r;
}
constexpr Rule inner_codes() {
  Rule r = inner_code();
  r.max_items = kMaxListItems;
  return r;
}
constexpr Rule list_of_tokens() {
  Rule r = rule::token();
  r.max_items = kMaxListItems;
  return r;
}

template <typename T>
constexpr auto inner_case(Presence presence) {
  return field("case", &T::case_id, Origin::kSender, presence, rule::none(), "Id of the case.",
               "事项编号。");
}
template <typename T>
constexpr auto expected_version() {
  return field("expected_version", &T::expected_version, Origin::kSender, Presence::kOptional,
               rule::range(1, kMaxNumber),
               "Version that the asker has read; another one is refused.",
               "操作者所见版本,不一致则拒绝。");
}
template <typename T>
constexpr auto risk() {
  return field("risk", &T::risk, Origin::kSender, Presence::kOptional, inner_code(),
               "none or residual: residual risk goes to the community officer.",
               "none 无风险、residual 残留风险(交社区民警二次处置)。");
}
template <typename T>
constexpr auto severity(Presence presence) {
  return field("severity", &T::severity, Origin::kSender, presence, inner_code(),
               "low, medium, high or critical.", "low 低、medium 中、high 高、critical 紧急。");
}
template <typename T>
constexpr auto grounds() {
  return field(
      "grounds", &T::grounds, Origin::kSender, Presence::kOptional, inner_codes(),
      "repeated_offence, gang_fight, provocation, unwilling_party: why the dispute may not "
      "be mediated.",
      "repeated_offence 多次违法、gang_fight 结伙斗殴、provocation 寻衅滋事、"
      "unwilling_party 当事人不愿调解。");
}
template <typename T>
constexpr auto parties() {
  return field("parties", &T::parties, Origin::kSender, Presence::kOptional, list_of_tokens(),
               "Pseudonymous keys of the parties.", "当事人标识(不含姓名)。");
}
template <typename T>
constexpr auto reason() {
  return field("reason", &T::reason, Origin::kSender, Presence::kOptional, inner_code(),
               "not_done, party_disagrees, risk_remains, incomplete, wrong_person, relapse or "
               "complaint.",
               "not_done 未办理、party_disagrees 当事人不认可、risk_remains 风险未消除、"
               "incomplete 反馈不完整、wrong_person 派单对象有误、relapse 矛盾反复、complaint "
               "群众反映。");
}
template <typename T>
constexpr auto petition_number(Presence presence) {
  return field("petition", &T::petition, Origin::kSender, presence, rule::reference(),
               "Number of the petition at the petition office.", "信访件编号。");
}
template <typename T>
constexpr auto case_state() {
  return field("state", &T::state, Origin::kSender, Presence::kRequired, inner_code(),
               "settlement, assessment, dispatch, feedback, verification, rework or case_review: "
               "the step that the case waits for; settled, filed or withdrawn: it waits for "
               "nothing; none: there is no such case.",
               "待办环节:settlement 现场处置、assessment 评估、dispatch 派单、feedback 反馈、"
               "verification 核查、rework 核查退回、case_review 立案审查;已结:settled "
               "已办结、filed 已立案、withdrawn 已撤回;none 无此事项。");
}
}  // namespace describe

template <>
struct Description<SettlementSubmitted> {
  using T = SettlementSubmitted;
  static constexpr std::string_view kSubject = kSettlementSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-settlement";
  static constexpr std::string_view kTitle = "Request: settlement on the spot";
  static constexpr auto kFields =
      std::make_tuple(describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
                      describe::expected_version<T>(), describe::risk<T>(), describe::grounds<T>(),
                      describe::parties<T>());
};

template <>
struct Description<AssessmentSubmitted> {
  using T = AssessmentSubmitted;
  static constexpr std::string_view kSubject = kAssessmentSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-assessment";
  static constexpr std::string_view kTitle = "Request: assessment";
  static constexpr auto kFields =
      std::make_tuple(describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
                      describe::expected_version<T>(), describe::risk<T>(),
                      describe::severity<T>(Presence::kOptional), describe::grounds<T>());
};

template <>
struct Description<DispatchSubmitted> {
  using T = DispatchSubmitted;
  static constexpr std::string_view kSubject = kDispatchSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-dispatch";
  static constexpr std::string_view kTitle = "Request: dispatch";
  static constexpr auto kFields = std::make_tuple(
      describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
      describe::expected_version<T>(),
      field("assignee", &T::assignee, Origin::kSender, Presence::kOptional, rule::reference(),
            "Officer or unit that it goes to; left out: whom the rules name for the area.",
            "承办人或单位;不填则按规则派给该区域。"));
};

template <>
struct Description<FeedbackSubmitted> {
  using T = FeedbackSubmitted;
  static constexpr std::string_view kSubject = kFeedbackSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-feedback";
  static constexpr std::string_view kTitle = "Request: feedback";
  static constexpr auto kFields =
      std::make_tuple(describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
                      describe::expected_version<T>(), describe::grounds<T>());
};

template <>
struct Description<VerificationSubmitted> {
  using T = VerificationSubmitted;
  static constexpr std::string_view kSubject = kVerificationSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-verification";
  static constexpr std::string_view kTitle = "Request: verification";
  static constexpr auto kFields = std::make_tuple(
      describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
      describe::expected_version<T>(),
      field("outcome", &T::outcome, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "passed, or failed with a reason.", "passed 通过、failed 不通过(须填原因)。"),
      describe::reason<T>());
};

template <>
struct Description<ReviewSubmitted> {
  using T = ReviewSubmitted;
  static constexpr std::string_view kSubject = kReviewSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-review";
  static constexpr std::string_view kTitle = "Request: case review";
  static constexpr auto kFields = std::make_tuple(
      describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
      describe::expected_version<T>(),
      field("outcome", &T::outcome, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "filed or declined.", "filed 立案、declined 不予立案。"));
};

template <>
struct Description<ReopeningSubmitted> {
  using T = ReopeningSubmitted;
  static constexpr std::string_view kSubject = kReopeningSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-reopening";
  static constexpr std::string_view kTitle = "Request: reopening";
  static constexpr auto kFields =
      std::make_tuple(describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
                      describe::expected_version<T>(), describe::reason<T>());
};

template <>
struct Description<RulesMoveSubmitted> {
  using T = RulesMoveSubmitted;
  static constexpr std::string_view kSubject = kRulesMoveSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-rules-move";
  static constexpr std::string_view kTitle = "Request: newer rules for a case";
  static constexpr auto kFields =
      std::make_tuple(describe::actor<T>(), describe::inner_case<T>(Presence::kRequired),
                      describe::expected_version<T>());
};

template <>
struct Description<PetitionSubmitted> {
  using T = PetitionSubmitted;
  static constexpr std::string_view kSubject = kPetitionSubmitted;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-petition";
  static constexpr std::string_view kTitle = "Request: petition";
  static constexpr auto kFields = std::make_tuple(
      describe::actor<T>(), describe::petition_number<T>(Presence::kRequired), describe::area<T>(),
      describe::severity<T>(Presence::kOptional), describe::parties<T>());
};

template <>
struct Description<CaseEvent> {
  using T = CaseEvent;
  static constexpr auto kSubjects = kCaseSubjects;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-case";
  static constexpr std::string_view kTitle = "Inner loop: what happened to a case";
  static constexpr auto kFields = std::make_tuple(
      describe::inner_case<T>(Presence::kRequired),
      field("version", &T::version, Origin::kSender, Presence::kRequired,
            rule::range(1, kMaxNumber), "One more with each event of the case.",
            "版本,每次变动加一。"),
      field("move", &T::move, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "Which event of the state table it is (services/inner/README.md).", "状态表中的事件。"),
      field("kind", &T::kind, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "dispute or petition.", "dispute 矛盾纠纷、petition 信访。"),
      describe::case_state<T>(), describe::severity<T>(Presence::kRequired),
      field("overdue", &T::overdue, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "none, reminded, escalated or marked: how far the step has missed its deadline.",
            "none 未超期、reminded 已催办、escalated 已报值班长、marked 超期挂牌。"),
      field("owner", &T::owner, Origin::kSender, Presence::kOptional, rule::reference(),
            "Who is to act: officer, unit or desk; left out once it is closed.",
            "承办人、单位或岗位;已结则无。"),
      field("due", &T::due, Origin::kSender, Presence::kOptional, rule::none(),
            "Deadline of the present step.", "当前环节期限。"),
      field("next_at", &T::next_at, Origin::kSender, Presence::kOptional, rule::none(),
            "When it is reminded of or escalated next, if nothing happens.",
            "下次催办或上报时间。"),
      field("rules", &T::rules, Origin::kSender, Presence::kRequired, rule::range(0, kMaxNumber),
            "Version of the rules that hold for it; 0: those built in.",
            "适用规则版本,0 为内置规则。"),
      field("actor", &T::actor, Origin::kSender, Presence::kOptional, rule::reference(),
            "Who asked for it; left out where nobody did.", "操作者标识;系统动作不填。"),
      field("ended_due", &T::ended_due, Origin::kSender, Presence::kOptional, rule::none(),
            "Deadline of the step that this event ended.", "所结束环节的期限。"),
      describe::risk<T>(), describe::grounds<T>(), describe::reason<T>(),
      field("alert", &T::alert, Origin::kSender, Presence::kOptional, rule::none(),
            "Id of the alert that led to it.", "相关警情编号。"),
      field("other", &T::other, Origin::kSender, Presence::kOptional, rule::none(),
            "Id of the case in which a party was met.", "关联事项编号。"),
      describe::petition_number<T>(Presence::kOptional),
      field("category", &T::category, Origin::kSender, Presence::kOptional,
            rule::code(CodeList::kCategory), "Category of the alert.", "警情类别。"),
      describe::area<T>(),
      field("places", &T::places, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kPlaceScheme), "Codes of the place by which cases are linked.",
            "用于关联的地点代码。"),
      describe::parties<T>(),
      field("repeats", &T::repeats, Origin::kSender, Presence::kOptional,
            rule::range(0, kMaxNumber), "Alerts and cases linked to it since it was opened.",
            "关联警情和事项数。"),
      field("chief", &T::chief, Origin::kSender, Presence::kOptional, rule::reference(),
            "The duty chief who is told.", "所报值班长。"));
};

template <>
struct Description<CaseRefused> {
  using T = CaseRefused;
  static constexpr std::string_view kSubject = kCaseRefused;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "inner-refusal";
  static constexpr std::string_view kTitle = "Inner loop: a request was refused";
  static constexpr auto kFields = std::make_tuple(
      describe::inner_case<T>(Presence::kOptional),
      field("version", &T::version, Origin::kSender, Presence::kRequired,
            rule::range(0, kMaxNumber), "Version of the case; 0 where there is none.",
            "事项版本,0 为无此事项。"),
      describe::case_state<T>(),
      field("ask", &T::ask, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "What was asked: settlement, assessment, dispatch, feedback, verification, review, "
            "reopening, rules_move or petition.",
            "所请求的操作。"),
      field("rule", &T::rule, Origin::kSender, Presence::kRequired, describe::inner_code(),
            "What it broke: unreadable, no_case, illegal_move, version, same_officer, "
            "community_officer, reason, code or newest_rules.",
            "所违反的规则。"),
      field("allowed", &T::allowed, Origin::kSender, Presence::kOptional, describe::inner_codes(),
            "What may be asked in this state.", "当前状态允许的操作。"),
      field("actor", &T::actor, Origin::kSender, Presence::kOptional, rule::reference(),
            "Who asked.", "操作者标识。"));
};

inline constexpr std::size_t kMaxRulesBytes = 256U << 10;

template <>
struct Description<RulesPublished> {
  using T = RulesPublished;
  static constexpr std::string_view kSubject = kRulesPublished;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "rules";
  static constexpr std::string_view kTitle = "Rules and calendars";
  static constexpr auto kFields = std::make_tuple(
      describe::actor<T>(),
      field("name", &T::name, Origin::kSender, Presence::kRequired, rule::reference(),
            "inner: the rules of the inner loop; calendar-<year>: its holidays and make-up days.",
            "inner 内循环规则;calendar-年份 当年节假日和调休。"),
      field("version", &T::version, Origin::kSender, Presence::kRequired, rule::range(1, 1'000'000),
            "One more than that of the document it replaces.", "版本,逐次加一。"),
      field("document", &T::document, Origin::kSender, Presence::kRequired,
            rule::document(kMaxRulesBytes), "The document, as docs/inner-rules.md tells it.",
            "规则文件(TOML)。"),
      describe::reported_at<T>());
};

}  // namespace lamplight
