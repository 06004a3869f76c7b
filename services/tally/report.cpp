#include "tally/report.hpp"

#include <fmt/format.h>

#include "tally/grouping.hpp"
#include "tally/sections.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

std::int64_t measure_of(const Row& row, Measure measure) {
  if (measure == Measure::kAlerts) return 1;
  return row.has_amount ? row.amount_fen : 0;
}

/// Number of rows at the moment asked for.
Result<std::size_t> rows_at(const TallyView& view, const Cut& cut, const AsOf& as_of) {
  if (as_of.offset && as_of.time) {
    return Error(Code::kInvalid, "as of: give an offset or a time, not both");
  }
  if (as_of.time) return view.rows_until(*as_of.time);
  const Offset offset = as_of.offset.value_or(cut.offset);
  if (cut.offset < offset) {
    return Error(
        Code::kInvalid,
        fmt::format("as of offset {}: the tally has folded up to {}; ask again later or for an "
                    "earlier offset",
                    offset.value, cut.offset.value));
  }
  return view.rows_until(offset);
}

void fill_totals(Report& report, const Population& population, const Selection& selection) {
  report.alerts = selection.size();
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  for (const Alert* alert : selection) {
    const Row& row = population.row(*alert);
    if (row.has_amount) report.amount_fen = add_up(report.amount_fen, row.amount_fen);
    report.with_amount += row.has_amount ? 1 : 0;
    first = std::min(first.value_or(alert->civil_us), alert->civil_us);
    last = std::max(last.value_or(alert->civil_us), alert->civil_us);
  }
  if (first) report.first = civil_text(*first);
  if (last) report.last = civil_text(*last);
}

std::uint64_t blanks_of(const Population& population, const Selection& selection,
                        const std::string& name) {
  const Dimension dimension(population, name);
  return static_cast<std::uint64_t>(std::count_if(
      selection.begin(), selection.end(),
      [&](const Alert* alert) { return dimension.value(*alert) == Dimension::kBlank; }));
}

std::int64_t total_of(const CountTable& table) {
  std::int64_t total = 0;
  for (const auto& row : table.rows) total = add_up(total, row.value);
  return total;
}

/// Parts against wholes: each full table against the total, each comparison's tables against its first.
void cross_check(Report& report, const ReportSpec& spec) {
  const auto& accounts = report.accounts;
  const auto kind = [&](RowKind k) {
    return static_cast<std::int64_t>(accounts.by_kind[static_cast<std::size_t>(k)]);
  };
  report.cross_checks.push_back(
      {"originals = standing + withdrawn + not_actual", kind(RowKind::kOriginal),
       static_cast<std::int64_t>(accounts.standing + accounts.withdrawn + accounts.not_actual)});
  if (is_beyond(report.amount_fen))
    report.cross_checks.push_back({"amount_fen adds up to less than 2^62, where sums stop", 0, 1});
  for (std::size_t i = 0; i < report.counts.size(); ++i) {
    const CountTable& table = report.counts[i];
    const bool partial = spec.counts[i].top != 0 ||
                         std::find(table.by.begin(), table.by.end(), "operation") != table.by.end();
    if (partial) continue;
    const std::int64_t whole = table.measure == Measure::kAlerts
                                   ? static_cast<std::int64_t>(report.alerts)
                                   : report.amount_fen;
    report.cross_checks.push_back(
        {"count " + table.name + " adds up to the total", whole, total_of(table)});
  }
  for (const Comparison& comparison : report.comparisons) {
    for (std::size_t p = 0; p < comparison.pairs.size(); ++p) {
      std::optional<std::int64_t> whole;
      for (const ComparisonTable& table : comparison.tables) {
        if (std::find(table.by.begin(), table.by.end(), "operation") != table.by.end()) continue;
        std::int64_t sum = 0;
        for (const auto& row : table.rows) sum = add_up(sum, row.changes[p].current);
        if (whole) {
          report.cross_checks.push_back(
              {fmt::format("comparison {} {} by {} adds up to its first table", comparison.name,
                           comparison.pairs[p].name, fmt::join(table.by, ",")),
               *whole, sum});
        } else {
          whole = sum;
        }
      }
    }
  }
}

}  // namespace

Selection select(const Population& population, const std::optional<Period>& period) {
  Selection selection;
  for (const Alert& alert : population.alerts()) {
    if (!period || (period->first <= alert.day && alert.day <= period->last))
      selection.push_back(&alert);
  }
  return selection;
}

