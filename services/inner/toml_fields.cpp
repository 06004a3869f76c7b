#include "inner/toml_fields.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "model/describe.hpp"

namespace lamplight::inner {

namespace {

constexpr std::size_t kMostMistakes = 100;
constexpr std::size_t kMaxTextBytes = 64;

std::optional<Day> day_of_node(const toml::node& node) {
  if (const auto* date = node.as_date()) {
    const CivilDate civil{(*date)->year, (*date)->month, (*date)->day};
    if (is_valid(civil)) return day_of(civil);
  } else if (node.is_string()) {
    return day_from(*node.value<std::string>());
  }
  return std::nullopt;
}

}  // namespace

void Mistakes::add(std::uint32_t line, std::string_view rule) {
  if (all_.size() >= kMostMistakes) return;
  all_.emplace_back(Code::kInvalid, fmt::format("{}: line {}: {}", what_, line, rule));
}

std::optional<toml::table> parse_toml(std::string_view document, Mistakes& mistakes) {
  try {
    return toml::parse(document);
  } catch (const toml::parse_error& fault) {
    mistakes.add(fault.source().begin.line, "no valid TOML: " + std::string(fault.description()));
    return std::nullopt;
  }
}

void TomlFields::finish() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (asked_.contains(name)) continue;
    const auto near = nearest_name(name, {asked_.begin(), asked_.end()});
    mistakes_.add(node.source().begin.line, where_ + name + " is not a key here" +
                                                (near ? "; did you mean " + *near + "?" : ""));
  }
}

bool TomlFields::has(std::string_view key) { return find(key, false) != nullptr; }

std::optional<std::string> TomlFields::key_text(std::string_view key, bool needed) {
  auto out = text(key, needed);
  if (!out || is_reference(*out)) return out;
  fail(key, "must be 1 to 64 printable ASCII characters without spaces");
  return std::nullopt;
}

std::optional<std::string> TomlFields::text(std::string_view key, bool needed) {
  const toml::node* node = find(key, needed);
  if (node == nullptr) return std::nullopt;
  if (auto value = node->value_exact<std::string>()) return value;
  fail(key, "must be a text");
  return std::nullopt;
}

std::optional<std::int64_t> TomlFields::integer(std::string_view key, std::int64_t low,
                                                std::int64_t high, bool needed) {
  const toml::node* node = find(key, needed);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= low && *value <= high) return value;
  fail(key, fmt::format("must be a whole number {}..{}", low, high));
  return std::nullopt;
}

std::vector<std::string> TomlFields::texts(std::string_view key, std::size_t most, bool needed) {
  std::vector<std::string> out;
  const toml::array* list = array(key, most, needed);
  if (list == nullptr) return out;
  for (const toml::node& item : *list) {
    auto value = item.value_exact<std::string>();
    if (!value || value->empty() || value->size() > kMaxTextBytes) {
      fail(key, "must be a list of texts of 1..64 bytes");
      return {};
    }
    out.push_back(std::move(*value));
  }
  std::sort(out.begin(), out.end());
  const auto twice = std::adjacent_find(out.begin(), out.end());
  if (twice != out.end()) fail(key, fmt::format("holds \"{}\" twice", *twice));
  return out;
}

std::vector<std::string> TomlFields::keys_in_order(std::string_view key, std::size_t most) {
  std::vector<std::string> out;
  const toml::array* list = array(key, most, true);
  if (list == nullptr) return out;
  for (const toml::node& item : *list) {
    auto value = item.value_exact<std::string>();
    if (!value || !is_reference(*value)) {
      fail(key, "must be a list of keys: 1 to 64 printable ASCII characters without spaces");
      return {};
    }
    out.push_back(std::move(*value));
  }
  return out;
}

std::vector<Day> TomlFields::days(std::string_view key, std::size_t most) {
  std::vector<Day> out;
  const toml::array* list = array(key, most, true);
  if (list == nullptr) return out;
  for (const toml::node& item : *list) {
    const auto day = day_of_node(item);
    if (!day) {
      fail(key, "must be a list of days, such as [2026-01-01, 2026-01-02]");
      return {};
    }
    out.push_back(*day);
  }
  std::sort(out.begin(), out.end());
  const auto twice = std::adjacent_find(out.begin(), out.end());
  if (twice != out.end()) fail(key, fmt::format("holds {} twice", to_string(*twice)));
  return out;
}

void TomlFields::inside(std::string_view key, bool needed,
                        const std::function<void(TomlFields&)>& read) {
  const toml::node* node = find(key, needed);
  if (node == nullptr) return;
  if (!node->is_table()) return fail(key, "must be a table");
  TomlFields inner(*node->as_table(), where_ + std::string(key) + ".", mistakes_);
  read(inner);
  inner.finish();
}

void TomlFields::list(std::string_view key, std::size_t most,
                      const std::function<void(TomlFields&)>& read) {
  const toml::array* entries = array(key, most, false);
  if (entries == nullptr) return;
  std::size_t number = 0;
  for (const toml::node& item : *entries) {
    ++number;
    if (!item.is_table()) return fail(key, fmt::format("must be written as [[{}]] tables", key));
    TomlFields inner(*item.as_table(), fmt::format("{}{}[{}].", where_, key, number), mistakes_);
    read(inner);
    inner.finish();
  }
}

void TomlFields::each_text(
    const std::function<void(const std::string& key, const std::string& value)>& read) {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (const auto value = text(name, false)) read(name, *value);
  }
}

void TomlFields::fail(std::string_view key, std::string_view rule) {
  const toml::node* node = table_.get(key);
  const std::uint32_t line =
      (node != nullptr ? *node : static_cast<const toml::node&>(table_)).source().begin.line;
  mistakes_.add(line, fmt::format("{}{} {}", where_, key, rule));
}

const toml::node* TomlFields::find(std::string_view key, bool needed) {
  asked_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr && needed) fail(key, "is needed");
  return node;
}

const toml::array* TomlFields::array(std::string_view key, std::size_t most, bool needed) {
  const toml::node* node = find(key, needed);
  if (node == nullptr) return nullptr;
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    fail(key, "must be a list");
  } else if (list->size() > most) {
    fail(key, fmt::format("holds {} entries; at most {} are taken", list->size(), most));
    return nullptr;
  }
  return list;
}

}  // namespace lamplight::inner
