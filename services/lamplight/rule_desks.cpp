#include "rule_desks.hpp"

#include "inner/rules.hpp"

namespace lamplight::cli {

std::vector<std::string> read_rule_desks(std::string_view document) {
  const auto rules = inner::rules_from_toml(document.empty() ? inner::default_rules() : document);
  return rules ? rules->named() : std::vector<std::string>{};
}

}  // namespace lamplight::cli
