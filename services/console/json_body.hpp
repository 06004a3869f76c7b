#pragma once

#include <rapidjson/document.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "http/problem.hpp"

namespace lamplight::console {

/// A request's body as one JSON object, or why it is none. Strict: valid UTF-8, nothing behind the object, no NUL anywhere
/// (the parser takes one for the end, and what follows would go unread). Which members may stand in it, and how often, is the
/// reader's to say.
struct JsonBody {
  rapidjson::Document object;
  std::optional<http::Problem> problem;
};
[[nodiscard]] JsonBody read_json_body(std::string_view text);

/// How often the object has a member of that name. JSON lets it be repeated, and each reader takes another one.
[[nodiscard]] inline std::size_t times_said(const rapidjson::Value& object, std::string_view name) {
  const auto members = object.GetObject();
  return static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(), [name](const auto& member) {
        return std::string_view(member.name.GetString(), member.name.GetStringLength()) == name;
      }));
}

}  // namespace lamplight::console
