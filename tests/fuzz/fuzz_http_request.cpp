#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "body_reader.hpp"
#include "request_head.hpp"

// A client's bytes, as a connection would take them: a head, then its body in one go and in pieces.
namespace {

using namespace lamplight::http;

struct Body {
  std::string text;
  bool done = false;
  bool broken = false;
  bool operator==(const Body&) const = default;
};

Body read_body(const RequestHead& head, std::string_view bytes, std::size_t piece_bytes) {
  BodyReader reader;
  reader.begin(head);
  Body body{.text = {}, .done = reader.done(), .broken = false};
  for (std::size_t at = 0; at < bytes.size() && !body.done;) {
    const auto step = reader.next(bytes.substr(at, piece_bytes));
    if (step.error != nullptr) {
      body.broken = true;
      return body;
    }
    if (step.consumed == 0) std::abort();  // it would never go on
    body.text += step.piece;
    at += step.consumed;
    body.done = step.done;
  }
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto end = find_head_end(bytes, 0);
  if (!end) return 0;
  Request request;
  RequestHead head;
  const auto refusal = parse_head(std::string_view(bytes).substr(0, *end), request, head);
  if (refusal) {
    if (refusal->status < 400 || refusal->status > 599) std::abort();
    return 0;
  }
  if (request.path.empty() || request.path.front() != '/') std::abort();
  if (request.path.find('\0') != std::string::npos) std::abort();
  if (head.chunked && head.content_length) std::abort();
  const std::string_view rest = std::string_view(bytes).substr(*end);
  if (read_body(head, rest, 1) != read_body(head, rest, rest.size())) std::abort();
  return 0;
}
