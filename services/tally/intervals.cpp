#include <algorithm>

#include "tally/grouping.hpp"
#include "tally/sections.hpp"

namespace lamplight::tally {
namespace {

enum class Outcome : std::uint8_t { kTaken, kMissing, kOver, kNegative };

struct Measured {
  Outcome outcome = Outcome::kMissing;
  std::int64_t seconds = 0;
};

/// How long one alert's interval is, or why it is left out. Missing is looked at first, then over, then negative.
class Ruler {
 public:
  Ruler(const Population& population, const IntervalSpec& spec)
      : spec_(spec),
        from_(population, spec.from),
        to_(population, spec.to),
        origin_(population, spec.origin) {}

  [[nodiscard]] Measured measure(const Row& row) const {
    const auto from = from_.of(row);
    const auto to = to_.of(row);
    if (!from || !to) return {Outcome::kMissing, 0};
    const std::int64_t begin = at(*from);
    const std::int64_t length = at(*to) - begin;
    if (spec_.max_from_origin_s) {
      const auto origin = origin_.of(row);
      if (!origin) return {Outcome::kMissing, 0};
      const std::int64_t limit = *spec_.max_from_origin_s * kUsPerSecond;
      if (begin - at(*origin) > limit || at(*to) - at(*origin) > limit) return {Outcome::kOver, 0};
    }
    if (spec_.max_length_s && length > *spec_.max_length_s * kUsPerSecond)
      return {Outcome::kOver, 0};
    if (length < 0) return {Outcome::kNegative, 0};
    return {Outcome::kTaken, length / kUsPerSecond};
  }

 private:
  [[nodiscard]] std::int64_t at(const StampSource::Value& value) const {
    return spec_.civil ? value.clock_us : value.real_us;
  }
  const IntervalSpec& spec_;
  StampSource from_;
  StampSource to_;
  StampSource origin_;
};

struct Collected {
  std::vector<std::int64_t> seconds;
  std::uint64_t left_out[4] = {};
};

Distribution distribution(Collected& collected, const IntervalSpec& spec,
                          const std::vector<int>& percentiles) {
  auto& values = collected.seconds;
  std::sort(values.begin(), values.end());
  Distribution figures;
  figures.n = values.size();
  figures.missing = collected.left_out[static_cast<std::size_t>(Outcome::kMissing)];
  figures.over = collected.left_out[static_cast<std::size_t>(Outcome::kOver)];
  figures.negative = collected.left_out[static_cast<std::size_t>(Outcome::kNegative)];
  for (const std::int64_t limit : spec.within_s) {
    figures.within.push_back(static_cast<std::uint64_t>(
        std::upper_bound(values.begin(), values.end(), limit) - values.begin()));
  }
  if (values.empty()) return figures;
  figures.min_s = values.front();
  for (const std::int64_t value : values) figures.sum_s += value;
  for (const int p : percentiles) {
    const std::size_t rank =
        (values.size() * static_cast<std::size_t>(p) + 99) / 100;  // ceil, 1-based
    figures.percentiles_s.push_back(values[rank - 1]);
  }
  return figures;
}

std::string_view list_name(Outcome outcome) {
  return outcome == Outcome::kMissing ? "missing" : outcome == Outcome::kOver ? "over" : "negative";
}

}  // namespace

IntervalReport make_intervals(const Population& population, const Selection& selection,
                              const IntervalSpec& spec) {
  IntervalReport report{.name = spec.name, .spec = &spec, .tables = {}, .listed = {}};
  const Ruler ruler(population, spec);
  std::vector<Measured> measured;
  measured.reserve(selection.size());
  for (const std::string& kind : spec.list) report.listed[kind];
  for (const Alert* alert : selection) {
    measured.push_back(ruler.measure(population.row(*alert)));
    if (measured.back().outcome == Outcome::kTaken) continue;
    const auto list = report.listed.find(std::string(list_name(measured.back().outcome)));
    if (list != report.listed.end() && list->second.size() < population.spec().list_limit) {
      list->second.emplace_back(population.partner_ref(*alert));
    }
  }
  for (const Dimensions& by : spec.by) {
    const Grouping grouping(population, by);
    GroupMap<Collected> groups;
    for (std::size_t i = 0; i < selection.size(); ++i) {
      grouping.for_each_key(*selection[i], [&](const GroupKey& key) {
        Collected& group = groups[key];
        if (measured[i].outcome == Outcome::kTaken) group.seconds.push_back(measured[i].seconds);
        else ++group.left_out[static_cast<std::size_t>(measured[i].outcome)];
      });
    }
    auto& table = report.tables.emplace_back();
    table.by = by;
    for (auto* entry : grouping.sorted(groups)) {
      table.groups.push_back({grouping.texts(entry->first),
                              distribution(entry->second, spec, population.spec().percentiles)});
    }
  }
  return report;
}

LateStages make_late_stages(const Population& population, const Selection& selection,
                            const LateStageSpec& spec) {
  const StampSource origin(population, spec.origin);
  std::vector<StampSource> stages;
  for (const std::string& stage : spec.stages) stages.emplace_back(population, stage);
  LateStages report{.name = spec.name, .listed = {}};
  for (const Alert* alert : selection) {
    const Row& row = population.row(*alert);
    const auto begin = origin.of(row);
    if (!begin) continue;
    LateStages::Entry entry;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const auto at = stages[i].of(row);
      if (at && at->clock_us - begin->clock_us > spec.over_s * kUsPerSecond)
        entry.stages.push_back(spec.stages[i]);
    }
    if (entry.stages.empty()) continue;
    ++report.rows;
    if (report.listed.size() >= population.spec().list_limit) continue;
    entry.partner_ref = population.partner_ref(*alert);
    report.listed.push_back(std::move(entry));
  }
  return report;
}

}  // namespace lamplight::tally
