// Any bytes as a partner's JSON, alert or report: each parser must answer, within its bounds, and never echo what it
// refuses. What it accepts must survive the log and parse back equal.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "model/item_json.hpp"
#include "model/item_parser.hpp"
#include "model/item_types.hpp"

namespace {

using namespace lamplight;

const CodeLists& codes() {
  static const CodeLists lists = CodeLists::builtin().value();
  return lists;
}

template <typename T>
void check_accepted(const T& item) {
  MsgpackWriter payload;
  encode(item, payload);
  T decoded;
  LAMPLIGHT_CHECK(decode(payload.bytes(), decoded), "an accepted item decodes");
  LAMPLIGHT_CHECK(decoded == item, "an accepted item survives the log");

  std::string json;
  to_json(item, json);
  static ItemParser<T> again(codes());
  T back;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;
  LAMPLIGHT_CHECK(again.parse(json, back, errors, warnings), "a shown item parses");
  LAMPLIGHT_CHECK(back == item, "a shown item parses back equal");
}

template <typename T>
void run(std::string_view json) {
  static ItemParser<T> parser(codes());
  static T item;
  static std::vector<FieldError> errors;
  static std::vector<Warning> warnings;

  const bool accepted = parser.parse(json, item, errors, warnings);
  LAMPLIGHT_CHECK(accepted == errors.empty(), "what is not accepted says why");
  LAMPLIGHT_CHECK(errors.size() <= kMaxFieldErrors && warnings.size() <= kMaxWarnings,
                  "answers are bounded");
  if (accepted) check_accepted(item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  for_each_item_type([&]<typename T>(Item<T>) { run<T>(json); });
  return 0;
}
