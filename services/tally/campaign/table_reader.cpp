#include "tally/campaign/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tally/hint.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kMostProblems = 100;

bool fits_name(std::string_view name, std::size_t most) {
  return !name.empty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

}  // namespace

void Problems::add(std::uint32_t line, std::string_view key, std::string_view rule) {
  if (all_.size() >= kMostProblems) return;
  all_.emplace_back(Code::kInvalid, fmt::format("campaign: line {}: {} {}", line, key, rule));
}

void TableReader::finish() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (asked_.contains(name)) continue;
    problems_.add(node.source().begin.line, where_ + name,
                  "is not a key here" + hint(name, {asked_.begin(), asked_.end()}));
  }
}

void TableReader::text(std::string_view key, std::string& out, std::size_t most) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto value = node->value<std::string>();
  if (!node->is_string() || value->size() > most) {
    return fail(key, fmt::format("must be a text of at most {} bytes", most));
  }
  out = *value;
}

void TableReader::required(std::string_view key, std::string& out) {
  text(key, out);
  if (!has(key)) fail(key, "is needed");
}

void TableReader::name(std::string_view key, std::string& out, std::size_t most) {
  required(key, out);
  if (has(key) && !fits_name(out, most)) {
    fail(key, fmt::format("takes 1..{} letters, digits and . _ -", most));
  }
}

void TableReader::words(Words& out) {
  text("zh", out.zh);
  text("en", out.en);
  if (out.zh.empty()) out.zh = out.en;
  if (out.en.empty()) out.en = out.zh;
}

void TableReader::integer(std::string_view key, std::int64_t& out, std::int64_t low,
                          std::int64_t high) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
  if (!value || *value < low || *value > high) {
    return fail(key, fmt::format("must be a whole number {}..{}", low, high));
  }
  out = *value;
}

void TableReader::flag(std::string_view key, bool& out) {
  const toml::node* node = find(key);
  if (!node) return;
  if (!node->is_boolean()) return fail(key, "must be true or false");
  out = *node->value<bool>();
}

std::optional<Day> TableReader::day(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* date = node->as_date()) {
    const CivilDate civil{(*date)->year, (*date)->month, (*date)->day};
    if (is_valid(civil)) return day_of(civil);
  } else if (node->is_string()) {
    if (const auto day = day_from(*node->value<std::string>())) return day;
  }
  fail(key, "must be a day, such as 2022-06-25");
  return std::nullopt;
}

void TableReader::texts(std::string_view key, std::vector<std::string>& out, std::size_t most) {
  const toml::array* list = array(key, most);
  if (!list) return;
  for (const toml::node& item : *list) {
    auto value = item.value<std::string>();
    if (!item.is_string() || value->empty() || value->size() > 512) {
      return fail(key, "must be a list of texts of 1..512 bytes");
    }
    out.push_back(std::move(*value));
  }
}

void TableReader::tables(std::string_view key, std::vector<Dimensions>& out) {
  const toml::array* list = array(key, 20);
  if (!list) return;
  for (const toml::node& item : *list) {
    const toml::array* inner = item.as_array();
    if (!inner || inner->empty() || inner->size() > kMaxDimensions) {
      return fail(key, fmt::format("must be a list of lists of 1..{} dimensions, such as "
                                   "[[\"category\"], [\"category\", \"unit\"]]",
                                   kMaxDimensions));
    }
    Dimensions dimensions;
    for (const toml::node& name : *inner) {
      if (!name.is_string()) return fail(key, "must hold names of dimensions");
      dimensions.push_back(*name.value<std::string>());
    }
    out.push_back(std::move(dimensions));
  }
}

void TableReader::filter(std::string_view key, Filter& out) {
  const toml::node* node = find(key);
  if (!node) return;
  const toml::table* fields = node->as_table();
  if (!fields || fields->size() > 32) {
    return fail(key, "must be a table of fields and values, such as { category = [\"theft\"] }");
  }
  TableReader inner(*fields, where_ + std::string(key) + ".", problems_);
  for (const auto& [field, values] : *fields) {
    std::vector<std::string> codes;
    if (values.is_string()) codes.push_back(*values.value<std::string>());
    else inner.texts(field.str(), codes);
    if (codes.empty()) inner.fail(field.str(), "must name at least one value");
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    out.emplace(std::string(field.str()), std::move(codes));
  }
}

void TableReader::inside(std::string_view key, const std::function<void(TableReader&)>& read) {
  const toml::node* node = find(key);
  if (!node) return;
  if (!node->is_table()) return fail(key, "must be a table");
  TableReader inner(*node->as_table(), where_ + std::string(key) + ".", problems_);
  read(inner);
  inner.finish();
}

void TableReader::list(std::string_view key, std::size_t most,
                       const std::function<void(TableReader&)>& read) {
  const toml::array* entries = array(key, most);
  if (!entries) return;
  std::size_t number = 0;
  for (const toml::node& item : *entries) {
    ++number;
    if (!item.is_table()) return fail(key, fmt::format("must be written as [[{}]] tables", key));
    TableReader inner(*item.as_table(), fmt::format("{}{}[{}].", where_, key, number), problems_);
    read(inner);
    inner.finish();
  }
}

void TableReader::fail(std::string_view key, std::string_view rule) {
  problems_.add(line_of(key), where_ + std::string(key), rule);
}

void TableReader::fail_unknown(std::string_view key, std::string_view name, std::string_view what,
                               const std::vector<std::string>& known) {
  fail(key, fmt::format("\"{}\" is no {}{}", name, what, hint(name, known)));
}

const toml::node* TableReader::find(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

const toml::array* TableReader::array(std::string_view key, std::size_t most) {
  const toml::node* node = find(key);
  if (!node) return nullptr;
  const toml::array* list = node->as_array();
  if (!list) fail(key, "must be a list");
  else if (list->size() > most) {
    fail(key, fmt::format("holds {} entries; at most {} are taken", list->size(), most));
    return nullptr;
  }
  return list;
}

std::uint32_t TableReader::line_of(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return node ? node->source().begin.line : line();
}

}  // namespace lamplight::tally
