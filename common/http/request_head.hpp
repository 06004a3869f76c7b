#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace lamplight::http {

/// Why the server itself answers: the status, a short closed-set name for metrics, and words for the client.
struct Refusal {
  unsigned status = 400;
  const char* reason = "bad_request";
  std::string detail;
};

/// What the head of a request says about the connection and the body.
struct RequestHead {
  bool http11 = true;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;
  std::string method;  ///< what Request::method and ::target point to
  std::string target;
};

/// Place after the head's blank line, looking from `from` on; nothing while it is incomplete.
[[nodiscard]] std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t from);

/// Whether an incomplete head may still become one, looking from `from` on: so that a client that speaks TLS, or ends
/// lines with LF alone, is told at once instead of waiting for the rest.
[[nodiscard]] bool is_head_beginning(std::string_view bytes, std::size_t from);

/// Parses a complete head (request line to blank line) into `request` and `head`; both keep their memory for reuse.
/// Strict where leniency lets two servers see two different requests: folded fields, two Content-Length, Content-Length
/// beside Transfer-Encoding, other transfer codings, no or two Host fields, targets as in target.hpp.
/// A refused request leaves the connection in an unknown place: answer and close.
[[nodiscard]] std::optional<Refusal> parse_head(std::string_view bytes, Request& request,
                                                RequestHead& head);

}  // namespace lamplight::http
