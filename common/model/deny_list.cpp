#include "model/deny_list.hpp"

#include <algorithm>

namespace lamplight {

namespace {

/// Full-width forms of ASCII (U+FF01 … U+FF5E, in UTF-8 EF BC 81 … EF BD 9E) and the wide space count as ASCII.
char narrow(std::string_view name, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(name[at + i]); };
  if (at + 2 < name.size()) {
    const unsigned point = (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
    const bool full_width = byte(0) == 0xEF && point >= 0xFF01 && point <= 0xFF5E;
    if (full_width || (byte(0) == 0xE3 && point == 0x3000)) {
      at += 3;
      return full_width ? static_cast<char>(point - 0xFF01 + '!') : ' ';
    }
  }
  return name[at++];
}

void normalise(std::string_view name, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < name.size();) {
    const char c = narrow(name, at);
    if (c == '_' || c == '-' || c == ' ') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
}

}  // namespace

bool DenyList::add_name(std::string_view name) {
  std::string normal;
  normalise(name, normal);
  if (normal.empty()) return false;
  names_.insert(std::move(normal));
  return true;
}

bool DenyList::add_part(std::string_view part) {
  std::string normal;
  normalise(part, normal);
  if (normal.size() < 2) return false;
  if (std::find(parts_.begin(), parts_.end(), normal) == parts_.end())
    parts_.push_back(std::move(normal));
  return true;
}

bool DenyList::refuses(std::string_view name, std::string& scratch) const {
  normalise(name, scratch);
  if (names_.find(std::string_view(scratch)) != names_.end()) return true;
  return std::any_of(parts_.begin(), parts_.end(), [&](const std::string& part) {
    return scratch.find(part) != std::string::npos;
  });
}

bool DenyList::refuses(std::string_view name) const {
  std::string scratch;
  return refuses(name, scratch);
}

std::vector<std::string> DenyList::names() const {
  std::vector<std::string> out(names_.begin(), names_.end());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace lamplight
