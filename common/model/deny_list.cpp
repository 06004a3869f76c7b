#include "model/deny_list.hpp"

#include <algorithm>

namespace lamplight {

namespace {

void normalise(std::string_view name, std::string& out) {
  out.clear();
  for (const char c : name) {
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
