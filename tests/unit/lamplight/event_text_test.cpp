#include "event_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/item_types.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::cli {
namespace {

using ::testing::HasSubstr;

Event event_of(std::string_view subject, Bytes payload) {
  Event event;
  event.subject = subject;
  event.payload = payload;
  event.producer = "intake";
  event.offset = {42};
  event.time = {1'661'400'000'000'000};
  event.id.bytes[15] = 7;
  return event;
}

std::string encoded_alert() {
  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = "a-1";
  alert.class_code = "criminal";
  alert.category = "theft";
  alert.area = "wuma";
  alert.reported_at = {{1'661'400'000'000'000}, 480};
  MsgpackWriter out;
  encode_alert(alert, out);
  return out.take();
}

TEST(EventText, ALineShowsPlaceTimeSubjectAndNames) {
  const std::string payload = encoded_alert();
  std::string line;

  append_event_line(event_of("alert.received", as_bytes(payload)), line);

  EXPECT_TRUE(line.starts_with(
      "        42  2022-08-25T04:00:00Z  alert.received  intake  {\"partner\":\"local\","))
      << line;
  EXPECT_TRUE(line.ends_with("}\n"));
}

TEST(EventText, JsonHoldsThePayloadByName) {
  const std::string payload = encoded_alert();
  std::string line;

  append_event_json(event_of("alert.received", as_bytes(payload)), line);

  EXPECT_TRUE(line.starts_with(
      "{\"offset\":42,\"time\":\"2022-08-25T04:00:00Z\",\"subject\":\"alert.received\","
      "\"id\":\"00000000-0000-0000-0000-000000000007\",\"producer\":\"intake\",\"cause\":0,"
      "\"schema\":1,\"payload\":{\"partner\":\"local\""))
      << line;
  EXPECT_TRUE(line.ends_with("}}\n"));
}

TEST(EventText, EveryReportIsShownByName) {
  ClearanceReported report;
  report.partner = "local";
  report.partner_ref = "r-1";
  report.unit = "wuma";
  report.counts = {{"site", "", "", 0, Bound::kExact}};
  CampaignDefined campaign;
  campaign.partner_ref = "summer/1";
  MsgpackWriter first;
  encode(report, first);
  MsgpackWriter second;
  encode(campaign, second);
  std::string lines;

  append_event_line(event_of("clearance.reported", first.bytes()), lines);
  append_event_line(event_of("campaign.defined", second.bytes()), lines);

  EXPECT_THAT(lines, HasSubstr(R"("unit":"wuma")"));
  EXPECT_THAT(lines, HasSubstr(R"("counts":[{"what":"site","n":0}])"));
  EXPECT_THAT(lines, HasSubstr(R"("partner_ref":"summer/1")"));
}

TEST(EventText, WhatCannotBeNamedIsShownAsBytes) {
  const std::string payload = "\x93\x01";
  std::string line;
  std::string json;

  append_event_line(event_of("weather.reported", as_bytes(payload)), line);
  append_event_json(event_of("alert.received", as_bytes(payload)), json);

  EXPECT_TRUE(line.ends_with("weather.reported  intake  payload 9301\n")) << line;
  EXPECT_TRUE(json.ends_with("\"payload_hex\":\"9301\"}\n")) << json;
}

}  // namespace
}  // namespace lamplight::cli
