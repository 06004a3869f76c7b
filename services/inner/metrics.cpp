#include "inner/metrics.hpp"

#include <limits>
#include <map>
#include <utility>

#include "inner/table.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::inner {

namespace {

using prometheus::MetricFamily;
using Labels = std::vector<std::pair<std::string, std::string>>;

MetricFamily family(const char* name, const char* help,
                    prometheus::MetricType type = prometheus::MetricType::Gauge) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  return made;
}

prometheus::ClientMetric& add(MetricFamily& to, const Labels& labels) {
  prometheus::ClientMetric& metric = to.metric.emplace_back();
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  return metric;
}
void add(MetricFamily& to, const Labels& labels, double value) {
  add(to, labels).gauge.value = value;
}

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

template <typename E>
std::string name(std::size_t number) {
  return std::string(to_string(static_cast<E>(number)));
}
std::string step_name(std::size_t step) {
  return name<CaseState>(step + static_cast<std::size_t>(CaseState::kSettlement));
}

void merge(AreaFigures& to, const AreaFigures& from) {
  for (std::size_t state = 0; state < kStates; ++state) {
    for (std::size_t s = 0; s < kSeverities; ++s) to.cases[state][s] += from.cases[state][s];
  }
  for (std::size_t step = 0; step < kSteps; ++step) to.overdue[step] += from.overdue[step];
  to.settlements += from.settlements;
  to.relapses += from.relapses;
}

/// Codes may share a label. `other` is always there: no case at all is 0, not silence.
std::map<std::string, AreaFigures> by_label(const CaseBook& book, const AreaLabels& areas) {
  std::map<std::string, AreaFigures> out;
  out["other"];
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

void add_area_figures(std::vector<MetricFamily>& to, const CaseBook& book,
                      const AreaLabels& areas) {
  MetricFamily cases = family("lamplight_inner_cases", "Cases of the inner loop, by state.");
  MetricFamily overdue = family("lamplight_inner_overdue",
                                "Open cases whose step has missed its deadline, by that step.");
  MetricFamily relapse = family("lamplight_inner_relapse_ratio",
                                "Of what was verified as settled, how much was opened again.");
  for (const auto& [area, figures] : by_label(book, areas)) {
    add_cases(cases, area, figures);
    for (std::size_t step = 0; step < kSteps; ++step) {
      add(overdue, {{"step", step_name(step)}, {"area", area}},
          static_cast<double>(figures.overdue[step]));
    }
    if (figures.settlements > 0) {
      add(relapse, {{"area", area}},
          static_cast<double>(figures.relapses) / static_cast<double>(figures.settlements));
    }
  }
  to.push_back(std::move(cases));
  to.push_back(std::move(overdue));
  to.push_back(std::move(relapse));
}

MetricFamily step_durations(const StepTimes& times) {
  MetricFamily out = family("lamplight_inner_step_duration_seconds",
                            "Time that the steps took which have ended since the log began.",
                            prometheus::MetricType::Histogram);
  const std::vector<double>& bounds = runtime::human_bounds();
  for (std::size_t step = 0; step < kSteps; ++step) {
    const StepTimes::Times& of = times.of(step);
    auto& histogram = add(out, {{"step", step_name(step)}}).histogram;
    std::uint64_t ended = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      ended += static_cast<std::uint64_t>(of.counts.at(i));
      const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
      histogram.bucket.push_back({ended, bound});
    }
    histogram.sample_count = ended;
    histogram.sample_sum = seconds(of.sum_us);
  }
  return out;
}

void add_ages(std::vector<MetricFamily>& to, const BacklogAge& ages, TimeUs now) {
  MetricFamily open = family("lamplight_inner_open_cases",
                             "Open cases by how long they are open, or open again, counted from "
                             "the beginning of that hour.");
  const auto classes = ages.classes(now);
  for (std::size_t i = 0; i < classes.size(); ++i)
    add(open, {{"age", std::string(BacklogAge::kClasses.at(i).name)}},
        static_cast<double>(classes.at(i)));
  to.push_back(std::move(open));
  const auto oldest = ages.oldest();
  if (!oldest) return;
  to.push_back(family("lamplight_inner_oldest_open_timestamp_seconds",
                      "Beginning of the hour since which the case is open that is open longest."));
  add(to.back(), {}, seconds(oldest->value));
}

MetricFamily refusals(const InnerDecider::Refusals& counts) {
  MetricFamily out = family("lamplight_requests_refused_total",
                            "Requests refused since the log began, by the rule that they broke.",
                            prometheus::MetricType::Counter);
  for (std::size_t rule = 0; rule < counts.size(); ++rule)
    add(out, {{"service", std::string(kService)}, {"reason", name<Refusal>(rule)}}).counter.value =
        static_cast<double>(counts.at(rule));
  return out;
}

}  // namespace

std::vector<MetricFamily> figure_families(const InnerDecider& decider, TimeUs now,
                                          const AreaLabels& areas) {
  std::vector<MetricFamily> out;
  add_area_figures(out, decider.book(), areas);
  out.push_back(step_durations(decider.book().step_times()));
  add_ages(out, decider.book().backlog_age(), now);
  out.push_back(refusals(decider.refusals()));
  out.push_back(
      family("lamplight_inner_figures_timestamp_seconds", "Bus time at which these figures hold."));
  add(out.back(), {}, seconds(now.value));
  return out;
}

void Metrics::show(std::vector<MetricFamily> families, Offset offset) {
  families.push_back(family("lamplight_inner_figures_offset",
                            "Offset of the last frame that these figures hold."));
  add(families.back(), {}, static_cast<double>(offset.value));
  swap(std::make_shared<const std::vector<MetricFamily>>(std::move(families)));
}

void Metrics::swap(Shown fresh) {
  const std::lock_guard lock(mutex_);
  shown_.swap(fresh);
}

std::vector<MetricFamily> Metrics::Collect() const {
  const std::lock_guard lock(mutex_);
  return shown_ ? *shown_ : std::vector<MetricFamily>{};
}

}  // namespace lamplight::inner
