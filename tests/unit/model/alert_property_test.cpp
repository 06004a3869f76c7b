#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <deque>

#include "alerts.hpp"
#include "model/alert_parser.hpp"
#include "model/describe.hpp"
#include "model/rfc3339.hpp"

namespace lamplight {
namespace {

// Texts that alerts view; a deque, so that they stay where they are.
using Texts = std::deque<std::string>;

std::string_view text(Texts& texts) {
  return texts.emplace_back(*rc::gen::arbitrary<std::string>());
}

std::string_view code(Texts& texts) {
  return texts.emplace_back(
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z'))));
}

Stamp stamp() {
  const auto minutes = *rc::gen::inRange<std::int16_t>(-840, 841);
  const auto us = *rc::gen::inRange<std::int64_t>(0, 7'258'000'000'000'000);
  return {TimeUs{us - std::int64_t{minutes} * 60'000'000}, minutes};
}

Id16 id() {
  Id16 out;
  for (auto& byte : out.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return out;
}

bool coin() { return *rc::gen::arbitrary<bool>(); }

// Any value of the type, whether or not a partner may send it.
AlertReceived any_alert(Texts& texts) {
  AlertReceived alert;
  alert.partner = text(texts);
  alert.partner_ref = text(texts);
  alert.status = static_cast<AlertStatus>(*rc::gen::inRange(0, 5));
  alert.class_code = text(texts);
  alert.category = text(texts);
  alert.area = text(texts);
  for (int n = *rc::gen::inRange(0, 20); n > 0; --n) alert.operations.push_back(text(texts));
  for (int n = *rc::gen::inRange(0, 20); n > 0; --n)
    alert.places.push_back({text(texts), text(texts)});
  for (int n = *rc::gen::inRange(0, 20); n > 0; --n) alert.stages.push_back({text(texts), stamp()});
  if (coin()) alert.occurred_at = stamp();
  alert.reported_at = stamp();
  if (coin()) alert.amount_fen = *rc::gen::arbitrary<std::int64_t>();
  if (coin()) alert.corrects = id();
  if (coin()) alert.withdraws = id();
  if (coin()) alert.idempotency_key = id();
  alert.body_digest = id();
  return alert;
}

// An alert as a partner may send it.
AlertReceived sent_alert(Texts& texts) {
  AlertReceived alert;
  alert.partner_ref = code(texts).substr(0, 64);
  alert.status = static_cast<AlertStatus>(*rc::gen::inRange(0, 5));
  alert.class_code = code(texts).substr(0, 64);
  alert.category = code(texts).substr(0, 64);
  alert.area = code(texts).substr(0, 64);
  if (coin()) alert.operations = {"bading", "rongbing"};
  if (coin())
    alert.places = {{"grid", code(texts).substr(0, 40)}, {"zip", code(texts).substr(0, 40)}};
  if (coin()) alert.stages = {{"dispatch", stamp()}, {"turnout", stamp()}};
  if (coin()) alert.occurred_at = stamp();
  alert.reported_at = stamp();
  if (coin()) alert.amount_fen = *rc::gen::inRange<std::int64_t>(0, kMaxNumber + 1);
  if (coin()) alert.corrects = id();
  return alert;
}

RC_GTEST_PROP(AlertCodecProperty, DecodingWhatWasEncodedGivesTheSameAlert, ()) {
  Texts texts;
  const AlertReceived alert = any_alert(texts);
  const std::string bytes = test::encoded(alert);

  AlertReceived back = test::whole_alert();
  RC_ASSERT(decode_alert(as_bytes(bytes), back));
  RC_ASSERT(back == alert);
}

RC_GTEST_PROP(AlertCodecProperty, AnyBytesAreDecodedOrRefused,
              (const std::vector<std::uint8_t>& bytes)) {
  AlertReceived out;
  if (!decode_alert(Bytes{bytes.data(), bytes.size()}, out)) return;
  std::string json;
  alert_to_json(out, json);
  RC_ASSERT(!json.empty());
}

RC_GTEST_PROP(AlertCodecProperty, ADamagedPayloadIsDecodedOrRefused, ()) {
  Texts texts;
  std::string bytes = test::encoded(any_alert(texts));
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();

  AlertReceived out;
  if (!decode_alert(as_bytes(bytes), out)) return;
  std::string json;
  alert_to_json(out, json);
  RC_ASSERT(json.starts_with("{"));
}

RC_GTEST_PROP(AlertJsonProperty, WhatIsShownOfAPartnersAlertParsesBackEqual, ()) {
  Texts texts;
  const AlertReceived alert = sent_alert(texts);
  std::string json;
  alert_to_json(alert, json);

  static const CodeLists codes = CodeLists::builtin().value();
  AlertParser parser(codes);
  AlertReceived back;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;
  if (!parser.parse(json, back, errors, warnings))
    RC_FAIL(errors[0].pointer + " " + errors[0].rule + ": " + json);
  RC_ASSERT(back == alert);
}

RC_GTEST_PROP(StampProperty, ShownStampsReadBackEqual, ()) {
  const Stamp told = stamp();
  Stamp back;
  RC_ASSERT(parse_rfc3339(to_rfc3339(told), back) == StampFault::kNone);
  RC_ASSERT(back == told);
}

}  // namespace
}  // namespace lamplight
