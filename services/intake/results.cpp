#include "results.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <iterator>

#include "http/problem.hpp"
#include "model/item_json.hpp"
#include "model/rfc3339.hpp"
#include "problems.hpp"
#include "record_types.hpp"

namespace lamplight::intake {

namespace {
bool is_taken(const Item& item) {
  return item.outcome == Outcome::kAccepted || item.outcome == Outcome::kDuplicate;
}
unsigned status_of(const Item& item) { return item.outcome == Outcome::kDuplicate ? 200 : 202; }

/// `"id":"…","offset":…,"received_at":"…"` and, for a repeat, `"duplicate_of":{…}`.
void append_receipt(std::string& out, const Item& item) {
  const std::string id = to_uuid(item.id);
  fmt::format_to(std::back_inserter(out), R"("id":"{}","offset":{},"received_at":"{}")", id,
                 item.offset.value, to_rfc3339(item.time));
  if (item.outcome == Outcome::kDuplicate) {
    fmt::format_to(std::back_inserter(out), R"(,"duplicate_of":{{"id":"{}","offset":{}}})", id,
                   item.offset.value);
  }
}

void append_warnings(std::string& out, const std::vector<Warning>& warnings) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const auto member = [&writer](const char* name, const std::string& text) {
    writer.Key(name);
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  writer.StartArray();
  for (const Warning& warning : warnings) {
    writer.StartObject();
    member("pointer", warning.pointer);
    member("rule", warning.rule);
    member("hint", warning.hint);
    writer.EndObject();
  }
  writer.EndArray();
  out.append(buffer.GetString(), buffer.GetSize());
}

const std::vector<Warning>* warnings_of(const Batch& batch, const Item& item) {
  if (item.note < 0) return nullptr;
  return &batch.notes.at(static_cast<std::size_t>(item.note)).warnings;
}
}  // namespace

http::Response single_answer(const Batch& batch, const Item& item, std::string_view request_id) {
  if (!is_taken(item)) return problem_response(refusal(batch, item), request_id);
  const std::string url = url_of(batch.kind) + "/" + to_uuid(item.id);
  http::Response response;
  response.status = status_of(item);
  response.headers.emplace_back("Location", url);
  response.body = "{";
  append_receipt(response.body, item);
  response.body += R"(,"status_url":")" + url + R"(","warnings":)";
  if (const std::vector<Warning>* warnings = warnings_of(batch, item)) {
    append_warnings(response.body, *warnings);
  } else {
    response.body += "[]";
  }
  response.body += "}\n";
  return response;
}

void append_result(std::string& out, const Batch& batch, const Item& item, std::uint64_t index) {
  if (!is_taken(item)) return append_problem(out, refusal(batch, item), index);
  fmt::format_to(std::back_inserter(out), R"({{"index":{},"status":{},)", index, status_of(item));
  append_receipt(out, item);
  if (const std::vector<Warning>* warnings = warnings_of(batch, item)) {
    out += R"(,"warnings":)";
    append_warnings(out, *warnings);
  }
  out += '}';
}

void append_problem(std::string& out, const http::Problem& problem, std::uint64_t index) {
  fmt::format_to(std::back_inserter(out), R"({{"index":{},"status":{},"problem":{}}})", index,
                 problem.status, http::to_json(problem, {}));
}

namespace {
/// The record as JSON; empty when the payload is none of that type.
template <typename T>
std::string said_in(const std::string& payload) {
  T record;
  std::string said;
  if (decode(as_bytes(payload), record)) to_json(record, said);
  return said;
}
}  // namespace

Result<std::string> document(const FoundRecord& found) {
  const std::string said = with_type(found.kind, [&found](auto tag) {
    return said_in<typename decltype(tag)::Type>(found.payload);
  });
  if (said.empty()) {
    return Error(Code::kDamaged, fmt::format("the payload at offset {} is no {}",
                                             found.offset.value, info_of(found.kind).noun));
  }
  LAMPLIGHT_CHECK(said.size() > 2 && said.front() == '{', "a record is an object with members");
  std::string body = fmt::format(R"({{"id":"{}","offset":{},"received_at":"{}")", to_uuid(found.id),
                                 found.offset.value, to_rfc3339(found.time));
  if (found.corrected_by) body += R"(,"corrected_by":")" + to_uuid(*found.corrected_by) + '"';
  if (found.withdrawn_by) body += R"(,"withdrawn_by":")" + to_uuid(*found.withdrawn_by) + '"';
  body += ',';
  body.append(said, 1);
  body += '\n';
  return body;
}

}  // namespace lamplight::intake
