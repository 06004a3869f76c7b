#include "tally/clearance/clearance.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "model/civil.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

void add(const StandingRows& rows, const std::vector<CountCell>& counts, ClearanceSums& to) {
  for (const CountCell& cell : counts) {
    to.add({std::string(rows.word(cell.what)), std::string(rows.word(cell.kind)),
            std::string(rows.word(cell.result)), cell.n, cell.bound});
  }
}

using RowList = std::vector<std::uint32_t>;

/// What the orders say, the latest word on each thing.
void read_orders(const StandingRows& orders, RowList rows, ClearanceView& view) {
  std::sort(rows.begin(), rows.end(),
            [&](std::uint32_t a, std::uint32_t b) { return orders.later(b, a, "reported_at"); });
  for (const std::uint32_t row : rows) {
    const std::string_view action = orders.text(row, "action");
    view.closed_at.reset();
    if (action == "plan") view.state = ClearanceState::kPlanned;
    else if (action == "open") view.state = ClearanceState::kOpen;
    else if (action == "close") {
      view.state = ClearanceState::kClosed;
      view.closed_at = orders.stamp(row, "reported_at");
    }
    if (const auto campaign = orders.text(row, "campaign"); !campaign.empty()) {
      view.campaign = campaign;
    }
    if (const auto number = orders.number(row, "number")) view.number = number;
    if (const auto from = orders.stamp(row, "from")) view.from = from;
    if (const auto until = orders.stamp(row, "until")) view.until = until;
    const auto take = [&](std::string_view field, std::vector<std::string>& into) {
      if (auto codes = orders.codes(row, field); !codes.empty()) into = std::move(codes);
    };
    take("units", view.units);
    take("shifts", view.shifts);
    take("focus", view.focus);
  }
}

using LineKey = std::pair<std::string, std::string>;  ///< unit, shift

struct Line {
  std::uint64_t reports = 0;
  bool expected = false;
  ClearanceSums sums;
};

/// The reports of one joint action.
struct Joint {
  RowList rows;
  std::uint32_t counts = 0;  ///< the row of the report that counts
};
using Joints = std::map<std::string_view, Joint>;

Joints joints_of(const StandingRows& reports, const RowList& rows) {
  Joints joints;
  for (const std::uint32_t row : rows) {
    const std::string_view code = reports.text(row, "joint");
    if (code.empty()) continue;
    Joint& joint = joints[code];
    if (joint.rows.empty() || reports.later(row, joint.counts, "reported_at")) joint.counts = row;
    joint.rows.push_back(row);
  }
  return joints;
}

void read_joints(const StandingRows& reports, const Joints& joints, ClearanceView& view) {
  const auto sums_of = [&reports](std::uint32_t row) {
    ClearanceSums sums;
    add(reports, reports.counts(row), sums);
    return sums;
  };
  for (const auto& [code, joint] : joints) {
    JointAction action;
    action.joint = code;
    action.reports = joint.rows.size();
    const ClearanceSums that_counts = sums_of(joint.counts);
    std::set<std::string> units;
    for (const std::uint32_t row : joint.rows) {
      units.emplace(reports.text(row, "unit"));
      for (const std::string& unit : reports.codes(row, "with_units")) units.insert(unit);
      action.conflict = action.conflict || !(sums_of(row) == that_counts);
    }
    action.units.assign(units.begin(), units.end());
    view.joint.push_back(std::move(action));
  }
}

/// The hour of the day on the clock that the stamp was told in.
std::int32_t hour_of(const Stamp& stamp) {
  const std::int64_t civil = stamp.civil_us();
  return static_cast<std::int32_t>((civil - floor_div(civil, kUsPerDay) * kUsPerDay) /
                                   (60 * kUsPerMinute));
}

void read_reports(const StandingRows& reports, const RowList& rows, ClearanceView& view) {
  const Joints joints = joints_of(reports, rows);
  std::map<LineKey, Line> lines;
  std::map<std::string, std::set<std::string>> named_by;
  std::map<std::int32_t, ClearanceSums> hours;
  ClearanceSums totals;
  const std::vector<std::string> one_shift = {std::string{}};
  for (const std::string& unit : view.units) {
    for (const std::string& shift : view.shifts.empty() ? one_shift : view.shifts) {
      lines[{unit, shift}].expected = true;
    }
  }
  std::set<std::string>
      reported;  // where no shifts are expected, any report of the unit is its report
  for (const std::uint32_t row : rows) {
    const std::string unit(reports.text(row, "unit"));
    const std::string shift(reports.text(row, "shift"));
    Line& line = lines[{unit, shift}];
    ++line.reports;
    reported.insert(unit);
    for (const std::string& other : reports.codes(row, "with_units")) named_by[other].insert(unit);
    const std::string_view joint = reports.text(row, "joint");
    if (joint.empty() || joints.at(joint).counts == row) {
      const std::vector<CountCell> counts = reports.counts(row);
      add(reports, counts, line.sums);
      add(reports, counts, totals);
      add(reports, counts, hours[hour_of(*reports.stamp(row, "happened_at"))]);
    }
    const auto at = reports.stamp(row, "reported_at");
    if (view.closed_at && at && at->at > view.closed_at->at) {
      const Fact& fact = reports.fact(row);
      view.late.push_back({Offset{fact.offset}, fact.id, std::string(reports.partner(row)),
                           std::string(fact.partner_ref), unit, shift, *at});
    }
  }
  for (const auto& [key, line] : lines) {
    const auto& [unit, shift] = key;
    const bool came = line.reports > 0 || (view.shifts.empty() && reported.contains(unit));
    if (line.expected && !came) {
      const std::set<std::string>& names = named_by[unit];
      view.missing.push_back({unit, shift, {names.begin(), names.end()}});
    }
    if (line.expected && line.reports == 0 && came) continue;  // it reported under a shift
    view.lines.push_back({unit, shift, line.reports, line.expected, line.sums.all()});
  }
  view.totals = totals.all();
  for (const auto& [hour, sums] : hours) {
    if (auto counts = sums.all(); !counts.empty()) view.hours.push_back({hour, std::move(counts)});
  }
  read_joints(reports, joints, view);
}

