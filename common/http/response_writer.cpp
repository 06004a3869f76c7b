#include "response_writer.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/logging.hpp"

namespace lamplight::http {

namespace {

constexpr std::array<std::pair<unsigned, std::string_view>, 40> kPhrases{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {425, "Too Early"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

bool is_token(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alnum && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

bool is_field_value(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
  }
  return true;
}

void write_field(std::string_view name, std::string_view value, std::string& out) {
  if (!is_token(name) || !is_field_value(value)) {
    logging::error("http header left out: not a field name or value name_bytes={} value_bytes={}",
                   name.size(), value.size());
    return;
  }
  out.append(name).append(": ").append(value).append("\r\n");
}

void write_number(std::size_t value, int base, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

void write_head(const Response& response, const ResponseFrame& frame, std::string& out) {
  out += frame.http11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  write_number(response.status, 10, out);
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  if (!response.content_type.empty() && !is_bodiless(response.status)) {
    write_field("Content-Type", response.content_type, out);
  }
  if (!frame.request_id.empty()) write_field("X-Request-Id", frame.request_id, out);
  if (!frame.date.empty()) out.append("Date: ").append(frame.date).append("\r\n");
  for (const auto& [name, value] : response.headers) write_field(name, value, out);
  if (frame.close) {
    out += "Connection: close\r\n";
  } else if (!frame.http11) {
    out += "Connection: keep-alive\r\n";
  }
}

std::string& scratch() {
  thread_local std::string text;
  text.clear();
  return text;
}

}  // namespace

bool is_bodiless(unsigned status) { return status < 200 || status == 204 || status == 304; }

std::string_view reason_phrase(unsigned status) {
  for (const auto& [known, phrase] : kPhrases) {
    if (known == status) return phrase;
  }
  return "Status";
}

void write_response(Response response, const ResponseFrame& frame, SendQueue& out) {
  std::string& head = scratch();
  write_head(response, frame, head);
  if (!is_bodiless(response.status)) {
    head += "Content-Length: ";
    write_number(response.body.size(), 10, head);
    head += "\r\n";
  }
  head += "\r\n";
  out.append(std::string_view(head));
  if (!frame.head_only && !is_bodiless(response.status)) out.append(std::move(response.body));
}

void write_chunked_head(const Response& head, const ResponseFrame& frame, SendQueue& out) {
  std::string& text = scratch();
  write_head(head, frame, text);
  if (frame.http11 && !is_bodiless(head.status)) text += "Transfer-Encoding: chunked\r\n";
  text += "\r\n";
  out.append(std::string_view(text));
}

void write_chunk(std::string piece, SendQueue& out) {
  if (piece.empty()) return;  // an empty chunk would end the body
  std::string& size = scratch();
  write_number(piece.size(), 16, size);
  size += "\r\n";
  out.append(std::string_view(size));
  out.append(std::move(piece));
  out.append(std::string_view("\r\n"));
}

void write_last_chunk(SendQueue& out) { out.append(std::string_view("0\r\n\r\n")); }

}  // namespace lamplight::http
