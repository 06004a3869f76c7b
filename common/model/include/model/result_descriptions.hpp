#pragma once

#include "model/describe.hpp"
#include "model/results.hpp"

/// The one place that says what each report is: codecs, schemas, tables and tally's columns follow. Version 1 of each.
namespace lamplight {

namespace describe {
// Fields that every report has, worded once.
template <typename T>
constexpr auto partner() {
  return field("partner", &T::partner, Origin::kIntake, Presence::kRequired, rule::reference(),
               "Who sent it: the partner whose key was used.", "报送单位,由接入服务按密钥填写。");
}
template <typename T>
constexpr auto partner_ref() {
  return field("partner_ref", &T::partner_ref, Origin::kSender, Presence::kRequired,
               rule::reference(),
               "The sender's own number of this report; a repeat with the same number counts once.",
               "报送方自己的编号;同一编号重复报送只计一次。");
}
template <typename T>
constexpr auto status() {
  return field("status", &T::status, Origin::kSender, Presence::kRequired,
               rule::code(CodeList::kStatus), "CAP 1.2 status. Only Actual is ever counted.",
               "状态(CAP 1.2);只有 Actual 计入统计。");
}
template <typename T>
constexpr auto unit(Presence presence) {
  return field("unit", &T::unit, Origin::kSender, presence, rule::code(CodeList::kUnit),
               "Unit that the report speaks of.", "所属单位。");
}
constexpr Rule list_of_units() {
  Rule r = rule::codes(CodeList::kUnit);
  r.max_items = kMaxUnits;
  return r;
}
template <typename T>
constexpr auto with_units() {
  return field("with_units", &T::with_units, Origin::kSender, Presence::kOptional, list_of_units(),
               "The other units of a joint action.", "联合行动的其他单位。");
}
template <typename T>
constexpr auto area() {
  return field("area", &T::area, Origin::kSender, Presence::kOptional, rule::code(CodeList::kArea),
               "Area that it counts under.", "所属区域。");
}
template <typename T>
constexpr auto category() {
  return field("category", &T::category, Origin::kSender, Presence::kUnlessWithdrawing,
               rule::code(CodeList::kCategory), "Category that it counts under.", "类别。");
}
template <typename T>
constexpr auto operations() {
  return field("operations", &T::operations, Origin::kSender, Presence::kOptional,
               rule::codes(CodeList::kOperation),
               "Campaign operations it belongs to, none repeated.", "所属专项行动,不得重复。");
}
template <typename T>
constexpr auto clearance(Presence presence) {
  return field("clearance", &T::clearance, Origin::kSender, presence, rule::reference(),
               "Code of the clearance operation, the same in its order and its reports.",
               "清查行动代码,与行动部署一致。");
}
template <typename T>
constexpr auto happened_at() {
  return field("happened_at", &T::happened_at, Origin::kSender, Presence::kUnlessWithdrawing,
               rule::none(), "When it happened in the world: what periods go by.",
               "发生时间,统计期间以此为准。");
}
template <typename T>
constexpr auto reported_at() {
  return field("reported_at", &T::reported_at, Origin::kSender, Presence::kRequired, rule::none(),
               "When the sender made this report.", "报送方形成本报告的时间。");
}
template <typename T>
constexpr auto counts() {
  return field("counts", &T::counts, Origin::kSender, Presence::kOptional, rule::counts(),
               "Numbers: what, of which kind, with which result. What was not counted is left out; "
               "0 says that there was none.",
               "数字:项目、种类、结果。未统计的不填,填 0 表示没有。");
}
template <typename T>
constexpr auto corrects() {
  return field("corrects", &T::corrects, Origin::kSender, Presence::kOptional, rule::reference(),
               "partner_ref of a report of the same type whose place this one takes; it may come "
               "before that one.",
               "所更正的本单位同类报告的编号,可先于原报告到达。");
}
template <typename T>
constexpr auto withdraws() {
  return field("withdraws", &T::withdraws, Origin::kSender, Presence::kOptional, rule::reference(),
               "partner_ref of a report of the same type that is taken out, with its corrections.",
               "所撤回的本单位同类报告的编号,其更正一并撤回。");
}
template <typename T>
constexpr auto idempotency_key() {
  return field("idempotency_key", &T::idempotency_key, Origin::kIntake, Presence::kOptional,
               rule::none(), "Keyed hash of partner and Idempotency-Key.", "幂等键的带密钥摘要。");
}
template <typename T>
constexpr auto body_digest() {
  return field("body_digest", &T::body_digest, Origin::kIntake, Presence::kOptional, rule::none(),
               "Keyed hash of what the sender said.", "报文内容的带密钥摘要。");
}
template <typename T>
constexpr auto bound() {
  return field("bound", &T::bound, Origin::kSender, Presence::kOptional, rule::none(),
               "exact, at_least (余) or reaches (达); exact when left out.",
               "exact 准确、at_least 余、reaches 达;不填为准确。");
}
template <typename T>
constexpr auto case_key(Presence presence) {
  return field("case", &T::case_key, Origin::kSender, presence, rule::reference(),
               "Opaque key of the case, the same wherever the case is spoken of.",
               "案件的不透明标识,各处一致。");
}
}  // namespace describe

template <>
struct Description<ClearanceOrdered> {
  using T = ClearanceOrdered;
  static constexpr std::string_view kSubject = kClearanceOrdered;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "clearance-order";
  static constexpr std::string_view kTitle = "Clearance order";
  static constexpr std::string_view kPath = "clearance-orders";  ///< POST /v1/<path>
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      describe::clearance<T>(Presence::kUnlessWithdrawing),
      field("campaign", &T::campaign, Origin::kSender, Presence::kOptional, rule::reference(),
            "Code of the campaign that the operation belongs to.", "所属专项行动(活动)代码。"),
      field("action", &T::action, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kClearanceAction), "plan, open or close.", "部署、启动或结束。"),
      field("number", &T::number, Origin::kSender, Presence::kOptional, rule::range(1, 1'000'000),
            "Which one of its series.", "第几次。"),
      field("units", &T::units, Origin::kSender, Presence::kOptional, describe::list_of_units(),
            "Units that are to report.", "应报单位。"),
      field("shifts", &T::shifts, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kShift), "Shifts that each unit is to report; none: one report.",
            "应报班次;不填则每单位一份。"),
      field("focus", &T::focus, Origin::kSender, Presence::kOptional, rule::codes(CodeList::kFocus),
            "Kinds that it looks at.", "清查重点。"),
      field("from", &T::from, Origin::kSender, Presence::kOptional, rule::none(),
            "Beginning of its window.", "开始时间。"),
      field("until", &T::until, Origin::kSender, Presence::kOptional, rule::none(),
            "End of its window.", "结束时间。"),
      describe::reported_at<T>(), describe::corrects<T>(), describe::withdraws<T>(),
      describe::idempotency_key<T>(), describe::body_digest<T>());
};

