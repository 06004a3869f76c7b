#include "inner/document.hpp"

#include <fmt/format.h>

#include "inner/calendar.hpp"
#include "inner/rulebook.hpp"
#include "inner/rules.hpp"
#include "inner/toml_fields.hpp"

namespace lamplight::inner {

std::optional<std::string> checked_name(std::string_view document, std::vector<Error>& mistakes) {
  Mistakes met("document");
  const auto table = parse_toml(document, met);
  if (!table) {
    mistakes = met.all();
    return std::nullopt;
  }
  if (table->contains("year")) {
    const auto year = calendar_from_toml(document, &mistakes);
    if (!year) return std::nullopt;
    return fmt::format("{}{}", kCalendarPrefix, year->year);
  }
  if (!rules_from_toml(document, &mistakes)) return std::nullopt;
  return std::string(kRulesName);
}

}  // namespace lamplight::inner
