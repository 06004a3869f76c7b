#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string>
#include <string_view>

namespace lamplight::tally {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;

/// What writers of a report's JSON say a field with; they derive from it.
class JsonFields {
 protected:
  explicit JsonFields(Json& json) : json_(json) {}

  void string(std::string_view text) {
    json_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void key(std::string_view text) {
    json_.Key(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void field(std::string_view name, std::string_view value) { key(name), string(value); }
  void flag(std::string_view name, bool value) { key(name), json_.Bool(value); }
  void maybe(std::string_view name, const std::optional<std::string>& value) {
    key(name);
    if (value) string(*value);
    else json_.Null();
  }

  Json& json_;
};

}  // namespace lamplight::tally