template <>
struct Description<ClearanceReported> {
  using T = ClearanceReported;
  static constexpr std::string_view kSubject = kClearanceReported;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "clearance-report";
  static constexpr std::string_view kTitle = "Clearance report";
  static constexpr std::string_view kPath = "clearance-reports";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      describe::clearance<T>(Presence::kUnlessWithdrawing),
      describe::unit<T>(Presence::kUnlessWithdrawing), describe::with_units<T>(),
      field("joint", &T::joint, Origin::kSender, Presence::kOptional, rule::reference(),
            "Opaque key of a joint action that several units report: it counts once.",
            "多单位共报的联合行动标识,只计一次。"),
      field("shift", &T::shift, Origin::kSender, Presence::kOptional, rule::code(CodeList::kShift),
            "Shift of the unit.", "班次。"),
      describe::area<T>(), describe::operations<T>(), describe::happened_at<T>(),
      describe::reported_at<T>(), describe::counts<T>(), describe::corrects<T>(),
      describe::withdraws<T>(), describe::idempotency_key<T>(), describe::body_digest<T>());
};

template <>
struct Description<CaseReported> {
  using T = CaseReported;
  static constexpr std::string_view kSubject = kCaseReported;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "case-result";
  static constexpr std::string_view kTitle = "Case result";
  static constexpr std::string_view kPath = "case-results";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      describe::case_key<T>(Presence::kUnlessWithdrawing),
      describe::unit<T>(Presence::kUnlessWithdrawing), describe::with_units<T>(),
      describe::area<T>(), describe::category<T>(),
      field("flags", &T::flags, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kCaseFlag), "What is true of the case: gang, supervised, …",
            "案件标记:团伙、督办等。"),
      describe::operations<T>(), describe::clearance<T>(Presence::kOptional),
      field("stages", &T::stages, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kCaseStage), "When each stage was reached.",
            "各办案环节的时间。"),
      describe::happened_at<T>(), describe::reported_at<T>(), describe::counts<T>(),
      describe::corrects<T>(), describe::withdraws<T>(), describe::idempotency_key<T>(),
      describe::body_digest<T>());
};

