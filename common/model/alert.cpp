#include "model/alert.hpp"

#include <array>

#include "model/alert_description.hpp"

namespace lamplight {

namespace {
// By the number that stands on the wire.
constexpr std::array<std::string_view, 5> kStatusNames = {"Actual", "Exercise", "System", "Test",
                                                          "Draft"};
}  // namespace

std::string_view to_string(AlertStatus status) {
  return kStatusNames.at(static_cast<std::size_t>(status));
}

std::optional<AlertStatus> status_from(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<AlertStatus>(i);
  }
  return std::nullopt;
}

void encode_alert(const AlertReceived& alert, MsgpackWriter& out) { encode(alert, out); }

bool decode_alert(Bytes payload, AlertReceived& out) { return decode(payload, out); }

}  // namespace lamplight
