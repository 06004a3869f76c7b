#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::console {

/// Writes one JSON object, field after field. What is empty is left out. Texts that are no UTF-8 (an older `lamplight officer` put units as
/// they were typed on the log) are written with U+FFFD for what is none, so that readers can read the rest.
class JsonObject {
 public:
  JsonObject() { json_.StartObject(); }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    string(value);
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    json_.Int64(value);
  }
  void offset(std::string_view name, Offset value) {
    key(name);
    json_.Uint64(value.value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    json_.Bool(value);
  }
  void time(std::string_view name, TimeUs value) { text(name, to_rfc3339(value)); }
  void stamp(std::string_view name, const std::optional<Stamp>& value) {
    if (value) text(name, to_rfc3339(*value));
  }
  void id(std::string_view name, const Id16& value) {
    if (value != Id16{}) text(name, to_uuid(value));
  }
  void id(std::string_view name, const std::optional<Id16>& value) {
    if (value) id(name, *value);
  }
  template <typename Text>
  void list(std::string_view name, const std::vector<Text>& values) {
    if (values.empty()) return;
    key(name);
    json_.StartArray();
    for (const Text& value : values) string(value);
    json_.EndArray();
  }
  /// `values` are JSON already.
  void raw_list(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    json_.StartArray();
    for (const std::string& value : values) json_.RawValue(value.data(), value.size(), kRaw);
    json_.EndArray();
  }
  void raw(std::string_view name, const std::string& value) {
    key(name);
    json_.RawValue(value.data(), value.size(), kRaw);
  }
  [[nodiscard]] std::string take() {
    json_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  static constexpr rapidjson::Type kRaw = rapidjson::kObjectType;
  void key(std::string_view name) {
    json_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void string(std::string_view value) {
    if (!is_utf8(value)) return string(to_utf8(value));
    json_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> json_{buffer_};
};

}  // namespace lamplight::console
