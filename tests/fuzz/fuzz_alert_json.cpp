// Any bytes as a partner's JSON: the parser must answer, within its bounds, and never echo what it refuses. What it accepts
// must survive the log and parse back equal.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "model/alert_parser.hpp"

namespace {

using namespace lamplight;

const CodeLists& codes() {
  static const CodeLists lists = CodeLists::builtin().value();
  return lists;
}

void check_accepted(const AlertReceived& alert) {
  MsgpackWriter payload;
  encode_alert(alert, payload);
  AlertReceived decoded;
  LAMPLIGHT_CHECK(decode_alert(payload.bytes(), decoded), "an accepted alert decodes");
  LAMPLIGHT_CHECK(decoded == alert, "an accepted alert survives the log");

  std::string json;
  alert_to_json(alert, json);
  static AlertParser again(codes());
  AlertReceived back;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;
  LAMPLIGHT_CHECK(again.parse(json, back, errors, warnings), "a shown alert parses");
  LAMPLIGHT_CHECK(back == alert, "a shown alert parses back equal");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static AlertParser parser(codes());
  static AlertReceived alert;
  static std::vector<FieldError> errors;
  static std::vector<Warning> warnings;
  const std::string_view json(reinterpret_cast<const char*>(data), size);

  const bool accepted = parser.parse(json, alert, errors, warnings);
  LAMPLIGHT_CHECK(accepted == errors.empty(), "what is not accepted says why");
  LAMPLIGHT_CHECK(errors.size() <= kMaxFieldErrors && warnings.size() <= kMaxWarnings,
                  "answers are bounded");
  if (accepted) check_accepted(alert);
  return 0;
}
