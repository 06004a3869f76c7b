#pragma once

#include "model/describe.hpp"

namespace lamplight {

/// `alert.received`, version 1. The one place that says what an alert is: codecs, schemas and tables follow.
template <>
struct Description<AlertReceived> {
  using A = AlertReceived;
  static constexpr std::string_view kSubject = kAlertReceived;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::string_view kName = "alert";
  static constexpr std::string_view kTitle = "Alert";
  static constexpr std::string_view kPath = "alerts";  ///< POST /v1/<path>
  static constexpr auto kFields = std::make_tuple(
      field("partner", &A::partner, Origin::kIntake, Presence::kRequired, rule::reference(),
            "Who sent it: the partner whose key was used.", "报送单位,由接入服务按密钥填写。"),
      field("partner_ref", &A::partner_ref, Origin::kSender, Presence::kRequired, rule::reference(),
            "The sender's own number of this alert; a repeat with the same number counts once.",
            "报送方自己的编号;同一编号重复报送只计一次。"),
      field("status", &A::status, Origin::kSender, Presence::kRequired,
            rule::code(CodeList::kStatus), "CAP 1.2 status. Only Actual is ever counted.",
            "状态(CAP 1.2);只有 Actual 计入统计。"),
      field("class", &A::class_code, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kClass), "Class that categories roll up to.", "警情大类。"),
      field("category", &A::category, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kCategory), "Category as received.", "接警类别。"),
      field("area", &A::area, Origin::kSender, Presence::kUnlessWithdrawing,
            rule::code(CodeList::kArea), "Area that the alert counts under.", "所属区域。"),
      field("operations", &A::operations, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kOperation), "Campaign operations it belongs to, none repeated.",
            "所属专项行动,不得重复。"),
      field("places", &A::places, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kPlaceScheme), "Further codes of the place, by scheme.",
            "地点代码,按编码体系列出。"),
      field("occurred_at", &A::occurred_at, Origin::kSender, Presence::kOptional, rule::none(),
            "When it happened or was called in, if known.", "发生或接警时间(如已知)。"),
      field("reported_at", &A::reported_at, Origin::kSender, Presence::kRequired, rule::none(),
            "When it was reported to the sender.", "向报送方报告的时间。"),
      field("stages", &A::stages, Origin::kSender, Presence::kOptional,
            rule::codes(CodeList::kStage), "When each stage was reached.", "各处置环节的时间。"),
      field("amount_fen", &A::amount_fen, Origin::kSender, Presence::kOptional,
            rule::range(0, kMaxNumber),
            "Money involved, in fen: a whole number, 100 fen are one yuan.",
            "涉案金额,以分为单位的整数。"),
      field("corrects", &A::corrects, Origin::kSender, Presence::kOptional, rule::none(),
            "Id of an earlier alert of the same sender whose place this one takes.",
            "所更正的本单位原警情编号。"),
      field("withdraws", &A::withdraws, Origin::kSender, Presence::kOptional, rule::none(),
            "Id of an earlier alert of the same sender that is taken out.",
            "所撤回的本单位原警情编号。"),
      field("idempotency_key", &A::idempotency_key, Origin::kIntake, Presence::kOptional,
            rule::none(), "Keyed hash of partner and Idempotency-Key.", "幂等键的带密钥摘要。"),
      field("body_digest", &A::body_digest, Origin::kIntake, Presence::kOptional, rule::none(),
            "Keyed hash of what the partner said.", "报文内容的带密钥摘要。"));
};

}  // namespace lamplight