template <>
struct Description<PersonReported> {
  using T = PersonReported;
  static constexpr std::string_view kSubject = kPersonReported;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "person-result";
  static constexpr std::string_view kTitle = "Person result";
  static constexpr std::string_view kPath = "person-results";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      field("person", &T::person, Origin::kSender, Presence::kUnlessWithdrawing, rule::token(),
            "Pseudonymous key of the person: a token made with a secret key, never a name or a "
            "number of a document.",
            "人员的假名标识(用密钥生成),不得为姓名或证件号码。"),
      field("person_scope", &T::person_scope, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kPersonScope),
            "district: made with the district's key, equal for one person whoever sends; sender: "
            "the sender's own.",
            "district 全区统一密钥;sender 报送方自有密钥。"),
      describe::case_key<T>(Presence::kOptional), describe::clearance<T>(Presence::kOptional),
      describe::unit<T>(Presence::kUnlessWithdrawing), describe::area<T>(), describe::category<T>(),
      field("outcomes", &T::outcomes, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kOutcome),
            "What happened to the person then; flags, not exclusive.", "处理结果,可多项。"),
      field("flags", &T::flags, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kPersonFlag), "What is true of the person in the campaign.",
            "人员标记。"),
      describe::operations<T>(),
      field("listed_at", &T::listed_at, Origin::kSender, Presence::kOptional, rule::none(),
            "Of a wanted person: when the listing began.", "在逃人员上网时间。"),
      describe::happened_at<T>(), describe::reported_at<T>(), describe::corrects<T>(),
      describe::withdraws<T>(), describe::idempotency_key<T>(), describe::body_digest<T>());
};

template <>
struct Description<HazardReported> {
  using T = HazardReported;
  static constexpr std::string_view kSubject = kHazardReported;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "hazard";
  static constexpr std::string_view kTitle = "Hazard";
  static constexpr std::string_view kPath = "hazards";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      field("hazard", &T::hazard, Origin::kSender, Presence::kUnlessWithdrawing, rule::reference(),
            "Opaque key of the hazard, the same through its life.", "隐患标识,自始至终一致。"),
      field("state", &T::state, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kHazardState), "found, rectified, verified or waived.",
            "发现、已整改、已核查、免除。"),
      field("kind", &T::kind, Origin::kSender, Presence::kOptional,
            rule::code(CodeList::kHazardKind), "What sort of hazard.", "隐患种类。"),
      describe::clearance<T>(Presence::kOptional), describe::unit<T>(Presence::kUnlessWithdrawing),
      describe::area<T>(), describe::operations<T>(),
      field("due_at", &T::due_at, Origin::kSender, Presence::kOptional, rule::none(),
            "By when it is to be rectified.", "整改期限。"),
      describe::happened_at<T>(), describe::reported_at<T>(), describe::corrects<T>(),
      describe::withdraws<T>(), describe::idempotency_key<T>(), describe::body_digest<T>());
};

template <>
struct Description<FigureDeclared> {
  using T = FigureDeclared;
  static constexpr std::string_view kSubject = kFigureDeclared;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "declared-figure";
  static constexpr std::string_view kTitle = "Declared figure";
  static constexpr std::string_view kPath = "declared-figures";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      field("campaign", &T::campaign, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::reference(), "Code of the campaign.", "专项行动(活动)代码。"),
      field("figure", &T::figure, Origin::kSender, Presence::kUnlessWithdrawing, rule::reference(),
            "Id of one of its figures.", "数字标识。"),
      field("role", &T::role, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kFigureRole),
            "value: stands for the figure; baseline: of the period before; published: what was "
            "printed.",
            "value 代替统计值;baseline 上期值;published 已公布值。"),
      field("n", &T::n, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::range(-kMaxNumber, kMaxNumber), "The number, in the figure's unit.",
            "数值,按该数字的单位。"),
      describe::bound<T>(),
      field("source", &T::source, Origin::kSender, Presence::kOptional, rule::reference(),
            "Reference of the document it is taken from.", "来源文件编号。"),
      field("as_of", &T::as_of, Origin::kSender, Presence::kUnlessWithdrawing, rule::none(),
            "The moment that it speaks of.", "数字截至时间。"),
      describe::reported_at<T>(), describe::corrects<T>(), describe::withdraws<T>(),
      describe::idempotency_key<T>(), describe::body_digest<T>());
};

inline constexpr std::size_t kMaxCampaignBytes = 256U << 10;

template <>
struct Description<CampaignDefined> {
  using T = CampaignDefined;
  static constexpr std::string_view kSubject = kCampaignDefined;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "campaign";
  static constexpr std::string_view kTitle = "Campaign";
  static constexpr auto kFields = std::make_tuple(
      describe::partner<T>(), describe::partner_ref<T>(), describe::status<T>(),
      field("campaign", &T::campaign, Origin::kSender, Presence::kRequired, rule::reference(),
            "Code of the campaign.", "专项行动(活动)代码。"),
      field("version", &T::version, Origin::kSender, Presence::kRequired, rule::range(1, 1'000'000),
            "One more than that of the definition it replaces.", "版本,逐次加一。"),
      field("document", &T::document, Origin::kSender, Presence::kRequired,
            rule::document(kMaxCampaignBytes), "The definition, as docs/campaign.md tells it.",
            "定义文件(TOML)。"),
      describe::reported_at<T>());
};

}  // namespace lamplight