void read_persons(const StandingRows& reports, const RowList& rows, ClearanceView& view) {
  using Person = std::pair<std::string, std::string>;  // who made the key, the key
  std::set<Person> persons;
  std::map<std::string, std::set<Person>> outcomes;
  for (const std::uint32_t row : rows) {
    const Person person(reports.key_maker(row), reports.text(row, "person"));
    if (person.second.empty()) continue;
    persons.insert(person);
    view.persons_per_sender = view.persons_per_sender || !person.first.empty();
    for (const std::string& outcome : reports.codes(row, "outcomes"))
      outcomes[outcome].insert(person);
  }
  view.persons = static_cast<std::int64_t>(persons.size());
  for (const auto& [outcome, who] : outcomes) {
    view.outcomes.push_back({outcome, static_cast<std::int64_t>(who.size())});
  }
}

/// A hazard is of this operation when any report of it says so; its later life need not say it again.
void read_hazards(const StandingRows& reports, const RowList& of_operation,
                  const RowsByText& all_lives, TimeUs now, ClearanceView& view) {
  std::map<std::string_view, RowList> lives;
  for (const std::uint32_t row : of_operation) {
    const std::string_view hazard = reports.text(row, "hazard");
    lives.try_emplace(hazard, rows_of(all_lives, hazard));
  }
  for (auto& [hazard, rows] : lives) {
    std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::int64_t at_a = reports.stamp(a, "happened_at")->at.value;
      const std::int64_t at_b = reports.stamp(b, "happened_at")->at.value;
      return at_a != at_b ? at_a < at_b : reports.later(b, a, "reported_at");
    });
    HazardLine line;
    line.hazard = hazard;
    for (const std::uint32_t row : rows) {
      const std::string_view state = reports.text(row, "state");
      if (state == "found" && line.state != "found") {
        ++line.times_found;
        line.found_at = reports.stamp(row, "happened_at");
        line.due_at.reset();  // an earlier deadline was kept, or lifted
      }
      line.state = state;
      if (const auto kind = reports.text(row, "kind"); !kind.empty()) line.kind = kind;
      if (const auto unit = reports.text(row, "unit"); !unit.empty()) line.unit = unit;
      if (const auto due = reports.stamp(row, "due_at")) line.due_at = due;
    }
    line.open = line.state == "found";
    line.overdue = line.open && line.due_at && line.due_at->at < now;
    view.hazards.push_back(std::move(line));
  }
}

}  // namespace

void ClearanceSums::add(const ClearanceCount& count) {
  Sum& sum = sums_[Item(count.what, count.kind, count.result)];
  sum.n = add_up(sum.n, count.n);
  if (count.bound == Bound::kAtLeast || is_beyond(sum.n)) sum.bound = Bound::kAtLeast;
  else if (count.bound == Bound::kReaches && sum.bound == Bound::kExact)
    sum.bound = Bound::kReaches;
}

std::vector<ClearanceCount> ClearanceSums::all() const {
  std::vector<ClearanceCount> counts;
  for (const auto& [item, sum] : sums_) {
    const auto& [what, kind, result] = item;
    counts.push_back({what, kind, result, sum.n, sum.bound});
  }
  return counts;
}

ClearanceBook::Results::Results(const FactsView& view, Offset as_of)
    : persons(view, FactKind::kPersonReported, as_of),
      hazards(view, FactKind::kHazardReported, as_of),
      persons_of(persons.by_text("clearance")),
      hazards_of(hazards.by_text("clearance")),
      lives(hazards.by_text("hazard")) {}

ClearanceBook::ClearanceBook(const FactsView& view, Offset as_of)
    : view_(view),
      as_of_(as_of),
      orders_(view, FactKind::kClearanceOrdered, as_of),
      reports_(view, FactKind::kClearanceReported, as_of),
      orders_of_(orders_.by_text("clearance")),
      reports_of_(reports_.by_text("clearance")) {}

std::vector<std::string> ClearanceBook::codes() const {
  std::set<std::string_view> codes;
  for (const RowsByText* rows : {&orders_of_, &reports_of_}) {
    for (const auto& [code, of] : *rows) codes.insert(code);
  }
  return {codes.begin(), codes.end()};
}

bool ClearanceBook::knows(std::string_view clearance) const {
  return orders_of_.contains(clearance) || reports_of_.contains(clearance);
}

std::string ClearanceBook::campaign_of(std::string_view clearance) const {
  ClearanceView view;
  read_orders(orders_, rows_of(orders_of_, clearance), view);
  return view.campaign;
}

ClearanceView ClearanceBook::operation(std::string_view clearance, TimeUs now) {
  if (!results_) results_.emplace(view_, as_of_);
  ClearanceView view;
  view.clearance = clearance;
  read_orders(orders_, rows_of(orders_of_, clearance), view);
  read_reports(reports_, rows_of(reports_of_, clearance), view);
  read_persons(results_->persons, rows_of(results_->persons_of, clearance), view);
  read_hazards(results_->hazards, rows_of(results_->hazards_of, clearance), results_->lives, now,
               view);
  return view;
}

std::string_view to_string(ClearanceState state) {
  constexpr std::array<std::string_view, 4> kNames = {"not_ordered", "planned", "open", "closed"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace lamplight::tally
