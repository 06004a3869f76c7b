#include "event_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "model/item_json.hpp"
#include "model/own_types.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

template <typename T>
bool append_as(const Event& event, std::string& out) {
  thread_local T item;
  if (!has_subject<T>(event.subject) || !decode(event.payload, item)) return false;
  to_json(item, out);
  return true;
}

/// The payload as JSON; false when its subject is none that this program can name, or its payload none of that subject.
bool append_payload(const Event& event, std::string& out) {
  bool done = false;
  const auto try_as = [&]<typename T>(Item<T>) { done = done || append_as<T>(event, out); };
  for_each_item_type(try_as);
  for_each_own_type(try_as);
  return done;
}

}  // namespace

void append_event_line(const Event& event, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:>10}  {}  {}  {}  ", event.offset.value,
                 to_rfc3339(event.time), event.subject, event.producer);
  if (!append_payload(event, out)) out += "payload " + to_hex(event.payload);
  out += '\n';
}

// Subjects and names are of [a-z0-9_.-/] by the frame's rules: nothing to escape.
void append_event_json(const Event& event, std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"offset":{},"time":"{}","subject":"{}","id":"{}","producer":"{}","cause":{},)"
                 R"("schema":{},)",
                 event.offset.value, to_rfc3339(event.time), event.subject, to_uuid(event.id),
                 event.producer, event.cause.value, event.schema);
  const std::size_t before = out.size();
  out += R"("payload":)";
  if (!append_payload(event, out)) {
    out.resize(before);
    fmt::format_to(std::back_inserter(out), R"("payload_hex":"{}")", to_hex(event.payload));
  }
  out += "}\n";
}

}  // namespace lamplight::cli
