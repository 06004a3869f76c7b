#pragma once

#include <string>

#include "model/event.hpp"

namespace lamplight::cli {

/// Appends one line for people: offset, bus time, subject, producer, payload with names.
void append_event_line(const Event& event, std::string& out);
/// Appends one JSON object and a line break: offset, time, subject, id, producer, cause, schema and payload; a payload
/// that this program does not know stands as "payload_hex".
void append_event_json(const Event& event, std::string& out);

}  // namespace lamplight::cli
