#include "target.hpp"

#include <optional>

#include "base/utf8.hpp"

namespace lamplight::http {

namespace {

Error refused(const char* rule) { return {Code::kInvalid, std::string("request target: ") + rule}; }

/// Characters that may stand for themselves in a path or query (RFC 3986), '%' left out.
bool stands_for_itself(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("-._~!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<char> unescape(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return std::nullopt;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

enum class Part { kPath, kQuery };

Result<void> decode(std::string_view text, Part part, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      const auto decoded = unescape(text, at);
      if (!decoded) return refused("'%' needs two hexadecimal digits after it");
      c = *decoded;
      at += 2;
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7F) return refused("encoded control characters are not allowed");
      if (part == Part::kPath && (c == '/' || c == '\\')) {
        return refused("an encoded slash or backslash is not allowed in a path");
      }
    } else if (!stands_for_itself(c)) {
      return refused("a character must be percent-encoded");
    } else if (part == Part::kQuery && c == '+') {
      c = ' ';
    }
    out.push_back(c);
  }
  if (!is_utf8(out)) return refused("the decoded bytes are not UTF-8");
  return {};
}

bool has_dot_segment(std::string_view path) {
  std::size_t from = 1;
  while (from <= path.size()) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    const std::string_view segment = path.substr(from, to - from);
    if (segment == "." || segment == "..") return true;
    from = to + 1;
  }
  return false;
}

Result<void> parse_query(std::string_view text, Request& request) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto& [name, value] = request.query.emplace_back();
    if (auto ok = decode(pair.substr(0, equals), Part::kQuery, name); !ok) return ok;
    const std::string_view raw_value = pair.substr(std::min(equals + 1, pair.size()));
    if (auto ok = decode(raw_value, Part::kQuery, value); !ok) return ok;
  }
  return {};
}

}  // namespace

Result<void> parse_target(std::string_view raw, Request& request) {
  request.query.clear();
  if (raw.empty() || raw.front() != '/') return refused("must begin with '/' (no scheme, no host)");
  const std::size_t question = std::min(raw.find('?'), raw.size());
  if (auto ok = decode(raw.substr(0, question), Part::kPath, request.path); !ok) return ok;
  if (has_dot_segment(request.path)) return refused("'.' and '..' segments are not allowed");
  return parse_query(raw.substr(std::min(question + 1, raw.size())), request);
}

}  // namespace lamplight::http
