#include "tally/cohort/cohort.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "tally/clearance/standing_rows.hpp"

namespace lamplight::tally {
namespace {

/// Says that a key reached a stage at a moment.
struct Reached {
  std::string stage;
  std::int64_t at_us = 0;
};

/// The stages that a row tells of, each with its date.
std::vector<Reached> reached_in(const StandingRows& reports, std::uint32_t row,
                                const CohortSpec& spec, Shape shape) {
  std::vector<Reached> all;
  if (shape == Shape::kStages) {
    for (const StageCell& cell : reports.stages(row, spec.field)) {
      all.push_back({std::string(reports.word(cell.stage)), cell.at_us});
    }
    return all;
  }
  const auto happened = reports.stamp(row, "happened_at");
  const std::int64_t at_us = happened ? happened->at.value : 0;
  if (shape == Shape::kCodes) {
    for (const std::string& code : reports.codes(row, spec.field)) all.push_back({code, at_us});
  } else {
    all.push_back({std::string(reports.text(row, spec.field)), at_us});
  }
  return all;
}

using Key = std::vector<std::string>;

/// Empty where a part of the key is missing.
Key key_of(const StandingRows& reports, std::uint32_t row, const CohortSpec& spec) {
  Key key;
  for (const std::string& field : spec.key) {
    const std::string_view part =
        field == "partner" ? reports.partner(row) : reports.text(row, field);
    if (part.empty()) return {};
    key.emplace_back(part);
    if (field == "person") key.emplace_back(reports.key_maker(row));
  }
  return key;
}

struct Life {
  std::vector<Reached> reached;
  bool senders_key = false;
};

}  // namespace

CohortTable cohort_at(const FactsView& view, Offset as_of, const CohortSpec& spec,
                      const Period& period, std::int32_t clock_minutes, std::int32_t day_cut_hour) {
  CohortTable table;
  table.name = spec.name;
  for (const std::string& stage : spec.stages) table.stages.push_back({stage, 0});
  for (const std::string& exit : spec.exits) table.exits.push_back({exit, 0});
  const auto kind = fact_kind_of(spec.from);
  LAMPLIGHT_CHECK(kind.has_value(), "the definition was checked: a cohort is of reports");
  const auto column = find_column(*kind, spec.field);
  LAMPLIGHT_CHECK(column.has_value(), "the definition was checked: a cohort's field is there");
  const Shape shape = columns_of(*kind)[*column].shape;
  const bool of_persons = std::find(spec.key.begin(), spec.key.end(), "person") != spec.key.end();
  const auto in_period = [&](std::int64_t at_us) {
    const std::int64_t civil_us =
        at_us + clock_minutes * kUsPerMinute - day_cut_hour * 60 * kUsPerMinute;
    const Day day{static_cast<std::int32_t>(floor_div(civil_us, kUsPerDay))};
    return period.first <= day && day <= period.last;
  };
  const auto enters = [&](const Reached& reached) {
    return reached.stage == spec.enter && in_period(reached.at_us);
  };

  const StandingRows reports(view, *kind, as_of);
  std::map<Key, Life> lives;
  for (const std::uint32_t row : reports.rows()) {
    const std::vector<Reached> reached = reached_in(reports, row, spec, shape);
    const Key key = key_of(reports, row, spec);
    if (key.empty()) {
      if (std::any_of(reached.begin(), reached.end(), enters)) ++table.without_key;
      continue;
    }
    Life& life = lives[key];
    life.reached.insert(life.reached.end(), reached.begin(), reached.end());
    life.senders_key = life.senders_key || (of_persons && !reports.key_maker(row).empty());
  }

  for (const auto& [key, life] : lives) {
    std::int64_t entered_at = kLastStampUs + 1;
    for (const Reached& reached : life.reached) {
      if (enters(reached)) entered_at = std::min(entered_at, reached.at_us);
    }
    if (entered_at > kLastStampUs) continue;
    ++table.entered;
    table.distinct_per_sender = table.distinct_per_sender || life.senders_key;
    std::set<std::string> since;
    for (const Reached& reached : life.reached) {
      if (reached.at_us >= entered_at) since.insert(reached.stage);
    }
    for (CohortStage& stage : table.stages) stage.reached += since.contains(stage.stage) ? 1 : 0;
    for (CohortStage& exit : table.exits) exit.reached += since.contains(exit.stage) ? 1 : 0;
  }

  std::string before = spec.enter;
  std::int64_t n_before = table.entered;
  for (const CohortStage& stage : table.stages) {
    if (stage.reached > n_before) {
      table.breaks.push_back({before, stage.stage, n_before, stage.reached});
    }
    before = stage.stage;
    n_before = stage.reached;
  }
  return table;
}

}  // namespace lamplight::tally
