#include <rapidjson/writer.h>

#include "model/alert_description.hpp"
#include "model/rfc3339.hpp"

namespace lamplight {

namespace {

// What rapidjson wants of a stream; appends to a string that keeps its room.
struct StringStream {
  using Ch = char;
  std::string& out;
  void Put(char c) { out.push_back(c); }
  void Flush() {}
};
using Writer = rapidjson::Writer<StringStream>;

void put(Writer& writer, std::string_view text) {
  writer.String(text.data() == nullptr ? "" : text.data(),
                static_cast<rapidjson::SizeType>(text.size()));
}
void key(Writer& writer, std::string_view name) {
  writer.Key(name.data() == nullptr ? "" : name.data(),
             static_cast<rapidjson::SizeType>(name.size()));
}
void put(Writer& writer, AlertStatus status) { put(writer, to_string(status)); }
void put(Writer& writer, std::int64_t number) { writer.Int64(number); }
void put(Writer& writer, const Id16& id) { put(writer, std::string_view(to_uuid(id))); }
void put(Writer& writer, const Stamp& stamp) { put(writer, std::string_view(to_rfc3339(stamp))); }

void put(Writer& writer, const std::vector<std::string_view>& codes) {
  writer.StartArray();
  for (const std::string_view code : codes) put(writer, code);
  writer.EndArray();
}
void put(Writer& writer, const std::vector<PlaceCode>& places) {
  writer.StartObject();
  for (const PlaceCode& place : places) {
    key(writer, place.scheme);
    put(writer, place.code);
  }
  writer.EndObject();
}
void put(Writer& writer, const std::vector<StageStamp>& stages) {
  writer.StartObject();
  for (const StageStamp& stage : stages) {
    key(writer, stage.stage);
    put(writer, stage.at);
  }
  writer.EndObject();
}
template <typename T>
void put(Writer& writer, const std::optional<T>& value) {
  put(writer, *value);
}

// Nothing was said: the field is left out.
template <typename T>
bool is_absent(const T&) {
  return false;
}
bool is_absent(std::string_view text) { return text.empty(); }
bool is_absent(const Id16& id) {
  return id == Id16{};
}  // what intake has not set yet: a sender's alert goes out so
template <typename T>
bool is_absent(const std::optional<T>& value) {
  return !value;
}
template <typename T>
bool is_absent(const std::vector<T>& values) {
  return values.empty();
}

}  // namespace

void alert_to_json(const AlertReceived& alert, std::string& out) {
  StringStream stream{out};
  Writer writer(stream);
  const auto put_field = [&](const auto& f) {
    if (is_absent(alert.*(f.member))) return;
    key(writer, f.info.name);
    put(writer, alert.*(f.member));
  };
  writer.StartObject();
  std::apply([&](const auto&... f) { (put_field(f), ...); }, Description<AlertReceived>::kFields);
  writer.EndObject();
}

}  // namespace lamplight
