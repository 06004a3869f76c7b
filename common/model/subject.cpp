#include "model/event.hpp"
#include "model/limits.hpp"

namespace lamplight {

namespace {

bool is_token_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Cuts the first token off `rest`; false when none is left.
bool next_token(std::string_view& rest, std::string_view& token) {
  if (rest.data() == nullptr) return false;
  const auto dot = rest.find('.');
  token = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return true;
}

bool tokens_valid(std::string_view text, bool wildcards) {
  if (text.empty() || text.size() > kMaxSubjectBytes) return false;
  bool token_open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (!token_open) return false;
      token_open = false;
    } else if (is_token_char(c)) {
      token_open = true;
    } else if (wildcards && (c == '*' || c == '>')) {
      const bool alone = !token_open && (i + 1 == text.size() || text[i + 1] == '.');
      if (!alone || (c == '>' && i + 1 != text.size())) return false;
      token_open = true;
    } else {
      return false;
    }
  }
  return token_open;
}

}  // namespace

bool is_valid_subject(std::string_view subject) { return tokens_valid(subject, false); }
bool is_valid_pattern(std::string_view pattern) { return tokens_valid(pattern, true); }

bool is_valid_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  bool slash = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '/') {
      if (slash || i == 0 || i + 1 == name.size()) return false;
      slash = true;
    } else if (!is_token_char(c) && c != '-') {
      return false;
    }
  }
  return true;
}

bool matches(std::string_view pattern, std::string_view subject) {
  const bool control = subject.starts_with("control.");
  std::string_view want;
  std::string_view have;
  while (next_token(pattern, want)) {
    if (want == ">") return !control && subject.data() != nullptr;
    if (!next_token(subject, have)) return false;
    if (want == "*" ? control : want != have) return false;
  }
  return subject.data() == nullptr;
}

}  // namespace lamplight
