#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "model/rfc3339.hpp"

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
  void maybe(std::string_view name, const std::optional<std::int64_t>& value) {
    key(name);
    if (value) json_.Int64(*value);
    else json_.Null();
  }
  void number(std::string_view name, std::int64_t value) { key(name), json_.Int64(value); }
  void count(std::string_view name, std::uint64_t n) { number(name, static_cast<std::int64_t>(n)); }
  /// null where nothing was said.
  void said(std::string_view name, const std::string& text) {
    maybe(name, text.empty() ? std::nullopt : std::optional(text));
  }
  /// Where an answer stands in the log; `time` and `hash` are of the last record at or before `offset`.
  void as_of(Offset offset, const std::optional<TimeUs>& time,
             const std::optional<ChainHash>& hash) {
    key("as_of");
    json_.StartObject();
    count("offset", offset.value);
    maybe("last_event_time", time ? std::optional(to_rfc3339(*time)) : std::nullopt);
    maybe("chain_hash", hash ? std::optional(to_hex(hash->span())) : std::nullopt);
    json_.EndObject();
  }
  template <typename List, typename Write>
  void array(std::string_view name, const List& parts, Write&& write_part) {
    key(name);
    json_.StartArray();
    for (const auto& part : parts) write_part(part);
    json_.EndArray();
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    array(name, values, [&](const std::string& value) { string(value); });
  }

  Json& json_;
};

}  // namespace lamplight::tally
