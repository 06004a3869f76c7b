#include "tally/campaign_gauges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tally/campaign_report/sheets.hpp"
#include "tally/gauge_family.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

using prometheus::MetricFamily;

/// Adds series as long as the budget lasts.
class Adder {
 public:
  void add(MetricFamily& to, const GaugeLabels& labels, double value) {
    if (series_ >= kCampaignSeriesBudget - 2) return static_cast<void>(++left_out_);
    ++series_;
    add_gauge(to, labels, value);
  }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  std::size_t series_ = 0;
  std::size_t left_out_ = 0;
};

struct Families {
  MetricFamily figure =
      gauge_family("lamplight_campaign_figure",
                   "Figures of campaigns; those of a campaign's definition are as of "
                   "lamplight_campaign_figures_offset.");
  MetricFamily previous =
      gauge_family("lamplight_campaign_figure_previous", "The same of the period before.");
  MetricFamily ratio = gauge_family("lamplight_campaign_yoy_ratio",
                                    "Change against the period before: 0.1 is ten per cent more.");
  MetricFamily check = gauge_family("lamplight_campaign_crosscheck_difference",
                                    "Actual less expected where a cross-check differs, else 0.");
  MetricFamily clearance =
      gauge_family("lamplight_clearance_figure", "What a clearance operation counted.");
  MetricFamily missing = gauge_family("lamplight_clearance_reports_missing",
                                      "Reports of a clearance operation not made yet.");
  MetricFamily closed = gauge_family("lamplight_clearance_closed_timestamp_seconds",
                                     "When the clearance operation was closed.");
  MetricFamily by_unit =
      gauge_family("lamplight_clearance_unit_figure",
                   "What a unit counted in one of the last two clearance operations.");
  MetricFamily by_hour =
      gauge_family("lamplight_clearance_hour_figure",
                   "What was counted in an hour of the day, of the last two clearance operations.");
  MetricFamily oldest_hazard =
      gauge_family("lamplight_clearance_oldest_open_hazard_timestamp_seconds",
                   "When the hazard was found that is open longest.");
  MetricFamily version = gauge_family("lamplight_campaign_definition_version",
                                      "Version of a campaign's definition that is in force.");
  MetricFamily cohort = gauge_family("lamplight_campaign_cohort_reached",
                                     "Of the same persons, how many entered, reached a stage or "
                                     "left by an exit.");
  MetricFamily published = gauge_family("lamplight_campaign_published",
                                        "What was published of a figure, as it is printed.");
  MetricFamily known = gauge_family("lamplight_campaign_published_known",
                                    "What is known now of a figure that was published.");
};

/// Codes that the definition or the lists name before any report comes.
std::set<std::string> category_labels(const CampaignDefinition& definition,
                                      const CodeLists& lists) {
  std::set<std::string> known;
  const auto take = [&known](const std::string& code) {
    if (known.size() < kMaxCategoryLabels) known.insert(code);
  };
  for (const FigureSpec& figure : definition.figures) {
    const auto found = figure.where.find("category");
    if (found == figure.where.end()) continue;
    for (const std::string& code : found->second) take(code);
  }
  for (const CodeWords& words : definition.codes) {
    if (words.list == "category") take(words.code);
  }
  for (const std::string& code : lists.first(CodeList::kCategory, kMaxCategoryLabels)) take(code);
  return known;
}

struct Sums {
  std::optional<std::int64_t> now, before;
  std::size_t rows = 0;
  void take(std::optional<std::int64_t>& into, const std::optional<std::int64_t>& n) {
    if (n) into = add_up(into.value_or(0), *n);
  }
};

void add_sums(Adder& adder, Families& to, const GaugeLabels& labels, const Sums& sums) {
  if (sums.now) adder.add(to.figure, labels, static_cast<double>(*sums.now));
  if (!sums.before) return;
  adder.add(to.previous, labels, static_cast<double>(*sums.before));
  if (sums.now && *sums.before > 0) {
    adder.add(to.ratio, labels,
              (static_cast<double>(*sums.now) - static_cast<double>(*sums.before)) /
                  static_cast<double>(*sums.before));
  }
}

/// Of keys one may be in several categories: the sum of such rows is no number of keys, so it is not shown.
bool rows_add_up(const MeasureSpec& measure) {
  return measure.count == CountBy::kRows || measure.count == CountBy::kSum;
}

