#include "runtime/config.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "config_text.hpp"

namespace lamplight::runtime {

const ConfigValue& Config::value(std::string_view name) const {
  const auto entry = entries_.find(name);
  LAMPLIGHT_CHECK(entry != entries_.end(), "a configuration key that nobody declared");
  return entry->second.value;
}

namespace {
template <typename T>
const T& held(const ConfigValue& value) {
  const T* as = std::get_if<T>(&value);
  LAMPLIGHT_CHECK(as != nullptr, "a configuration key asked for as another kind");
  return *as;
}
}  // namespace

const std::string& Config::text(std::string_view name) const {
  return held<std::string>(value(name));
}
std::int64_t Config::integer(std::string_view name) const {
  return held<std::int64_t>(value(name));
}
bool Config::flag(std::string_view name) const { return held<bool>(value(name)); }
const std::vector<std::string>& Config::list(std::string_view name) const {
  return held<std::vector<std::string>>(value(name));
}

std::string Config::to_toml() const {
  std::string out;
  std::string section;
  for (const auto& [name, entry] : entries_) {
    const auto dot = name.find('.');
    if (const std::string of = name.substr(0, dot); of != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", of);
      section = of;
    }
    if (!entry.option.help.empty()) out += fmt::format("# {}\n", entry.option.help);
    const std::string bounds = describe_range(entry.option);
    out += fmt::format("# {}{}{}\n", bounds, bounds.empty() ? "" : "; ", entry.origin);
    out += fmt::format("{} = {}\n", name.substr(dot + 1), toml_text(entry.value));
  }
  return out;
}

void ConfigSchema::declare(ConfigOption option) {
  const auto dot = option.name.find('.');
  LAMPLIGHT_CHECK(dot != std::string::npos && dot > 0 && dot + 1 < option.name.size(),
                  "a configuration key is named section.key");
  const auto known = options_.find(option.name);
  if (known != options_.end()) {
    LAMPLIGHT_CHECK(known->second.fallback == option.fallback,
                    "a configuration key declared twice, differently");
    return;
  }
  std::string name = option.name;
  options_.emplace(std::move(name), std::move(option));
}

}  // namespace lamplight::runtime
