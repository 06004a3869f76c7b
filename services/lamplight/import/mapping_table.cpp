#include "import/mapping_table.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "import/mapping.hpp"

namespace lamplight::importer {

namespace {

using Kind = TomlNode::Kind;

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

void Complaint::say(std::uint32_t line, std::string_view key, std::string_view what) {
  if (error_) return;
  const std::string place = line > 0 ? fmt::format("{}:{}: ", file_, line) : file_ + ": ";
  error_.emplace(Code::kInvalid, key.empty() ? fmt::format("{}{}", place, what)
                                             : fmt::format("{}{}: {}", place, key, what));
}

const TomlNode* MappingTable::node(std::string_view key) {
  known_.emplace_back(key);
  return table_.find(key);
}

const TomlNode* MappingTable::node(std::string_view key, Kind kind, std::string_view must_be) {
  const TomlNode* const found = node(key);
  if (found == nullptr || found->kind == kind) return found;
  complaint_.say(found->line, path_of(key), fmt::format("must be {}", must_be));
  return nullptr;
}

std::optional<std::string> MappingTable::text(std::string_view key) {
  const TomlNode* const found = node(key, Kind::kText, "a text in quotes");
  return found == nullptr ? std::nullopt : std::optional(found->text);
}

bool MappingTable::flag(std::string_view key, bool fallback) {
  const TomlNode* const found = node(key, Kind::kFlag, "true or false");
  return found == nullptr ? fallback : found->flag;
}

std::uint64_t MappingTable::count(std::string_view key, std::uint64_t fallback,
                                  std::uint64_t most) {
  const std::string must_be = fmt::format("a whole number from 0 to {}", most);
  const TomlNode* const found = node(key, Kind::kInteger, must_be);
  if (found == nullptr) return fallback;
  if (found->integer >= 0 && static_cast<std::uint64_t>(found->integer) <= most) {
    return static_cast<std::uint64_t>(found->integer);
  }
  say(key, "must be " + must_be);
  return fallback;
}

std::vector<std::string> MappingTable::texts(std::string_view key) {
  const TomlNode* const found = node(key);
  if (found == nullptr) return {};
  if (found->kind == Kind::kText) return {found->text};
  std::vector<std::string> out;
  for (const TomlNode& item : found->items) {
    if (item.kind == Kind::kText) out.push_back(item.text);
    else complaint_.say(item.line, path_of(key), "must hold texts in quotes only");
  }
  if (found->kind != Kind::kArray) say(key, "must be a text in quotes or an array of such texts");
  return out;
}

TextPairs MappingTable::pairs(std::string_view key) {
  TextPairs out;
  const TomlNode* const found = node(key, Kind::kTable, "a table: { \"from\" = \"to\" }");
  if (found == nullptr) return out;
  for (const auto& [name, value] : found->entries) {
    if (value.kind == Kind::kText) out.emplace_back(name, value.text);
    else
      complaint_.say(value.line, path_of(key),
                     "must translate texts to texts: { \"from\" = \"to\" }");
  }
  return out;
}

TextPairs MappingTable::pair_list(std::string_view key) {
  constexpr std::string_view kMustBe = "pairs: [[\"from\", \"to\"], …]";
  TextPairs out;
  const TomlNode* const found = node(key, Kind::kArray, kMustBe);
  if (found == nullptr) return out;
  for (const TomlNode& item : found->items) {
    const bool pair = item.items.size() == 2 && item.items[0].kind == Kind::kText &&
                      item.items[1].kind == Kind::kText;
    if (pair && !item.items[0].text.empty())
      out.emplace_back(item.items[0].text, item.items[1].text);
    else complaint_.say(item.line, path_of(key), fmt::format("must be {}", kMustBe));
  }
  return out;
}

std::size_t MappingTable::choice(std::string_view key, const std::vector<std::string>& allowed,
                                 std::size_t fallback) {
  const std::optional<std::string> value = text(key);
  if (!value) return fallback;
  const auto found = std::find(allowed.begin(), allowed.end(), *value);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  say(key, fmt::format("is \"{}\"; it may be one of: {}", *value, joined(allowed)));
  return fallback;
}

void MappingTable::finish() {
  for (const auto& [name, value] : table_.entries) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const auto near = nearest_name(name, known_);
    complaint_.say(value.line, path_of(name),
                   near ? fmt::format("no such key; did you mean {}?", *near)
                        : fmt::format("no such key; known here: {}", joined(known_)));
  }
}

void MappingTable::say(std::string_view key, std::string_view what) {
  const TomlNode* const found = table_.find(key);
  complaint_.say(found != nullptr ? found->line : table_.line, path_of(key), what);
}

std::string MappingTable::path_of(std::string_view key) const {
  if (path_.empty() || key.empty()) return path_.empty() ? std::string(key) : path_;
  return fmt::format("{}.{}", path_, key);
}

}  // namespace lamplight::importer
