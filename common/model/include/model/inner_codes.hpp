#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// The closed lists of the inner loop (内循环), by name on the wire. Code knows each of them, so they are no code lists that
/// operators replace; the labels are what people read.
namespace lamplight::inner {

struct NamedCode {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

/// Specialised once an enumeration: kAll, in the enumeration's order.
template <typename E>
struct Names;

template <typename E>
inline constexpr std::size_t kCount = Names<E>::kAll.size();

template <typename E>
[[nodiscard]] constexpr const NamedCode& named(E value) {
  return Names<E>::kAll.at(static_cast<std::size_t>(value));
}
template <typename E>
[[nodiscard]] constexpr std::string_view to_string(E value) {
  return named(value).code;
}
template <typename E>
[[nodiscard]] constexpr std::optional<E> from_code(std::string_view code) {
  for (std::size_t i = 0; i < kCount<E>; ++i) {
    if (Names<E>::kAll[i].code == code) return static_cast<E>(i);
  }
  return std::nullopt;
}

enum class CaseKind : std::uint8_t { kDispute, kPetition };
template <>
struct Names<CaseKind> {
  static constexpr std::array<NamedCode, 2> kAll = {
      {{"dispute", "矛盾纠纷", "Dispute"}, {"petition", "信访", "Petition"}}};
};

/// An open case is in the state named after the step that it waits for.
enum class CaseState : std::uint8_t {
  kNone,          ///< no such case
  kSettlement,    ///< the responding officer is to settle it on the spot
  kAssessment,    ///< 评估
  kDispatch,      ///< 派单
  kFeedback,      ///< 反馈
  kVerification,  ///< 核查
  kRework,        ///< verification failed: feedback again
  kCaseReview,    ///< 立案审查
  kSettled,       ///< verified as settled
  kFiled,         ///< filed for investigation: its way is another one
  kWithdrawn,     ///< the alert was taken back before anybody acted on it
};
template <>
struct Names<CaseState> {
  static constexpr std::array<NamedCode, 11> kAll = {{{"none", "无", "None"},
                                                      {"settlement", "待处置", "To be settled"},
                                                      {"assessment", "待评估", "To be assessed"},
                                                      {"dispatch", "待派单", "To be dispatched"},
                                                      {"feedback", "待反馈", "Awaiting feedback"},
                                                      {"verification", "待核查", "To be verified"},
                                                      {"rework", "核查退回", "Returned"},
                                                      {"case_review", "立案审查", "Case review"},
                                                      {"settled", "已办结", "Verified as settled"},
                                                      {"filed", "已立案", "Filed"},
                                                      {"withdrawn", "已撤回", "Withdrawn"}}};
};
[[nodiscard]] constexpr bool is_open(CaseState state) {
  return state >= CaseState::kSettlement && state <= CaseState::kCaseReview;
}

enum class Severity : std::uint8_t { kLow, kMedium, kHigh, kCritical };
template <>
struct Names<Severity> {
  static constexpr std::array<NamedCode, 4> kAll = {{{"low", "低", "Low"},
                                                     {"medium", "中", "Medium"},
                                                     {"high", "高", "High"},
                                                     {"critical", "紧急", "Critical"}}};
};

/// How far the present step has missed its deadline.
enum class Overdue : std::uint8_t { kNone, kReminded, kEscalated, kMarked };
template <>
struct Names<Overdue> {
  static constexpr std::array<NamedCode, 4> kAll = {{{"none", "未超期", "In time"},
                                                     {"reminded", "已催办", "Reminded"},
                                                     {"escalated", "已报值班长", "Escalated"},
                                                     {"marked", "超期挂牌", "Marked overdue"}}};
};

/// What assessing finds: residual risk goes to the community officer (社区民警) for second handling.
enum class Risk : std::uint8_t { kNone, kResidual };
template <>
struct Names<Risk> {
  static constexpr std::array<NamedCode, 2> kAll = {
      {{"none", "无风险", "None"}, {"residual", "残留风险", "Residual risk"}}};
};

/// Why a dispute may not be mediated and goes to case review instead.
enum class Ground : std::uint8_t { kRepeatedOffence, kGangFight, kProvocation, kUnwillingParty };
template <>
struct Names<Ground> {
  static constexpr std::array<NamedCode, 4> kAll = {
      {{"repeated_offence", "多次违法", "Repeated offences"},
       {"gang_fight", "结伙斗殴", "Gang fight"},
       {"provocation", "寻衅滋事", "Provocation"},
       {"unwilling_party", "当事人不愿调解", "A party is unwilling"}}};
};

/// How a verification or a case review ended.
enum class Outcome : std::uint8_t { kPassed, kFailed, kFiled, kDeclined };
template <>
struct Names<Outcome> {
  static constexpr std::array<NamedCode, 4> kAll = {{{"passed", "核查通过", "Passed"},
                                                     {"failed", "核查不通过", "Failed"},
                                                     {"filed", "立案", "Filed"},
                                                     {"declined", "不予立案", "Declined"}}};
};

/// Why work goes back or a case is opened again.
enum class Reason : std::uint8_t {
  kNotDone,
  kPartyDisagrees,
  kRiskRemains,
  kIncomplete,
  kWrongPerson,
  kRelapse,
  kComplaint,
};
template <>
struct Names<Reason> {
  static constexpr std::array<NamedCode, 7> kAll = {
      {{"not_done", "未办理", "Not done"},
       {"party_disagrees", "当事人不认可", "A party disagrees"},
       {"risk_remains", "风险未消除", "The risk remains"},
       {"incomplete", "反馈不完整", "Feedback is incomplete"},
       {"wrong_person", "派单对象有误", "Sent to the wrong person"},
       {"relapse", "矛盾反复", "The dispute broke out again"},
       {"complaint", "群众反映", "Somebody complained"}}};
};

/// What an edge may ask: `inner.<ask>_submitted`.
enum class Ask : std::uint8_t {
  kSettlement,
  kAssessment,
  kDispatch,
  kFeedback,
  kVerification,
  kReview,
  kReopening,
  kRulesMove,
  kPetition,
};
template <>
struct Names<Ask> {
  static constexpr std::array<NamedCode, 9> kAll = {
      {{"settlement", "现场处置", "Settle on the spot"},
       {"assessment", "评估", "Assess"},
       {"dispatch", "派单", "Dispatch"},
       {"feedback", "反馈", "Feed back"},
       {"verification", "核查", "Verify"},
       {"review", "立案审查", "Decide the case review"},
       {"reopening", "重新启动", "Reopen"},
       {"rules_move", "适用新规则", "Move to the newest rules"},
       {"petition", "信访登记", "Register a petition"}}};
};

/// The events of the state table: what can happen to a case.
enum class Move : std::uint8_t {
  kAlert,
  kPetition,
  kLinkedAlert,
  kLinkedParty,
  kCorrection,
  kWithdrawal,
  kSettle,
  kAssess,
  kAssessGated,
  kDispatch,
  kFeedback,
  kFeedbackGated,
  kVerifyPass,
  kVerifyFail,
  kFile,
  kDecline,
  kReopen,
  kRulesMove,
  kRemind,
  kEscalate,
  kMark,
  kRepeat,
};
template <>
struct Names<Move> {
  static constexpr std::array<NamedCode, 22> kAll = {
      {{"alert", "接警", "A new alert"},
       {"petition", "信访", "A petition"},
       {"linked_alert", "关联警情", "An alert at the same place"},
       {"linked_party", "关联当事人", "A party met in another case"},
       {"correction", "警情更正", "The alert is corrected"},
       {"withdrawal", "警情撤回", "The alert is withdrawn"},
       {"settle", "现场处置", "Settled on the spot"},
       {"assess", "评估", "Assessed"},
       {"assess_gated", "评估转立案审查", "Assessed: not to be mediated"},
       {"dispatch", "派单", "Dispatched"},
       {"feedback", "反馈", "Fed back"},
       {"feedback_gated", "反馈转立案审查", "Fed back: not to be mediated"},
       {"verify_pass", "核查通过", "Verified as settled"},
       {"verify_fail", "核查退回", "Verification failed"},
       {"file", "立案", "Filed"},
       {"decline", "不予立案", "Not filed"},
       {"reopen", "重新启动", "Reopened"},
       {"rules_move", "适用新规则", "Moved to newer rules"},
       {"remind", "催办", "Deadline missed: reminder"},
       {"escalate", "报值班长", "Still missed: to the duty chief"},
       {"mark", "超期挂牌", "Still missed: marked"},
       {"repeat", "再次报值班长", "Still missed: to the duty chief again"}}};
};

/// Why a request was refused.
enum class Refusal : std::uint8_t {
  kUnreadable,
  kNoCase,
  kIllegalMove,
  kVersion,
  kSameOfficer,
  kCommunityOfficer,
  kReason,
  kCode,
  kNewestRules,
};
template <>
struct Names<Refusal> {
  static constexpr std::array<NamedCode, 9> kAll = {
      {{"unreadable", "无法读取", "The request cannot be read"},
       {"no_case", "无此事项", "There is no such case"},
       {"illegal_move", "当前状态不允许", "Not allowed in this state"},
       {"version", "版本已变", "The case has changed since it was read"},
       {"same_officer", "处置或反馈人不得核查", "Who settled or fed back may not verify"},
       {"community_officer", "残留风险须派社区民警",
        "Residual risk goes to the community officer of the area"},
       {"reason", "须填原因", "A reason of the list is needed"},
       {"code", "代码不存在", "A code is none of its list"},
       {"newest_rules", "已适用最新规则", "The newest rules apply already"}}};
};

}  // namespace lamplight::inner
