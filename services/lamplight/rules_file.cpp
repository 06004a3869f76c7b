#include "rules_file.hpp"

#include <vector>

#include "base/production_env.hpp"
#include "inner/document.hpp"
#include "inner/rule_codes.hpp"
#include "inner/rulebook.hpp"
#include "model/inner_descriptions.hpp"
#include "program.hpp"

namespace lamplight::cli {

std::optional<RulesFile> read_rules_file(const std::string& path) {
  ProductionEnv production;
  auto text = read_file(production.env().disk, path, kMaxRulesBytes);
  if (!text) {
    complain(text.error());
    return std::nullopt;
  }
  std::vector<Error> mistakes;
  auto name = inner::checked_name(*text, mistakes);
  for (const Error& mistake : mistakes) complain(mistake.with(path));
  if (!name) return std::nullopt;
  if (*name != inner::kRulesName) return RulesFile{std::move(*name), std::move(*text)};
  const auto lists = CodeLists::builtin();
  if (!lists) {
    complain(lists.error());
    return std::nullopt;
  }
  const inner::DoubtfulCodes codes = inner::doubtful_codes(*text, *lists);
  for (const Error& mistake : codes.mistakes) complain(mistake.with(path));
  for (const Error& warning : codes.warnings) complain(warning.with(path));
  if (!codes.mistakes.empty()) return std::nullopt;
  return RulesFile{std::move(*name), std::move(*text), !codes.warnings.empty()};
}

}  // namespace lamplight::cli
