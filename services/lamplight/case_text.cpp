#include "case_text.hpp"

#include <fmt/format.h>

namespace lamplight::cli {

std::string text_of(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd()) return {};
  if (found->value.IsString()) return {found->value.GetString(), found->value.GetStringLength()};
  if (found->value.IsInt64()) return std::to_string(found->value.GetInt64());
  return {};
}

std::string case_line(const rapidjson::Value& one) {
  const bool late = one.HasMember("late") && one["late"].IsBool() && one["late"].GetBool();
  return fmt::format("{}  v{:<3} {:<12} {:<8} {}{:<25}  {:<32} {}", text_of(one, "id"),
                     text_of(one, "version"), text_of(one, "state"), text_of(one, "severity"),
                     late ? "!" : " ", text_of(one, "due"), text_of(one, "owner"),
                     text_of(one, "area"));
}

std::string entry_line(const rapidjson::Value& entry) {
  return fmt::format("{:>10}  {}  {:<28} v{:<3} {:<12} {} {}", text_of(entry, "offset"),
                     text_of(entry, "time"), text_of(entry, "subject"), text_of(entry, "version"),
                     text_of(entry, "state"), text_of(entry, "actor"), text_of(entry, "reason"));
}

}  // namespace lamplight::cli
