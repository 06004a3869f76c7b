#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "inner_reports.hpp"
#include "reports.hpp"

namespace lamplight {
namespace {

template <typename T>
class ReportCodec : public ::testing::Test {};
using Reports =
    ::testing::Types<ClearanceOrdered, ClearanceReported, CaseReported, PersonReported,
                     HazardReported, FigureDeclared, CampaignDefined, OfficerAdded, OfficerChanged,
                     OfficerRevoked, SettlementSubmitted, AssessmentSubmitted, DispatchSubmitted,
                     FeedbackSubmitted, VerificationSubmitted, ReviewSubmitted, ReopeningSubmitted,
                     RulesMoveSubmitted, PetitionSubmitted, CaseEvent, CaseRefused, RulesPublished>;
TYPED_TEST_SUITE(ReportCodec, Reports);

TYPED_TEST(ReportCodec, WhatWasEncodedIsDecodedEqual) {
  const auto item = test::whole<TypeParam>();
  const std::string bytes = test::payload_of(item);

  TypeParam back;
  ASSERT_TRUE(decode(as_bytes(bytes), back));
  EXPECT_EQ(back, item);
}

TYPED_TEST(ReportCodec, NothingIsLeftOfTheReportReadBefore) {
  const std::string full = test::payload_of(test::whole<TypeParam>());
  const std::string empty = test::payload_of(TypeParam{});

  TypeParam out;
  ASSERT_TRUE(decode(as_bytes(full), out));
  ASSERT_TRUE(decode(as_bytes(empty), out));
  EXPECT_EQ(out, TypeParam{});
}

TYPED_TEST(ReportCodec, EveryCutOfAPayloadIsRefused) {
  const std::string bytes = test::payload_of(test::whole<TypeParam>());
  TypeParam out;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode(as_bytes(bytes).first(size), out)) << size;
}

TYPED_TEST(ReportCodec, FieldNamesAreDistinctAndNumberedByPlace) {
  const auto infos = field_infos<TypeParam>();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    EXPECT_FALSE(infos[i].en.empty() || infos[i].zh.empty()) << infos[i].name;
    for (std::size_t n = 0; n < i; ++n) EXPECT_NE(infos[i].name, infos[n].name);
  }
}

TEST(CountCodec, ABoundThatNobodyKnowsIsRefused) {
  const auto decodes = [](std::uint64_t bound) {
    MsgpackWriter writer;
    writer.array(5);
    writer.str("site");
    writer.str("");
    writer.str("");
    writer.sint(std::numeric_limits<std::int64_t>::max());
    writer.uint(bound);
    MsgpackReader reader(writer.bytes());
    Count out;
    wire::read(reader, out);
    return reader.ok() && out.n == std::numeric_limits<std::int64_t>::max();
  };
  EXPECT_TRUE(decodes(0));
  EXPECT_TRUE(decodes(2));
  EXPECT_FALSE(decodes(3));
}

TEST(CountCodec, AsManyNumbersAndUnitsAsAReportMayHaveAreRead) {
  auto item = test::whole<ClearanceReported>();
  item.counts.assign(kMaxCounts, {"site", "", "", 1, Bound::kExact});
  item.with_units.assign(kMaxUnits, "wuma");
  const std::string bytes = test::payload_of(item);
  ClearanceReported back;
  ASSERT_TRUE(decode(as_bytes(bytes), back));
  EXPECT_EQ(back, item);
}

TEST(Bounds, AreNamedOnWireAndInJson) {
  for (const Bound bound : {Bound::kExact, Bound::kAtLeast, Bound::kReaches})
    EXPECT_EQ(bound_from(to_string(bound)), bound);
  EXPECT_EQ(bound_from("more"), std::nullopt);
}

}  // namespace
}  // namespace lamplight
