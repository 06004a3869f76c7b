#include "tally/campaign_gauges.hpp"

#include <algorithm>
#include <map>

#include "tally/gauge_family.hpp"

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
    if (n) into = into.value_or(0) + *n;
  }
};

void add_sums(Adder& adder, Families& to, const GaugeLabels& labels, const Sums& sums) {
  if (sums.now) adder.add(to.figure, labels, static_cast<double>(*sums.now));
  if (!sums.before) return;
  adder.add(to.previous, labels, static_cast<double>(*sums.before));
  if (sums.now && *sums.before > 0) {
    adder.add(to.ratio, labels,
              static_cast<double>(*sums.now - *sums.before) / static_cast<double>(*sums.before));
  }
}

/// Of keys one may be in several categories: the sum of such rows is no number of keys, so it is not shown.
bool rows_add_up(const MeasureSpec& measure) {
  return measure.count == CountBy::kRows || measure.count == CountBy::kSum;
}

void add_report(Adder& adder, Families& to, const CampaignReport& report, const CodeLists& lists) {
  const std::string& campaign = report.definition->code;
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

void add_clearance(Adder& adder, Families& to, const ClearanceView& view, const CodeLists& lists) {
  std::map<std::pair<std::string, std::string>, std::int64_t> sums;
  for (const ClearanceCount& count : view.totals) {
    sums[{listed(lists, CodeList::kCount, count.what),
          listed(lists, CodeList::kCountKind, count.kind)}] += count.n;
  }
  for (const auto& [key, n] : sums) {
    adder.add(to.clearance,
              {{"operation", view.clearance}, {"measure", key.first}, {"kind", key.second}},
              static_cast<double>(n));
  }
  adder.add(to.clearance,
            {{"operation", view.clearance}, {"measure", "persons_known"}, {"kind", ""}},
            static_cast<double>(view.persons));
  const auto open = std::count_if(view.hazards.begin(), view.hazards.end(),
                                  [](const HazardLine& hazard) { return hazard.open; });
  adder.add(to.clearance,
            {{"operation", view.clearance}, {"measure", "hazards_open"}, {"kind", ""}},
            static_cast<double>(open));
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
        &families.missing, &families.closed, &offset, &left_out}) {
    if (!of->metric.empty()) made.push_back(std::move(*of));
  }
  return made;
}

}  // namespace lamplight::tally
