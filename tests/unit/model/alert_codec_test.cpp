#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "alerts.hpp"
#include "model/alert.hpp"

namespace lamplight {
namespace {

using test::encoded;
using test::whole_alert;

TEST(AlertCodec, WhatWasEncodedIsDecodedEqual) {
  const std::string bytes = encoded(whole_alert());

  AlertReceived back;
  ASSERT_TRUE(decode_alert(as_bytes(bytes), back));
  EXPECT_EQ(back, whole_alert());
}

TEST(AlertCodec, ANewReaderIsNotConfusedByWhatTheLastAlertLeft) {
  const std::string full = encoded(whole_alert());
  const std::string empty = encoded(AlertReceived{});

  AlertReceived out;
  ASSERT_TRUE(decode_alert(as_bytes(full), out));
  ASSERT_TRUE(decode_alert(as_bytes(empty), out));
  EXPECT_EQ(out, AlertReceived{});
}

TEST(AlertCodec, AShorterArrayTakesDefaults) {
  MsgpackWriter writer;
  writer.array(3);
  writer.str("local");
  writer.str("A-1");
  writer.uint(3);

  AlertReceived out = whole_alert();
  ASSERT_TRUE(decode_alert(writer.bytes(), out));
  AlertReceived expected;
  expected.partner = "local";
  expected.partner_ref = "A-1";
  expected.status = AlertStatus::kTest;
  EXPECT_EQ(out, expected);
}

TEST(AlertCodec, FieldsOfALaterVersionArePassedOver) {
  std::string bytes = encoded(whole_alert());
  ASSERT_EQ(static_cast<unsigned char>(bytes[0]), 0xDC);  // array 16
  bytes[2] = static_cast<char>(bytes[2] + 2);
  bytes += "\x01";
  bytes += "\x92\xA1x\xC0";

  AlertReceived out;
  ASSERT_TRUE(decode_alert(as_bytes(bytes), out));
  EXPECT_EQ(out, whole_alert());
}

TEST(AlertCodec, EveryCutOfAPayloadIsRefused) {
  const std::string bytes = encoded(whole_alert());
  AlertReceived out;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_alert(as_bytes(bytes).first(size), out)) << size;
  }
  EXPECT_FALSE(decode_alert(as_bytes(bytes + "\xC0"), out));
}

TEST(AlertCodec, AStatusThatNobodyKnowsIsRefused) {
  MsgpackWriter writer;
  writer.array(3);
  writer.str("local");
  writer.str("A-1");
  writer.uint(5);
  AlertReceived out;
  EXPECT_FALSE(decode_alert(writer.bytes(), out));
}

TEST(AlertCodec, AStampThatNoCalendarHoldsIsRefused) {
  const auto decodes = [](std::int64_t us, std::int16_t minutes) {
    AlertReceived alert = whole_alert();
    alert.reported_at = Stamp{TimeUs{us}, minutes};
    const std::string bytes = encoded(alert);
    AlertReceived out;
    return decode_alert(as_bytes(bytes), out);
  };
  EXPECT_TRUE(decodes(0, 840));
  EXPECT_FALSE(decodes(0, 841));
  EXPECT_FALSE(decodes(0, -841));
  EXPECT_FALSE(decodes(std::numeric_limits<std::int64_t>::max(), 0));
  EXPECT_FALSE(decodes(std::numeric_limits<std::int64_t>::min(), 0));
}

TEST(AlertCodec, JsonShowsNamesStampsInTheirZoneAndIdsAsUuids) {
  std::string json;
  alert_to_json(whole_alert(), json);
  EXPECT_EQ(
      json,
      R"({"partner":"local","partner_ref":"LC-2022-000123","status":"Actual","class":"criminal","category":"theft",)"
      R"("area":"wuma","operations":["qinghuan","tiequan"],"places":{"station":"wuma-suo","grid":"G-017"},)"
      R"("occurred_at":"2022-08-25T20:10:00+08:00","reported_at":"2022-08-25T20:15:00+08:00",)"
      R"("stages":{"dispatch":"2022-08-25T20:16:00+08:00","arrive":"2022-08-25T20:20:00+08:00"},"amount_fen":120050,)"
      R"("corrects":"11111111-1111-1111-1111-111111111111","idempotency_key":"22222222-2222-2222-2222-222222222222",)"
      R"("body_digest":"33333333-3333-3333-3333-333333333333"})");
}

TEST(AlertCodec, JsonLeavesOutWhatIsNotSet) {
  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = "A-1";
  std::string json;
  alert_to_json(alert, json);
  EXPECT_EQ(
      json,
      R"({"partner":"local","partner_ref":"A-1","status":"Actual","reported_at":"1970-01-01T00:00:00Z"})");
}

}  // namespace
}  // namespace lamplight
