#include "tally/campaign_report/figures.hpp"

#include <algorithm>

#include "tally/campaign_report/comparison.hpp"

namespace lamplight::tally {
namespace {

FigureNumber declared_number(const DeclaredFigure* figure) {
  if (figure == nullptr) return {};
  return {figure->n, figure->bound, Origin::kDeclared};
}

bool names_dates(const Dimensions& by) {
  return std::any_of(by.begin(), by.end(), [](const std::string& name) {
    return name == "day" || name == "month" || name == "year";
  });
}

}  // namespace

FigureNumber counted(const Amount& amount) {
  if (!amount.n) return {};
  return {amount.n, amount.bound, Origin::kCounted};
}

FigureMaker::FigureMaker(const CampaignDefinition& definition, AmountSource& amounts,
                         const std::vector<DeclaredFigure>& declared,
                         const ComparedPeriods& periods, Day report_day)
    : definition_(definition),
      amounts_(amounts),
      declared_(declared),
      periods_(periods),
      report_day_(report_day) {}

MeasureQuestion FigureMaker::question(const MeasureSpec& measure, const Filter& where,
                                      std::optional<Day> until) const {
  MeasureQuestion question;
  question.measure = &measure;
  question.where = where;
  question.period = periods_.current;
  if (until && *until < question.period->last) question.period->last = *until;
  return question;
}

const DeclaredFigure* FigureMaker::declared(const std::string& figure,
                                            const std::string& role) const {
  for (const DeclaredFigure& known : declared_) {
    if (known.figure == figure && known.role == role) return &known;
  }
  return nullptr;
}

std::optional<Day> FigureMaker::first_day(const MeasureSpec& measure) {
  const auto [known, is_new] = first_days_.try_emplace(measure.name);
  if (!is_new) return known->second;
  MeasureQuestion ever;
  ever.measure = &measure;
  for (const AmountTable::RowOf& row : amounts_.table(ever, {"day"}).rows) {
    const auto day = row.key[0] ? day_from(*row.key[0]) : std::nullopt;
    if (day && (!known->second || *day < *known->second)) known->second = day;
  }
  return known->second;
}

bool FigureMaker::lacks_baseline(const MeasureSpec& measure) {
  const auto first = first_day(measure);
  return !first || *first > periods_.previous.last;
}

bool FigureMaker::baseline_incomplete(const MeasureSpec& measure) {
  const auto first = first_day(measure);
  return !first || *first > periods_.previous.first;
}

FigureNumber FigureMaker::current_of(const MeasureQuestion& asked, const Amount& whole) {
  if (!narrows_current(periods_)) return counted(whole);
  return counted(amounts_.total(current_question(periods_, asked)));
}

FigureNumber FigureMaker::previous_of(const MeasureQuestion& asked) {
  if (lacks_baseline(*asked.measure)) return {};
  return counted(amounts_.total(previous_question(periods_, asked)));
}

void FigureMaker::count(CampaignFigure& figure, const MeasureSpec& measure) {
  const FigureSpec& spec = *figure.spec;
  const MeasureQuestion asked = question(measure, spec.where, spec.until);
  figure.amount = amounts_.total(asked);
  figure.value = counted(figure.amount);
  if (!measure.compare && spec.show != Show::kChange) return;
  FigureNumber previous = previous_of(asked);
  bool incomplete = baseline_incomplete(measure);
  if (const auto* baseline = declared(spec.id, "baseline"); !previous.n && baseline != nullptr) {
    previous = declared_number(baseline);
    incomplete = false;
  }
  figure.compared =
      compare(current_of(asked, figure.amount), previous, incomplete, definition_.small_number);
  if (spec.show == Show::kChange) {
    figure.value = {figure.compared->pct_int, Bound::kExact,
                    figure.compared->pct_int ? Origin::kCounted : Origin::kNone};
  }
}

CampaignFigure FigureMaker::figure(const FigureSpec& spec) {
  CampaignFigure figure;
  figure.spec = &spec;
  figure.as_of_day = spec.until.value_or(report_day_);
  figure.as_of_stated = spec.until.has_value();
  if (const MeasureSpec* measure = definition_.measure(spec.measure);
      measure != nullptr && spec.show != Show::kRank) {
    count(figure, *measure);
  } else if (const auto* value = declared(spec.id, "value"); value != nullptr) {
    figure.value = declared_number(value);
    if (!spec.until) figure.as_of_day = day_of(value->as_of);
    figure.as_of_stated = figure.as_of_stated || figure.as_of_day != report_day_;
    const auto* baseline = declared(spec.id, "baseline");
    if (baseline != nullptr && spec.show == Show::kValue) {
      figure.compared =
          compare(figure.value, declared_number(baseline), false, definition_.small_number);
    }
  }
  figure.published = declared_number(declared(spec.id, "published"));
  return figure;
}

MeasureSummary FigureMaker::measure(const MeasureSpec& spec) {
  const MeasureQuestion asked = question(spec, {}, {});
  MeasureSummary summary{&spec, amounts_.total(asked), {}};
  if (spec.compare) {
    summary.compared = compare(current_of(asked, summary.amount), previous_of(asked),
                               baseline_incomplete(spec), definition_.small_number);
  }
  return summary;
}

CampaignTable FigureMaker::table(const MeasureSpec& spec, const Dimensions& by) {
  const MeasureQuestion asked = question(spec, {}, {});
  CampaignTable table{&spec, by, {}};
  std::map<KeyTexts, CampaignTable::RowOf> rows;  // blank first, then by text
  for (const auto& row : amounts_.table(asked, by).rows) rows[row.key] = {row.key, row.amount, {}};
  // No date is in both periods: every row would be set against nothing.
  if (spec.compare && !names_dates(by)) {
    const bool narrows = narrows_current(periods_);
    std::map<KeyTexts, FigureNumber> current, previous;
    if (narrows) {
      for (const auto& row : amounts_.table(current_question(periods_, asked), by).rows)
        current[row.key] = counted(row.amount);
    }
    const bool known = !lacks_baseline(spec);
    if (known) {
      for (const auto& row : amounts_.table(previous_question(periods_, asked), by).rows) {
        previous[row.key] = counted(row.amount);
        rows.try_emplace(row.key, CampaignTable::RowOf{row.key, {}, {}});
      }
    }
    // A row that one side lacks is 0 there, except of sums, where it is what nobody stated.
    const bool sums = spec.count == CountBy::kSum;
    const FigureNumber nothing =
        sums ? FigureNumber{} : FigureNumber{0, Bound::kExact, Origin::kCounted};
    for (auto& [key, row] : rows) {
      if (row.key.empty()) row.key = key;
      if (!row.amount.n && !sums) row.amount.n = 0;
      FigureNumber now = counted(row.amount);
      if (narrows) now = current.count(key) != 0 ? current[key] : nothing;
      FigureNumber before;
      if (known) before = previous.count(key) != 0 ? previous[key] : nothing;
      row.compared = compare(now, before, baseline_incomplete(spec), definition_.small_number);
    }
  }
  for (auto& [key, row] : rows) table.rows.push_back(std::move(row));
  return table;
}

}  // namespace lamplight::tally
