#include "inner/rule_codes.hpp"

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "inner/toml_fields.hpp"

namespace lamplight::inner {

namespace {

class CodeCheck {
 public:
  explicit CodeCheck(const CodeLists& lists) : lists_(lists) {}

  void read(const toml::table& document) {
    each_of(document["opens"]["classes"], CodeList::kClass, "opens.classes");
    each_of(document["opens"]["categories"], CodeList::kCategory, "opens.categories");
    each_of(document["reopening"]["place_schemes"], CodeList::kPlaceScheme,
            "reopening.place_schemes");
    if (const toml::table* severities = document["severity"]["category"].as_table()) {
      for (const auto& [key, node] : *severities)
        compare(key.str(), CodeList::kCategory, "severity.category", line_of(node));
    }
    if (const toml::array* areas = document["area"].as_array()) {
      for (const toml::node& area : *areas) {
        if (const toml::table* fields = area.as_table()) area_code(*fields);
      }
    }
  }
  DoubtfulCodes told() const { return {mistakes_.all(), warnings_.all()}; }

 private:
  static std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

  void area_code(const toml::table& area) {
    const toml::node* node = area.get("code");
    if (node == nullptr || !node->is_string()) return;
    const std::string code = **node->as_string();
    if (code.empty()) mistakes_.add(line_of(*node), "area.code is empty");
    else compare(code, CodeList::kArea, "area.code", line_of(*node));
  }
  void each_of(toml::node_view<const toml::node> list, CodeList of, std::string_view key) {
    const toml::array* codes = list.as_array();
    if (codes == nullptr) return;
    for (const toml::node& node : *codes) {
      if (node.is_string()) compare(**node.as_string(), of, key, line_of(node));
    }
  }
  void compare(std::string_view code, CodeList of, std::string_view key, std::uint32_t line) {
    if (lists_.find(of, code) != nullptr) return;
    std::vector<std::string> known;
    for (const CodeEntry& entry : lists_.entries(of)) known.push_back(entry.code);
    const auto near = nearest_name(code, known);
    warnings_.add(line, fmt::format("{}: \"{}\" is not in the code list {}{}", key, code,
                                    to_string(of), near ? "; did you mean " + *near + "?" : ""));
  }

  const CodeLists& lists_;
  Mistakes mistakes_{"rules"};
  Mistakes warnings_{"warning"};
};

}  // namespace

DoubtfulCodes doubtful_codes(std::string_view document, const CodeLists& lists) {
  Mistakes met("rules");
  const auto table = parse_toml(document, met);
  if (!table) return {met.all(), {}};
  CodeCheck check(lists);
  check.read(*table);
  return check.told();
}

}  // namespace lamplight::inner
