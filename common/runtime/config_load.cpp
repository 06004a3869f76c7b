#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <string_view>

#include "base/nearest.hpp"
#include "config_text.hpp"
#include "runtime/config.hpp"

namespace lamplight::runtime {

namespace {

Error invalid(std::string message) { return {Code::kInvalid, std::move(message)}; }

Error unknown(std::string_view place, std::string_view what,
              const std::vector<std::string>& valid) {
  const auto near = nearest_name(what, valid);
  const std::string hint = near ? "did you mean " + *near + "?"
                                : std::string("`lamplight --print-config` lists all keys");
  return invalid(fmt::format("{}: unknown key {}; {}", place, what, hint));
}

Result<ConfigValue> in_range(const ConfigOption& option, std::string_view place,
                             ConfigValue value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if ((option.minimum && *number < *option.minimum) ||
        (option.maximum && *number > *option.maximum)) {
      return invalid(fmt::format("{}: {} is {}, but must be {}", place, option.name, *number,
                                 describe_range(option)));
    }
  }
  return value;
}

Error wrong_kind(const ConfigOption& option, std::string_view place, std::string_view got) {
  return invalid(
      fmt::format("{}: {} must be {}, not {}", place, option.name, kind_of(option.fallback), got));
}

// ---- TOML --------------------------------------------------------------------------------------

std::string place_of(const std::string& file, const toml::source_region& at) {
  return fmt::format("{}:{}", file, at.begin.line);
}

std::string_view toml_kind(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "an integer";
  if (node.is_boolean()) return "true or false";
  if (node.is_floating_point()) return "a decimal number";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

Result<ConfigValue> from_toml(const ConfigOption& option, std::string_view place,
                              const toml::node& node) {
  switch (option.fallback.index()) {
    case 0:
      if (const auto* text = node.as_string()) return ConfigValue(text->get());
      break;
    case 1:
      if (const auto* number = node.as_integer()) {
        return in_range(option, place, ConfigValue(number->get()));
      }
      break;
    case 2:
      if (const auto* flag = node.as_boolean()) return ConfigValue(flag->get());
      break;
    default:
      if (const auto* array = node.as_array()) {
        std::vector<std::string> items;
        for (const toml::node& item : *array) {
          const auto* text = item.as_string();
          if (text == nullptr) {
            return wrong_kind(option, place, fmt::format("a list with {}", toml_kind(item)));
          }
          items.push_back(text->get());
        }
        return ConfigValue(std::move(items));
      }
  }
  return wrong_kind(option, place, toml_kind(node));
}

Result<toml::table> parse(const std::string& file, const std::string& content) {
  try {
    return toml::parse(std::string_view(content), std::string_view(file));
  } catch (const toml::parse_error& wrong) {
    return invalid(
        fmt::format("{}: no valid TOML: {}", place_of(file, wrong.source()), wrong.description()));
  }
}

// ---- environment and flags ---------------------------------------------------------------------

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) out.emplace_back(item);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

Result<ConfigValue> from_text(const ConfigOption& option, std::string_view place,
                              const std::string& text) {
  switch (option.fallback.index()) {
    case 0: return ConfigValue(text);
    case 1: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) {
        return wrong_kind(option, place, fmt::format("\"{}\"", text));
      }
      return in_range(option, place, ConfigValue(number));
    }
    case 2:
      if (text == "true" || text == "1") return ConfigValue(true);
      if (text == "false" || text == "0") return ConfigValue(false);
      return wrong_kind(option, place, fmt::format("\"{}\"", text));
    default: return ConfigValue(split(text));
  }
}

/// TOML holds only UTF-8, and what --print-config prints must read back.
bool is_printable(const ConfigValue& value) {
  return parse("value", "value = " + toml_text(value)).ok();
}

bool is_setting(std::string_view environment) {
  return environment.starts_with("LAMPLIGHT_") && environment != "LAMPLIGHT_CONFIG";
}

}  // namespace

/// One load: values by key, later sources over earlier ones.
class ConfigSchema::Loader {
 public:
  explicit Loader(const Options& options) {
    for (const auto& known : options) {
      names_.push_back(known.first);
      config_.entries_[known.first] = {known.second, known.second.fallback, "default"};
    }
  }

  Result<void> file(const std::string& file, const std::string& content) {
    auto table = parse(file, content);
    if (!table) return table.error();
    for (const auto& [section, node] : *table) {
      const std::string place = place_of(file, section.source());
      const auto* keys = node.as_table();
      if (keys == nullptr) {
        return unknown(place, section.str(), names_);
      }
      for (const auto& [key, value] : *keys) {
        const std::string name = fmt::format("{}.{}", section.str(), key.str());
        auto done = set(name, place_of(file, key.source()),
                        [&value = value](const ConfigOption& option, std::string_view at) {
                          return from_toml(option, at, value);
                        });
        if (!done) return done;
      }
    }
    return {};
  }

  Result<void> environment(const std::map<std::string, std::string>& all) {
    std::map<std::string, std::string> keys;  // of the environment → ours
    for (const std::string& name : names_) keys[environment_name(name)] = name;
    for (const auto& setting : all) {
      if (!is_setting(setting.first)) continue;
      const auto key = keys.find(setting.first);
      if (key == keys.end()) {
        std::vector<std::string> known;
        known.reserve(keys.size());
        for (const auto& candidate : keys) known.push_back(candidate.first);
        return unknown("environment", setting.first, known);
      }
      if (auto done = text(key->second, setting.first, setting.second); !done) return done;
    }
    return {};
  }

  Result<void> flag(const std::string& name, const std::string& value) {
    return text(name, "flag --" + name, value);
  }

  Config take() { return std::move(config_); }

 private:
  Result<void> text(const std::string& name, const std::string& place, const std::string& value) {
    return set(name, place,
               [&value](const ConfigOption& option, std::string_view at) -> Result<ConfigValue> {
                 auto read = from_text(option, at, value);
                 if (read && !is_printable(*read))
                   return wrong_kind(option, at, "bytes that are not UTF-8");
                 return read;
               });
  }

  template <typename Read>
  Result<void> set(const std::string& name, const std::string& place, Read&& read) {
    const auto entry = config_.entries_.find(name);
    if (entry == config_.entries_.end()) return unknown(place, name, names_);
    Result<ConfigValue> value = read(entry->second.option, std::string_view(place));
    if (!value) return value.error();
    entry->second.value = std::move(value).value();
    entry->second.origin = place;
    return {};
  }

  Config config_;
  std::vector<std::string> names_;
};

Result<Config> ConfigSchema::load(const Sources& sources) const {
  Loader loader(options_);
  if (!sources.file.empty()) {
    if (auto done = loader.file(sources.file, sources.file_content); !done) return done.error();
  }
  if (auto done = loader.environment(sources.environment); !done) return done.error();
  for (const auto& flag : sources.flags) {
    if (auto done = loader.flag(flag.first, flag.second); !done) return done.error();
  }
  return loader.take();
}

}  // namespace lamplight::runtime
