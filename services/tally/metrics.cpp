#include "tally/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <map>

#include "tally/gauge_family.hpp"

namespace lamplight::tally {
namespace {

using prometheus::MetricFamily;

std::string_view known_or_other(const std::set<std::string, std::less<>>& known,
                                std::string_view code) {
  const std::string_view shown = code.empty() ? "(blank)" : code;
  return known.find(shown) == known.end() ? "other" : shown;
}

MetricFamily event_family(const LiveFigures& figures) {
  constexpr std::array<const char*, kRowKinds> kKinds{"original",   "repeat",     "correction",
                                                      "withdrawal", "unresolved", "unreadable"};
  MetricFamily made =
      gauge_family("lamplight_tally_events", "Events folded, by what they turned out to be.");
  for (std::size_t i = 0; i < kRowKinds; ++i) {
    add_gauge(made, {{"kind", kKinds[i]}}, static_cast<double>(figures.events_by_kind[i]));
  }
  return made;
}

MetricFamily status_family(const LiveFigures& figures) {
  MetricFamily made = gauge_family("lamplight_tally_events_by_status",
                                   "Events folded, by CAP status; only Actual ever counts.");
  for (std::size_t i = 0; i < kStatuses; ++i) {
    add_gauge(made, {{"status", std::string(to_string(static_cast<AlertStatus>(i)))}},
              static_cast<double>(figures.events_by_status[i]));
  }
  return made;
}

}  // namespace

FigureLabels::FigureLabels(const CodeLists& lists)
    : classes_(lists.first(CodeList::kClass, kMaxClassLabels)),
      areas_(lists.first(CodeList::kArea, kMaxAreaLabels)) {}

std::string_view FigureLabels::of_class(std::string_view code) const {
  return known_or_other(classes_, code);
}

std::string_view FigureLabels::of_area(std::string_view code) const {
  return known_or_other(areas_, code);
}

std::vector<MetricFamily> figure_families(const TallyFold& fold, Offset cut,
                                          const FigureLabels& labels, const std::string& campaign) {
  const LiveFigures& figures = fold.figures();
  std::map<std::string, LiveFigures::Cell> by_class;  // by label: codes may share one
  std::map<std::pair<std::string, std::string>, std::int64_t> by_class_area;
  for (const auto& [key, cell] : figures.by_class_area) {
    const std::string of_class(labels.of_class(fold.text(static_cast<TextId>(key >> 32))));
    const std::string of_area(labels.of_area(fold.text(static_cast<TextId>(key))));
    by_class[of_class].alerts += cell.alerts;
    by_class[of_class].amount_fen += cell.amount_fen;
    by_class_area[{of_class, of_area}] += cell.alerts;
  }

  MetricFamily campaign_figure = gauge_family(
      "lamplight_campaign_figure",
      "Figures of campaigns: of alerts as of lamplight_tally_figures_offset, of campaigns that are "
      "defined on the log as of lamplight_campaign_figures_offset.");
  for (const auto& [label, cell] : by_class) {
    const std::pair<const char*, std::int64_t> measures[] = {
        {"alerts_valid", cell.alerts}, {"amount_fen", bounded(cell.amount_fen)}};
    for (const auto& [measure, value] : measures) {
      add_gauge(campaign_figure,
                {{"campaign", campaign}, {"measure", measure}, {"category", label}},
                static_cast<double>(value));
    }
  }
  MetricFamily alerts =
      gauge_family("lamplight_tally_alerts", "Alerts that count, by class and area.");
  for (const auto& [key, n] : by_class_area) {
    add_gauge(alerts, {{"class", key.first}, {"area", key.second}}, static_cast<double>(n));
  }
  MetricFamily offset = gauge_family(
      "lamplight_tally_figures_offset",
      "Offset that the figures of this scrape belong to: report --as-of it gives the same.");
  add_gauge(offset, {}, static_cast<double>(cut.value));
  return {std::move(campaign_figure), std::move(alerts), event_family(figures),
          status_family(figures), std::move(offset)};
}

void FigureGauges::show(std::vector<MetricFamily> families) {
  auto fresh = std::make_shared<const std::vector<MetricFamily>>(std::move(families));
  const std::lock_guard lock(mutex_);
  shown_.swap(fresh);
}

void FigureGauges::show_campaigns(std::vector<MetricFamily> families) {
  auto fresh = std::make_shared<const std::vector<MetricFamily>>(std::move(families));
  const std::lock_guard lock(mutex_);
  campaigns_.swap(fresh);
}

std::vector<MetricFamily> FigureGauges::Collect() const {
  std::shared_ptr<const std::vector<MetricFamily>> shown;
  std::shared_ptr<const std::vector<MetricFamily>> campaigns;
  {
    const std::lock_guard lock(mutex_);
    shown = shown_;
    campaigns = campaigns_;
  }
  std::vector<MetricFamily> all = shown ? *shown : std::vector<MetricFamily>{};
  if (!campaigns) return all;
  for (const MetricFamily& family : *campaigns) {  // a family is exposed once
    const auto same = std::find_if(all.begin(), all.end(), [&family](const MetricFamily& known) {
      return known.name == family.name;
    });
    if (same == all.end()) all.push_back(family);
    else same->metric.insert(same->metric.end(), family.metric.begin(), family.metric.end());
  }
  return all;
}

struct Metrics::Impl {
  explicit Impl(runtime::Registry& registry)
      : gauges(std::make_shared<FigureGauges>()),
        report_seconds(
            prometheus::BuildHistogram()
                .Name("lamplight_tally_report_duration_seconds")
                .Help("From the question of a report to its bytes")
                .Register(registry.native())
                .Add({}, prometheus::Histogram::BucketBoundaries(runtime::slow_bounds().begin(),
                                                                 runtime::slow_bounds().end()))),
        refused(prometheus::BuildCounter()
                    .Name("lamplight_tally_reports_refused_total")
                    .Help("Reports that were not made, by reason")
                    .Register(registry.native())) {
    registry.add(std::weak_ptr<prometheus::Collectable>(gauges));
    for (const char* reason : {"invalid", "not_ready", "overloaded"})
      refused.Add({{"reason", reason}});
  }
  std::shared_ptr<FigureGauges> gauges;
  prometheus::Histogram& report_seconds;
  prometheus::Family<prometheus::Counter>& refused;
};

Metrics::Metrics(runtime::Registry& registry) : impl_(std::make_unique<Impl>(registry)) {}
Metrics::~Metrics() = default;

void Metrics::show_figures(const TallyFold& fold, Offset cut, const FigureLabels& labels,
                           const std::string& campaign) {
  impl_->gauges->show(figure_families(fold, cut, labels, campaign));
}

void Metrics::show_campaigns(std::vector<MetricFamily> families) {
  impl_->gauges->show_campaigns(std::move(families));
}

void Metrics::record_report(double seconds) { impl_->report_seconds.Observe(seconds); }

void Metrics::record_refused(std::string_view reason) {
  impl_->refused.Add({{"reason", std::string(reason)}}).Increment();
}

}  // namespace lamplight::tally
