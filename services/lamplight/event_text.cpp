#include "event_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "model/alert.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

/// The payload as JSON; false when its subject is none that this program can name.
bool append_payload(const Event& event, std::string& out) {
  if (event.subject != kAlertReceived) return false;
  thread_local AlertReceived alert;
  if (!decode_alert(event.payload, alert)) return false;
  alert_to_json(alert, out);
  return true;
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
