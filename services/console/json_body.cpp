#include "console/json_body.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>

#include "console/problems.hpp"

namespace lamplight::console {

JsonBody read_json_body(std::string_view text) {
  JsonBody out;
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    out.problem = not_json(fmt::format("At byte {}: a NUL.", nul));
    return out;
  }
  out.object.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
      text.data(), text.size());
  if (out.object.HasParseError()) {
    out.problem = not_json(fmt::format("At byte {}: {}", out.object.GetErrorOffset(),
                                       rapidjson::GetParseError_En(out.object.GetParseError())));
  } else if (!out.object.IsObject()) {
    out.problem = not_json("Send one object.");
  }
  return out;
}

}  // namespace lamplight::console
