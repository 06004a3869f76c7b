#include "reference_file.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "model/describe.hpp"

namespace lamplight::reference_file {

namespace {

Error bad(const std::string& file, const toml::source_region& where, const std::string& rule) {
  return {Code::kInvalid, file + ":" + std::to_string(where.begin.line) + ": " + rule};
}

// toml++ throws: what it says becomes an Error here.
Result<toml::table> parse(const std::string& file, std::string_view text) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& fault) {
    return bad(file, fault.source(), "no valid TOML: " + std::string(fault.description()));
  }
}

bool is_code(std::string_view text) {
  if (text.empty() || text.size() > kMaxCodeBytes || text.front() == ' ' || text.back() == ' ')
    return false;
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

struct Placed {
  CodeEntry entry;
  toml::source_position at;
};

bool read_form(std::string_view text, PlaceForm& out) {
  if (text == "digits") out = PlaceForm::kDigits;
  else if (text == "hash") out = PlaceForm::kHash;
  else return false;
  return true;
}

std::string_view known_keys(CodeList list) {
  if (list == CodeList::kCategory) return "zh, en and class are known";
  return list == CodeList::kPlaceScheme ? "zh, en and form are known" : "zh and en are known";
}

Result<CodeEntry> read_entry(const std::string& file, std::string_view code, const toml::node& node,
                             CodeList list) {
  if (!is_code(code))
    return bad(file, node.source(),
               "a code has 1 to 64 bytes, no control character, no space at its ends");
  const std::string where = "code \"" + std::string(code) + "\" ";
  const toml::table* labels = node.as_table();
  if (labels == nullptr)
    return bad(file, node.source(), where + "needs { zh = \"…\", en = \"…\" }");
  CodeEntry entry;
  entry.code = code;
  for (const auto& [key, value] : *labels) {
    const auto text = value.value_exact<std::string>();
    if (!text || text->empty())
      return bad(file, value.source(), where + "has a label that is no text, or empty");
    if (key == "zh") entry.zh = *text;
    else if (key == "en") entry.en = *text;
    else if (key == "class" && list == CodeList::kCategory) entry.class_code = *text;
    else if (key == "form" && list == CodeList::kPlaceScheme) {
      if (!read_form(*text, entry.form))
        return bad(file, value.source(), where + "has a form other than \"digits\" and \"hash\"");
    } else
      return bad(file, value.source(),
                 where + "has an unknown key \"" + std::string(key.str()) + "\"; " +
                     std::string(known_keys(list)));
  }
  if (entry.zh.empty() || entry.en.empty())
    return bad(file, node.source(), where + "needs both labels, zh and en");
  return entry;
}

// "names" or "parts" of a section.
Result<void> add_texts(const std::string& file, const toml::node& node, bool parts, DenyList& out) {
  const toml::array* texts = node.as_array();
  if (texts == nullptr) return bad(file, node.source(), "want a list of texts");
  for (const toml::node& item : *texts) {
    const auto text = item.value_exact<std::string>();
    if (!text) return bad(file, item.source(), "want a text");
    if (parts ? out.add_part(*text) : out.add_name(*text)) continue;
    return bad(file, item.source(),
               parts ? "a part has at least two characters" : "a name must not be empty");
  }
  return {};
}

}  // namespace

Result<CodeListFile> parse_code_list(const std::string& file, std::string_view text,
                                     CodeList list) {
  const auto parsed = parse(file, text);
  if (!parsed) return parsed.error();
  const toml::table& root = parsed.value();
  for (const auto& [key, value] : root) {
    if (key != "open" && key != "codes") {
      return bad(file, value.source(),
                 "unknown key \"" + std::string(key.str()) + "\"; open and [codes] are known");
    }
  }
  CodeListFile out;
  const auto open = root["open"].value_exact<bool>();
  if (!open) return bad(file, root.source(), "needs open = true or open = false");
  out.open = *open;
  const toml::table* codes = root["codes"].as_table();
  if (codes == nullptr) return bad(file, root.source(), "needs a table [codes]");

  std::vector<Placed> placed;
  for (const auto& [code, node] : *codes) {
    auto entry = read_entry(file, code.str(), node, list);
    if (!entry) return entry.error();
    placed.push_back({std::move(entry).value(), code.source().begin});
  }
  // toml++ sorts keys; people read lists in the order they were written.
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
  });
  for (Placed& one : placed) out.entries.push_back(std::move(one.entry));
  if (!out.open && out.entries.empty())
    return bad(file, codes->source(), "a closed list without codes refuses everything");
  return out;
}

Result<void> parse_deny_list(const std::string& file, std::string_view text, DenyList& out) {
  const auto parsed = parse(file, text);
  if (!parsed) return parsed.error();
  for (const auto& [section, node] : parsed.value()) {
    const toml::table* lists = node.as_table();
    if (lists == nullptr)
      return bad(file, node.source(), "want sections with names = [...] and parts = [...]");
    for (const auto& [key, value] : *lists) {
      if (key != "names" && key != "parts") {
        return bad(file, value.source(),
                   "unknown key \"" + std::string(key.str()) + "\"; names and parts are known");
      }
      if (auto added = add_texts(file, value, key == "parts", out); !added) return added.error();
    }
  }
  return {};
}

}  // namespace lamplight::reference_file
