#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "model/describe.hpp"

namespace lamplight::inner {

/// Whether a value keeps to the bounds of its description. What a text says is judged elsewhere.
inline bool fits(const FieldInfo& info, std::string_view text) {
  return text.size() <= info.rule.max_bytes &&
         !(text.empty() && info.presence == Presence::kRequired);
}
inline bool fits(const FieldInfo& info, const std::vector<std::string_view>& texts) {
  return texts.size() <= info.rule.max_items &&
         std::all_of(texts.begin(), texts.end(), [&info](std::string_view text) {
           return !text.empty() && text.size() <= info.rule.max_bytes;
         });
}
template <typename T>
bool fits(const FieldInfo&, const T&) {
  return true;
}

/// Reads a payload of outside; false when it is no such payload or breaks a bound of its description.
template <typename T>
[[nodiscard]] bool read_well_formed(Bytes payload, T& out) {
  if (!decode(payload, out)) return false;
  return std::apply([&out](const auto&... f) { return (fits(f.info, out.*(f.member)) && ...); },
                    Description<T>::kFields);
}

}  // namespace lamplight::inner
