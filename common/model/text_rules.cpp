#include "text_rules.hpp"

#include <algorithm>
#include <cstdint>

namespace lamplight::text_rules {

namespace {

constexpr std::size_t kMaxNameShown = 64;

// The character at `at` of valid UTF-8, and its length; a broken sequence reads as one byte.
struct Character {
  std::uint32_t code;
  std::size_t size;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1 || at + size > text.size()) return {lead, 1};
  std::uint32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (byte(i) & 0x3F);
  return {code, size};
}

bool is_space(std::uint32_t c) {
  return c == 0x20 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

bool is_hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

bool is_any_digit(std::uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

}  // namespace

std::string_view broken_by_reference(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return "length";
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return "printable_ascii";
  }
  if (text.front() == ' ' || text.back() == ' ') return "spaces_at_ends";
  return {};
}

std::string_view broken_by_code(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return "length";
  bool first = true;
  std::uint32_t last = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (is_hidden(c.code)) return "control_character";
    if (first && is_space(c.code)) return "spaces_at_ends";
    first = false;
    last = c.code;
    at += c.size;
  }
  return is_space(last) ? "spaces_at_ends" : std::string_view{};
}

bool is_code_name(std::string_view text) {
  constexpr std::size_t kMaxBytes = 32;
  return !text.empty() && text.size() <= kMaxBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_number_shaped(std::string_view text) {
  constexpr int kRun = 11;
  int run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    run = is_any_digit(c.code) ? run + 1 : 0;
    if (run == kRun) return true;
    at += c.size;
  }
  return false;
}

std::string hint_of(std::string_view rule, std::size_t max_bytes) {
  if (rule == "length") return "1 to " + std::to_string(max_bytes) + " bytes of UTF-8";
  if (rule == "printable_ascii") return "printable ASCII characters only";
  if (rule == "spaces_at_ends") return "no space at the beginning or the end";
  if (rule == "control_character")
    return "no control, line-break, zero-width or direction characters";
  return {};
}

void append_pointer_token(std::string& out, std::string_view name) {
  out.push_back('/');
  if (is_number_shaped(name)) {
    out += "(number)";
    return;
  }
  for (std::size_t at = 0; at < name.size();) {
    const Character c = character_at(name, at);
    if (at + c.size > kMaxNameShown) {
      out += "…";
      return;
    }
    if (c.code == '~') out += "~0";
    else if (c.code == '/') out += "~1";
    else if (is_hidden(c.code)) out += '?';
    else out += name.substr(at, c.size);
    at += c.size;
  }
}

}  // namespace lamplight::text_rules