CountTable make_counts(const Population& population, const Selection& selection,
                       const CountSpec& spec) {
  const Grouping grouping(population, spec.by);
  GroupMap<std::int64_t> values;
  for (const Alert* alert : selection) {
    const std::int64_t value = measure_of(population.row(*alert), spec.measure);
    grouping.for_each_key(*alert,
                          [&](const GroupKey& key) { values[key] = add_up(values[key], value); });
  }
  auto entries = grouping.sorted(values);
  if (spec.top != 0) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](auto a, auto b) { return a->second > b->second; });
    if (entries.size() > spec.top) entries.resize(spec.top);
  }
  CountTable table{.name = spec.name, .by = spec.by, .measure = spec.measure, .rows = {}};
  for (const auto* entry : entries)
    table.rows.push_back({grouping.texts(entry->first), entry->second});
  return table;
}

DuplicateReport make_duplicates(const Population& population, const Selection& selection,
                                const DuplicateSpec& spec) {
  const Grouping grouping(population, spec.key);
  std::vector<Dimension> required;
  for (const std::string& name : spec.require) required.emplace_back(population, name);
  GroupMap<std::vector<const Alert*>> groups;
  for (const Alert* alert : selection) {
    const bool whole = std::all_of(
        required.begin(), required.end(),
        [&](const Dimension& dimension) { return dimension.value(*alert) != Dimension::kBlank; });
    if (whole)
      grouping.for_each_key(*alert, [&](const GroupKey& key) { groups[key].push_back(alert); });
  }
  std::vector<GroupMap<std::vector<const Alert*>>::const_pointer> repeated;
  for (const auto& entry : groups) {
    if (entry.second.size() > 1) repeated.push_back(&entry);
  }
  // Members come in order of their roots, so the first member orders the groups.
  std::sort(repeated.begin(), repeated.end(),
            [](auto a, auto b) { return a->second.front()->root < b->second.front()->root; });

  DuplicateReport report{.name = spec.name, .key = spec.key, .require = spec.require, .listed = {}};
  report.groups = repeated.size();
  for (const auto* entry : repeated) {
    report.extra_rows += entry->second.size() - 1;
    if (!spec.list || report.listed.size() >= population.spec().list_limit) continue;
    auto& group = report.listed.emplace_back();
    group.key = grouping.texts(entry->first);
    for (const Alert* alert : entry->second)
      group.partner_refs.emplace_back(population.partner_ref(*alert));
  }
  return report;
}

Result<Report> make_report(const TallyView& view, const Cut& cut, const ReportSpec& given,
                           const AsOf& as_of, std::optional<Period> period) {
  const auto rows = rows_at(view, cut, as_of);
  if (!rows) return rows.error();
  Report report;
  report.spec = std::make_shared<const ReportSpec>(given);
  const ReportSpec& spec = *report.spec;
  const Population population(view, spec, *rows);

  report.as_of = as_of.offset.value_or(cut.offset);
  if (as_of.time) report.as_of = Offset{*rows == 0 ? 0 : view.rows[*rows - 1].offset};
  if (*rows > 0) report.as_of_time = TimeUs{view.rows[*rows - 1].bus_time_us};
  if (report.as_of == cut.offset) report.as_of_hash = cut.hash;
  report.cut = cut;
  report.period = period;
  report.accounts = population.accounts();

  const Selection selection = select(population, period);
  fill_totals(report, population, selection);
  for (const auto& count : spec.counts)
    report.counts.push_back(make_counts(population, selection, count));
  for (const auto& comparison : spec.comparisons) {
    report.comparisons.push_back(make_comparison(population, period, comparison));
  }
  for (const auto& interval : spec.intervals) {
    report.intervals.push_back(make_intervals(population, selection, interval));
  }
  for (const auto& duplicate : spec.duplicates) {
    report.duplicates.push_back(make_duplicates(population, selection, duplicate));
  }
  for (const auto& late : spec.late_stages) {
    report.late_stages.push_back(make_late_stages(population, selection, late));
  }
  for (const std::string& name : spec.blanks) {
    report.blanks.emplace_back(name, blanks_of(population, selection, name));
  }
  cross_check(report, spec);
  return report;
}

}  // namespace lamplight::tally
