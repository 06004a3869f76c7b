#include "inner/metrics.hpp"

#include <map>
#include <utility>

#include "inner/table.hpp"

namespace lamplight::inner {

namespace {

using prometheus::MetricFamily;
using Labels = std::vector<std::pair<std::string, std::string>>;

MetricFamily family(const char* name, const char* help) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = prometheus::MetricType::Gauge;
  return made;
}

void add(MetricFamily& to, const Labels& labels, double value) {
  prometheus::ClientMetric metric;
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

template <typename E>
std::string name(std::size_t number) {
  return std::string(to_string(static_cast<E>(number)));
}

void merge(AreaFigures& to, const AreaFigures& from) {
  for (std::size_t state = 0; state < kStates; ++state) {
    for (std::size_t s = 0; s < kSeverities; ++s) to.cases[state][s] += from.cases[state][s];
  }
  for (std::size_t step = 0; step < kSteps; ++step) to.overdue[step] += from.overdue[step];
  to.settlements += from.settlements;
  to.relapses += from.relapses;
}

/// Codes may share a label.
std::map<std::string, AreaFigures> by_label(const CaseBook& book, const AreaLabels& areas) {
  std::map<std::string, AreaFigures> out;
  for (const auto& [key, figures] : book.figures()) {
    const std::string_view code = book.text(key).empty() ? "(blank)" : book.text(key);
    merge(out[areas.contains(code) ? std::string(code) : "other"], figures);
  }
  return out;
}

// Where there never was a case of that state and severity there is no series; open states always have theirs.
void add_cases(MetricFamily& to, const std::string& area, const AreaFigures& figures) {
  for (std::size_t state = 1; state < kStates; ++state) {
    for (std::size_t s = 0; s < kSeverities; ++s) {
      const std::int64_t n = figures.cases[state][s];
      if (n == 0 && !is_open(static_cast<CaseState>(state))) continue;
      add(to, {{"state", name<CaseState>(state)}, {"area", area}, {"severity", name<Severity>(s)}},
          static_cast<double>(n));
    }
  }
}

}  // namespace

std::vector<MetricFamily> figure_families(const CaseBook& book, Offset offset,
                                          const AreaLabels& areas) {
  MetricFamily cases = family("lamplight_inner_cases", "Cases of the inner loop, by state.");
  MetricFamily overdue = family("lamplight_inner_overdue",
                                "Open cases whose step has missed its deadline, by that step.");
  MetricFamily relapse = family("lamplight_inner_relapse_ratio",
                                "Of what was verified as settled, how much was opened again.");
  for (const auto& [area, figures] : by_label(book, areas)) {
    add_cases(cases, area, figures);
    for (std::size_t step = 0; step < kSteps; ++step) {
      add(overdue,
          {{"step", name<CaseState>(step + static_cast<std::size_t>(CaseState::kSettlement))},
           {"area", area}},
          static_cast<double>(figures.overdue[step]));
    }
    if (figures.settlements > 0) {
      add(relapse, {{"area", area}},
          static_cast<double>(figures.relapses) / static_cast<double>(figures.settlements));
    }
  }
  MetricFamily at =
      family("lamplight_inner_figures_offset", "Offset of the last frame that these figures hold.");
  add(at, {}, static_cast<double>(offset.value));
  return {std::move(cases), std::move(overdue), std::move(relapse), std::move(at)};
}

void Metrics::show(std::vector<MetricFamily> families) {
  auto fresh = std::make_shared<const std::vector<MetricFamily>>(std::move(families));
  const std::lock_guard lock(mutex_);
  shown_.swap(fresh);
}

std::vector<MetricFamily> Metrics::Collect() const {
  const std::lock_guard lock(mutex_);
  return shown_ ? *shown_ : std::vector<MetricFamily>{};
}

}  // namespace lamplight::inner
