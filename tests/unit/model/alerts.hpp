#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/alert.hpp"

namespace lamplight::test {

inline Stamp at(std::int64_t seconds, std::int16_t offset_minutes = 480) {
  return {TimeUs{seconds * 1'000'000}, offset_minutes};
}

inline Id16 id(std::uint8_t fill) {
  Id16 out;
  out.bytes.fill(fill);
  return out;
}

/// An alert with every field set; 1661429700 is 2022-08-25T20:15:00+08:00.
inline AlertReceived whole_alert() {
  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = "LC-2022-000123";
  alert.status = AlertStatus::kActual;
  alert.class_code = "criminal";
  alert.category = "theft";
  alert.area = "wuma";
  alert.operations = {"qinghuan", "tiequan"};
  alert.places = {{"station", "wuma-suo"}, {"grid", "G-017"}};
  alert.occurred_at = at(1'661'429'400);
  alert.reported_at = at(1'661'429'700);
  alert.stages = {{"dispatch", at(1'661'429'760)}, {"arrive", at(1'661'430'000)}};
  alert.amount_fen = 120'050;
  alert.corrects = id(0x11);
  alert.idempotency_key = id(0x22);
  alert.body_digest = id(0x33);
  return alert;
}

inline std::string encoded(const AlertReceived& alert) {
  MsgpackWriter out;
  encode_alert(alert, out);
  return out.take();
}

}  // namespace lamplight::test
