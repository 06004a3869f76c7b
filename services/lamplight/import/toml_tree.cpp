#include "import/toml_tree.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace lamplight::importer {

namespace {

TomlNode tree_of(const toml::node& node);

void add_entries(const toml::table& table, TomlNode& out) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, value] : table) entries.emplace_back(&key, &value);
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    const auto place = [](const toml::key& key) {
      return std::make_tuple(key.source().begin.line, key.source().begin.column);
    };
    return place(*a.first) < place(*b.first);
  });
  for (const auto& [key, value] : entries) {
    TomlNode entry = tree_of(*value);
    entry.line = key->source().begin.line;
    out.entries.emplace_back(std::string(key->str()), std::move(entry));
  }
}

// Deep nesting ends in the parser, which takes no more than a few hundred levels.
TomlNode tree_of(const toml::node& node) {
  TomlNode out;
  out.line = node.source().begin.line;
  if (const auto* text = node.as_string()) {
    out.kind = TomlNode::Kind::kText;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.kind = TomlNode::Kind::kInteger;
    out.integer = integer->get();
  } else if (const auto* flag = node.as_boolean()) {
    out.kind = TomlNode::Kind::kFlag;
    out.flag = flag->get();
  } else if (const auto* array = node.as_array()) {
    out.kind = TomlNode::Kind::kArray;
    for (const toml::node& item : *array) out.items.push_back(tree_of(item));
  } else if (const auto* table = node.as_table()) {
    out.kind = TomlNode::Kind::kTable;
    add_entries(*table, out);
  }
  return out;
}

}  // namespace

Result<TomlNode> parse_toml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxMappingBytes) {
    return Error(Code::kTooLarge, fmt::format("{}: larger than {} bytes; is this a mapping?", file,
                                              kMaxMappingBytes));
  }
  try {
    return tree_of(toml::parse(text, std::string_view(file)));
  } catch (const toml::parse_error& e) {
    const auto& at = e.source().begin;
    return Error(Code::kInvalid,
                 fmt::format("{}:{}:{}: {}", file, at.line, at.column, e.description()));
  }
}

}  // namespace lamplight::importer
