#include "json_shape.hpp"

namespace lamplight::cli {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// Where the object that begins at 0 ends; npos when it does not end here.
std::size_t end_of_object(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_text) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_text = false;
      }
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool is_lines(std::string_view beginning) {
  const auto first = beginning.find_first_not_of(kBlank);
  if (first == std::string_view::npos || beginning[first] != '{') return false;
  const std::string_view text = beginning.substr(first);
  const auto end = end_of_object(text);
  if (end == std::string_view::npos) return false;
  return text.find_first_not_of(kBlank, end) != std::string_view::npos;
}

}  // namespace lamplight::cli
