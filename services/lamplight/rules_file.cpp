#include "rules_file.hpp"

#include <vector>

#include "base/production_env.hpp"
#include "inner/document.hpp"
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
  return RulesFile{std::move(*name), std::move(*text)};
}

}  // namespace lamplight::cli