void add_report(Adder& adder, Families& to, const CampaignReport& report, const CodeLists& lists) {
  const std::string& campaign = report.definition->code;
  adder.add(to.version, {{"campaign", campaign}}, static_cast<double>(report.version));
  for (const MeasureSummary& of : report.measures) {
    Sums sums{of.amount.n, of.compared ? of.compared->previous.n : std::nullopt};
    add_sums(adder, to,
             {{"campaign", campaign}, {"measure", of.measure->name}, {"category", "total"}}, sums);
  }
  const std::set<std::string> known = category_labels(*report.definition, lists);
  for (const CampaignTable& table : report.tables) {
    if (table.by != Dimensions{"category"}) continue;
    std::map<std::string, Sums> by_label;
    for (const CampaignTable::RowOf& row : table.rows) {
      const std::string code = row.key[0].value_or("(blank)");
      Sums& sums = by_label[known.count(code) != 0 ? code : "other"];
      ++sums.rows;
      sums.take(sums.now, row.amount.n);
      if (row.compared) sums.take(sums.before, row.compared->previous.n);
    }
    for (const auto& [label, sums] : by_label) {
      if (sums.rows > 1 && !rows_add_up(*table.measure)) continue;
      add_sums(adder, to,
               {{"campaign", campaign}, {"measure", table.measure->name}, {"category", label}},
               sums);
    }
  }
  for (const CheckResult& check : report.checks) {
    const bool differs = check.verdict == Verdict::kDiffers;
    adder.add(
        to.check,
        {{"campaign", campaign}, {"check", check.name}, {"on", std::string(to_string(check.on))}},
        differs ? static_cast<double>(check.difference().value_or(0)) : 0);
  }
}

std::string listed(const CodeLists& lists, CodeList list, const std::string& code) {
  if (code.empty()) return "";
  return lists.find(list, code) != nullptr ? code : "other";
}

void take_into(std::int64_t& sum, std::int64_t n) { sum = add_up(sum, n); }

void add_hazards(Adder& adder, Families& to, const ClearanceView& view) {
  std::int64_t open = 0;
  std::int64_t overdue = 0;
  std::optional<std::int64_t> oldest_us;
  for (const HazardLine& hazard : view.hazards) {
    if (!hazard.open) continue;
    ++open;
    overdue += hazard.overdue ? 1 : 0;
    if (!hazard.found_at) continue;
    const std::int64_t found_us = hazard.found_at->at.value;
    oldest_us = std::min(oldest_us.value_or(found_us), found_us);
  }
  const auto add = [&](const char* measure, std::int64_t n) {
    adder.add(to.clearance, {{"operation", view.clearance}, {"measure", measure}, {"kind", ""}},
              static_cast<double>(n));
  };
  add("hazards_open", open);
  add("hazards_overdue", overdue);
  if (oldest_us) {
    adder.add(to.oldest_hazard, {{"operation", view.clearance}},
              static_cast<double>(*oldest_us) / 1e6);
  }
}

/// Who did what and when: units are those that the orders name, what else reports is `other`.
void add_details(Adder& adder, Families& to, const ClearanceView& view, const CodeLists& lists) {
  const auto measures = lists.first(CodeList::kCount, kMaxCountLabels);
  const auto measure_of = [&measures](const std::string& what) {
    return measures.contains(what) ? what : std::string("other");
  };
  std::set<std::string> units;
  for (const std::string& unit : view.units) {
    if (units.size() < kMaxUnitLabels) units.insert(unit);
  }
  std::map<std::pair<std::string, std::string>, std::int64_t> by_unit;
  for (const ClearanceLine& line : view.lines) {
    const std::string unit = units.contains(line.unit) ? line.unit : "other";
    for (const ClearanceCount& count : line.counts)
      take_into(by_unit[{unit, measure_of(count.what)}], count.n);
  }
  for (const auto& [key, n] : by_unit) {
    adder.add(to.by_unit,
              {{"operation", view.clearance}, {"unit", key.first}, {"measure", key.second}},
              static_cast<double>(n));
  }
  for (const ClearanceHour& of : view.hours) {
    std::map<std::string, std::int64_t> sums;
    for (const ClearanceCount& count : of.counts) take_into(sums[measure_of(count.what)], count.n);
    for (const auto& [measure, n] : sums) {
      adder.add(to.by_hour,
                {{"operation", view.clearance},
                 {"hour", fmt::format("{:02}", of.hour)},
                 {"measure", measure}},
                static_cast<double>(n));
    }
  }
}

