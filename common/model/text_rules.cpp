#include "text_rules.hpp"

#include <algorithm>
#include <cstdint>

#include "characters.hpp"
#include "person_numbers.hpp"

namespace lamplight::text_rules {

namespace {

constexpr std::size_t kMaxNameShown = 64;

using characters::Character;
using characters::is_space;

bool is_hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t count_of(std::string_view text, bool (*fits)(char)) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), fits));
}

// As a program writes it: in one case, with or without the hyphens of a UUID, and by chance an eighth letters at least.
bool is_hexadecimal(std::string_view text, std::size_t min_digits) {
  const std::size_t digits = count_of(text, is_digit);
  const std::size_t small = count_of(text, [](char c) { return c >= 'a' && c <= 'f'; });
  const std::size_t large = count_of(text, [](char c) { return c >= 'A' && c <= 'F'; });
  const std::size_t hyphens = count_of(text, [](char c) { return c == '-'; });
  const std::size_t letters = small + large;
  return (small == 0 || large == 0) && digits + letters + hyphens == text.size() &&
         digits + letters >= min_digits && letters * 8 >= digits + letters;
}

bool is_hash(std::string_view text) {
  constexpr std::size_t kMinDigits = 32;
  return is_hexadecimal(text, kMinDigits);
}

bool has_space(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = characters::at(text, at);
    if (is_space(c.code)) return true;
    at += c.size;
  }
  return false;
}

}  // namespace

std::string_view broken_by_reference(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return "length";
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return "printable_ascii";
  }
  if (text.find(' ') != std::string_view::npos) return "no_blanks";
  return holds_person_number(text) ? "number_shaped" : std::string_view{};
}

std::string_view broken_by_token(std::string_view text) {
  constexpr std::size_t kMinBytes = 16;
  constexpr std::string_view kBroken = "token_form";
  if (text.size() < kMinBytes || text.size() > kMaxReferenceBytes) return kBroken;
  const std::size_t digits = count_of(text, is_digit);
  const std::size_t letters = count_of(text, is_letter);
  const std::size_t others = count_of(text, [](char c) { return c == '_' || c == '-'; });
  if (digits == 0 || letters == 0 || digits + letters + others != text.size()) return kBroken;
  if (is_hash(text)) return holds_person_number(text) ? kBroken : std::string_view{};
  // One token in six thousand of 16 hexadecimal digits reads as a date somewhere, by chance; a name hardly fits them.
  const bool bare = others == 0 && is_hexadecimal(text, kMinBytes);
  return is_number_shaped(text) || (!bare && holds_date(text)) ? kBroken : std::string_view{};
}

std::string_view broken_by_code(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return "length";
  bool first = true;
  std::uint32_t last = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = characters::at(text, at);
    if (is_hidden(c.code)) return "control_character";
    if (first && is_space(c.code)) return "spaces_at_ends";
    first = false;
    last = c.code;
    at += c.size;
  }
  return is_space(last) ? "spaces_at_ends" : std::string_view{};
}

std::string_view broken_by_place(std::string_view text, PlaceForm form) {
  const auto all = [text](auto&& fits) { return std::all_of(text.begin(), text.end(), fits); };
  if (text.empty() || text.size() > max_place_bytes(form)) return "length";
  switch (form) {
    case PlaceForm::kCode:
      if (const std::string_view broken = broken_by_code(text, kMaxPlaceBytes); !broken.empty())
        return broken;
      if (has_space(text)) return "no_blanks";
      return is_number_shaped(text) ? "number_shaped" : std::string_view{};
    case PlaceForm::kDigits:
      if (!all(is_digit)) return "digits";
      break;
    case PlaceForm::kHash:
      if (!all([](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); })) return "hash";
      break;
  }
  return holds_person_number(text) ? "number_shaped" : std::string_view{};
}

bool is_code_name(std::string_view text) {
  constexpr std::size_t kMaxBytes = 32;
  return !text.empty() && text.size() <= kMaxBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_number_shaped(std::string_view text) {
  if (holds_person_number(text)) return true;
  constexpr int kRun = 11;
  int run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = characters::at(text, at);
    run = characters::is_digit(c.code) ? run + 1 : 0;
    if (run == kRun) return true;
    at += c.size;
  }
  return false;
}

std::string hint_of(std::string_view rule, std::size_t max_bytes) {
  if (rule == "length") return "1 to " + std::to_string(max_bytes) + " bytes of UTF-8";
  if (rule == "printable_ascii") return "printable ASCII characters only";
  if (rule == "spaces_at_ends") return "no space at the beginning or the end";
  if (rule == "no_blanks") return "no space anywhere: it is a number or a code, not a text";
  if (rule == "number_shaped")
    return "it looks like the phone or identity number of a person; send a code that does not";
  if (rule == "token_form")
    return "want a token made with a secret key: 16 to 64 of A-Z, a-z, 0-9, _ and -, with letters "
           "and digits, never a name, a date of birth or a number of a document";
  if (rule == "digits") return "codes of this scheme have digits alone";
  if (rule == "hash") return "codes of this scheme are hashes: 0-9 and a-f alone";
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
    const Character c = characters::at(name, at);
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
