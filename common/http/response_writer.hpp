#pragma once

#include <string>
#include <string_view>

#include "http/server.hpp"
#include "send_queue.hpp"

namespace lamplight::http {

/// What the server adds to a response by itself.
struct ResponseFrame {
  std::string_view request_id;
  bool close = false;  ///< Connection: close
  bool http11 = true;
  bool head_only = false;      ///< the request was HEAD: the fields of the answer, no body
  std::string_view date = {};  ///< empty: no Date
};

/// Writes status line, fields and body. A header whose name or value would break out of its line is left out.
void write_response(Response response, const ResponseFrame& frame, SendQueue& out);
/// The head of an answer whose body follows in chunks (HTTP/1.1) or until the connection closes (1.0).
void write_chunked_head(const Response& head, const ResponseFrame& frame, SendQueue& out);
void write_chunk(std::string piece, SendQueue& out);
void write_last_chunk(SendQueue& out);

/// Whether this status has no body at all (1xx, 204, 304).
[[nodiscard]] bool is_bodiless(unsigned status);
[[nodiscard]] std::string_view reason_phrase(unsigned status);

}  // namespace lamplight::http