void add_cohorts(Adder& adder, Families& to, const CampaignReport& report) {
  for (const CohortTable& table : report.cohorts) {
    const auto add = [&](const std::string& stage, const char* kind, std::int64_t n) {
      adder.add(to.cohort,
                {{"campaign", report.definition->code},
                 {"cohort", table.name},
                 {"stage", stage},
                 {"kind", kind}},
                static_cast<double>(n));
    };
    add("entered", "entry", table.entered);
    for (const CohortStage& of : table.stages) add(of.stage, "stage", of.reached);
    for (const CohortStage& of : table.exits) add(of.stage, "exit", of.reached);
  }
}

/// Figures of which somebody declared what was printed. An id is of the definition, so there are as many as it has.
void add_published(Adder& adder, Families& to, const CampaignReport& report) {
  for (const CampaignFigure& figure : report.figures) {
    if (!figure.published.n) continue;
    const std::int64_t scale =
        figure.spec->show == Show::kValue ? shown_scale(figure.spec->unit, figure.spec->scale) : 1;
    const auto printed = [scale](std::int64_t n) {
      return static_cast<double>(n) / static_cast<double>(scale);
    };
    const std::string& campaign = report.definition->code;
    adder.add(to.published,
              {{"campaign", campaign},
               {"figure", figure.spec->id},
               {"bound", std::string(to_string(figure.published.bound))}},
              printed(*figure.published.n));
    if (!figure.value.n) continue;
    adder.add(to.known, {{"campaign", campaign}, {"figure", figure.spec->id}},
              printed(*figure.value.n));
  }
}

void add_clearance(Adder& adder, Families& to, const ClearanceView& view, const CodeLists& lists) {
  std::map<std::pair<std::string, std::string>, std::int64_t> sums;
  for (const ClearanceCount& count : view.totals) {
    take_into(sums[{listed(lists, CodeList::kCount, count.what),
                    listed(lists, CodeList::kCountKind, count.kind)}],
              count.n);
  }
  for (const auto& [key, n] : sums) {
    adder.add(to.clearance,
              {{"operation", view.clearance}, {"measure", key.first}, {"kind", key.second}},
              static_cast<double>(n));
  }
  adder.add(to.clearance,
            {{"operation", view.clearance}, {"measure", "persons_known"}, {"kind", ""}},
            static_cast<double>(view.persons));
  add_hazards(adder, to, view);
  adder.add(to.missing, {{"operation", view.clearance}}, static_cast<double>(view.missing.size()));
  if (view.closed_at) {
    adder.add(to.closed, {{"operation", view.clearance}},
              static_cast<double>(view.closed_at->at.value) / 1e6);
  }
}

}  // namespace

std::vector<MetricFamily> campaign_families(const std::vector<CampaignReport>& reports,
                                            const std::vector<ClearanceView>& clearances,
                                            const CodeLists& lists, Offset as_of) {
  Families families;
  Adder adder;
  for (const ClearanceView& view : clearances) add_clearance(adder, families, view, lists);
  for (const CampaignReport& report : reports) add_report(adder, families, report, lists);
  // What follows is more of the same: it is the first to go where the budget does not last.
  for (const CampaignReport& report : reports) add_cohorts(adder, families, report);
  const std::size_t detailed =
      clearances.size() > kMaxDetailedClearances ? clearances.size() - kMaxDetailedClearances : 0;
  for (std::size_t i = detailed; i < clearances.size(); ++i)
    add_details(adder, families, clearances[i], lists);
  for (const CampaignReport& report : reports) add_published(adder, families, report);

  MetricFamily offset =
      gauge_family("lamplight_campaign_figures_offset",
                   "Offset that the campaigns' figures belong to: report --campaign "
                   "--as-of it gives the same.");
  MetricFamily left_out = gauge_family("lamplight_campaign_series_left_out",
                                       "Series beyond the budget, which are in reports only.");
  add_gauge(offset, {}, static_cast<double>(as_of.value));
  add_gauge(left_out, {}, static_cast<double>(adder.left_out()));

  std::vector<MetricFamily> made;
  for (MetricFamily* of :
       {&families.figure, &families.previous, &families.ratio, &families.check, &families.clearance,
        &families.missing, &families.closed, &families.by_unit, &families.by_hour,
        &families.oldest_hazard, &families.version, &families.cohort, &families.published,
        &families.known, &offset, &left_out}) {
    if (!of->metric.empty()) made.push_back(std::move(*of));
  }
  return made;
}

}  // namespace lamplight::tally
