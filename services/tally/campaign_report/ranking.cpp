#include "tally/campaign_report/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lamplight::tally {
namespace {

std::optional<std::int64_t> population_of(const CampaignDefinition& definition,
                                          const std::string& code) {
  for (const CodeWords& known : definition.codes) {
    if (known.list == "unit" && known.code == code) return known.population;
  }
  return std::nullopt;
}

std::optional<std::string> rate(std::int64_t n, std::int64_t population) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 42;  // times 2,000,000 fits
  if (population <= 0 || n < 0 || n > kLimit) return std::nullopt;
  const std::int64_t hundredths = (2 * n * 1'000'000 + population) / (2 * population);
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

}  // namespace

Ranking rank(const CampaignDefinition& definition, const CampaignTable& table) {
  Ranking ranking{table.measure, {}, {}};
  std::set<std::string> present;
  for (const CampaignTable::RowOf& row : table.rows) {
    if (!row.key[0] || !row.amount.n) continue;
    Ranking::RowOf entry{*row.key[0], 0, *row.amount.n, {}, {}};
    if (table.by[0] == "unit") entry.population = population_of(definition, entry.code);
    if (entry.population) entry.per_10000 = rate(entry.n, *entry.population);
    present.insert(entry.code);
    ranking.rows.push_back(std::move(entry));
  }
  std::stable_sort(ranking.rows.begin(), ranking.rows.end(),
                   [](const auto& a, const auto& b) { return a.n > b.n; });
  for (std::size_t i = 0; i < ranking.rows.size(); ++i) {
    const bool tie = i > 0 && ranking.rows[i].n == ranking.rows[i - 1].n;
    ranking.rows[i].place = tie ? ranking.rows[i - 1].place : static_cast<std::int64_t>(i) + 1;
  }
  for (const CodeWords& known : definition.codes) {
    if (known.list == table.by[0] && present.count(known.code) == 0)
      ranking.missing.push_back(known.code);
  }
  return ranking;
}

}  // namespace lamplight::tally
