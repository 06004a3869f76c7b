// Bodies of officers' commands: any text gives a request that the inner loop can read, or a problem that names what is wrong.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "console/command_body.hpp"
#include "model/describe.hpp"
#include "model/limits.hpp"

namespace {

using namespace lamplight;

const CodeLists& lists() {
  static const CodeLists built_in = CodeLists::builtin().value();
  return built_in;
}

}  // namespace

// The first byte says which command.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto ask = static_cast<inner::Ask>(data[0] % inner::kCount<inner::Ask>);
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  const console::ReadCommand read = console::read_command(ask, json, lists());
  LAMPLIGHT_CHECK(read.body.has_value() != read.problem.has_value(),
                  "a body, or why there is none");
  if (read.problem) {
    LAMPLIGHT_CHECK(read.problem->errors.size() <= 32, "no body fills the memory with its errors");
    return 0;
  }
  LAMPLIGHT_CHECK(read.body->parties.size() <= kMaxListItems, "no list is over the bound");
  MsgpackWriter payload;
  const std::string_view subject =
      console::encode_command(ask, {"officer", {}, std::nullopt}, *read.body, payload);
  LAMPLIGHT_CHECK(subject.starts_with("inner.") && payload.bytes().size() < kMaxEventBytes,
                  "what was taken fits an event");
  return 0;
}
