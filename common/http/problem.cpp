#include "http/problem.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/utf8.hpp"

namespace lamplight::http {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write_text(Writer& writer, std::string_view text) {
  // A problem must always be valid JSON, whatever bytes found their way into a detail.
  if (is_utf8(text)) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  } else {
    const std::string repaired = to_utf8(text);
    writer.String(repaired.data(), static_cast<rapidjson::SizeType>(repaired.size()));
  }
}

void write_member(Writer& writer, const char* name, std::string_view text) {
  writer.Key(name);
  write_text(writer, text);
}

void write_errors(Writer& writer, const std::vector<FieldError>& errors) {
  writer.Key("errors");
  writer.StartArray();
  for (const FieldError& error : errors) {
    writer.StartObject();
    write_member(writer, "pointer", error.pointer);
    write_member(writer, "rule", error.rule);
    if (!error.hint.empty()) write_member(writer, "hint", error.hint);
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

std::string to_json(const Problem& problem, std::string_view request_id) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  write_member(writer, "type", "urn:lamplight:problem:" + problem.type);
  write_member(writer, "title", problem.title);
  writer.Key("status");
  writer.Uint(problem.status);
  if (!problem.detail.empty()) write_member(writer, "detail", problem.detail);
  if (!request_id.empty()) write_member(writer, "instance", request_id);
  if (!problem.errors.empty()) write_errors(writer, problem.errors);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Response to_response(const Problem& problem, std::string_view request_id) {
  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.body = to_json(problem, request_id);
  return response;
}

}  // namespace lamplight::http
