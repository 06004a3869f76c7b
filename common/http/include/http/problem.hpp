#pragma once

#include <string>
#include <vector>

#include "http/server.hpp"

namespace lamplight::http {

/// One broken rule of a body: JSON pointer to the field, the rule's name, what to do. Never the value itself.
struct FieldError {
  std::string pointer;
  std::string rule;
  std::string hint;
};

/// RFC 9457 problem details. `type` becomes "urn:lamplight:problem:<type>".
struct Problem {
  unsigned status = 400;
  std::string type;
  std::string title;
  std::string detail;
  std::vector<FieldError> errors;
};

/// The JSON object: type, title, status, detail, instance (request id), errors.
[[nodiscard]] std::string to_json(const Problem& problem, std::string_view request_id);
[[nodiscard]] Response to_response(const Problem& problem, std::string_view request_id);

}  // namespace lamplight::http
