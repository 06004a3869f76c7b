#include "config_text.hpp"

#include <fmt/format.h>

namespace lamplight::runtime {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out.push_back(c);
    }
  }
  return out + '"';
}

}  // namespace

std::string_view kind_of(const ConfigValue& value) {
  switch (value.index()) {
    case 0: return "a text";
    case 1: return "an integer";
    case 2: return "true or false";
    default: return "a list of texts";
  }
}

std::string toml_text(const ConfigValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  std::string out = "[";
  for (const std::string& item : std::get<std::vector<std::string>>(value)) {
    if (out.size() > 1) out += ", ";
    out += quoted(item);
  }
  return out + ']';
}

std::string describe_range(const ConfigOption& option) {
  if (option.minimum && option.maximum) {
    return fmt::format("{} to {}", *option.minimum, *option.maximum);
  }
  if (option.minimum) return fmt::format("at least {}", *option.minimum);
  if (option.maximum) return fmt::format("at most {}", *option.maximum);
  return {};
}

std::string environment_name(std::string_view key) {
  if (key == "data.folder") return "LAMPLIGHT_DATA";
  std::string out = "LAMPLIGHT_";
  for (const char c : key) {
    if (c == '.') {
      out.push_back('_');
    } else {
      out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  return out;
}

}  // namespace lamplight::runtime
