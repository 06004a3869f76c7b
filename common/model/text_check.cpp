#include "model/text_check.hpp"

#include "text_rules.hpp"

namespace lamplight {

TextCheck check_text(const Rule& rule, std::string_view text, const CodeLists& codes) {
  const auto told = [&rule](std::string_view broken, bool listed = true) {
    return TextCheck{broken, text_rules::hint_of(broken, rule.max_bytes), listed};
  };
  if (rule.token) return told(text_rules::broken_by_token(text));
  if (rule.reference) return told(text_rules::broken_by_reference(text, rule.max_bytes));
  if (const std::string_view broken = text_rules::broken_by_code(text, rule.max_bytes);
      !broken.empty())
    return told(broken);
  if (!rule.list || codes.find(*rule.list, text) != nullptr) return {};
  if (!codes.is_open(*rule.list)) return {"unknown_code", "a code of the list", false};
  const bool refused = rule.number_shaped_refused && text_rules::is_number_shaped(text);
  return told(refused ? "number_shaped" : std::string_view{}, false);
}

}  // namespace lamplight
