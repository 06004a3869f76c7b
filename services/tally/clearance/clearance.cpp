#include "tally/clearance/clearance.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "model/civil.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

/// Sums of what was said, by what, kind and result.
class Sums {
 public:
  void add(const StandingRows& rows, const std::vector<CountCell>& counts) {
    for (const CountCell& cell : counts) {
      Sum& sum = sums_[Key(rows.word(cell.what), rows.word(cell.kind), rows.word(cell.result))];
      sum.n = add_up(sum.n, cell.n);
      if (cell.bound == Bound::kAtLeast || is_beyond(sum.n)) sum.bound = Bound::kAtLeast;
      else if (cell.bound == Bound::kReaches && sum.bound == Bound::kExact)
        sum.bound = Bound::kReaches;
    }
  }
  [[nodiscard]] std::vector<ClearanceCount> all() const {
    std::vector<ClearanceCount> counts;
    for (const auto& [key, sum] : sums_) {
      const auto& [what, kind, result] = key;
      counts.push_back({what, kind, result, sum.n, sum.bound});
    }
    return counts;
  }
  bool operator==(const Sums& other) const { return sums_ == other.sums_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  struct Sum {
    std::int64_t n = 0;
    Bound bound = Bound::kExact;
    bool operator==(const Sum&) const = default;
  };
  std::map<Key, Sum> sums_;
};

std::vector<std::uint32_t> rows_of(const StandingRows& from, std::string_view clearance) {
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : from.rows()) {
    if (from.text(row, "clearance") == clearance) rows.push_back(row);
  }
  return rows;
}

/// What the orders say, the latest word on each thing.
void read_orders(const StandingRows& orders, ClearanceView& view) {
  std::vector<std::uint32_t> rows = rows_of(orders, view.clearance);
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
  Sums sums;
};

/// Of each joint action the report that counts.
std::map<std::string, std::uint32_t> joint_that_count(const StandingRows& reports,
                                                      const std::vector<std::uint32_t>& rows) {
  std::map<std::string, std::uint32_t> count;
  for (const std::uint32_t row : rows) {
    const std::string joint(reports.text(row, "joint"));
    if (joint.empty()) continue;
    const auto [at, is_first] = count.try_emplace(joint, row);
    if (!is_first && reports.later(row, at->second, "reported_at")) at->second = row;
  }
  return count;
}

void read_joint(const StandingRows& reports, const std::vector<std::uint32_t>& rows,
                const std::map<std::string, std::uint32_t>& counting, ClearanceView& view) {
  for (const auto& [joint, counts_row] : counting) {
    JointAction action;
    action.joint = joint;
    Sums that_counts;
    that_counts.add(reports, reports.counts(counts_row));
    std::set<std::string> units;
    for (const std::uint32_t row : rows) {
      if (reports.text(row, "joint") != joint) continue;
      ++action.reports;
      units.emplace(reports.text(row, "unit"));
      for (const std::string& unit : reports.codes(row, "with_units")) units.insert(unit);
      Sums says;
      says.add(reports, reports.counts(row));
      action.conflict = action.conflict || !(says == that_counts);
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

void read_reports(const StandingRows& reports, ClearanceView& view) {
  const std::vector<std::uint32_t> rows = rows_of(reports, view.clearance);
  const auto counting = joint_that_count(reports, rows);
  std::map<LineKey, Line> lines;
  std::map<std::string, std::set<std::string>> named_by;
  std::map<std::int32_t, Sums> hours;
  Sums totals;
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
    const std::string joint(reports.text(row, "joint"));
    if (joint.empty() || counting.at(joint) == row) {
      line.sums.add(reports, reports.counts(row));
      totals.add(reports, reports.counts(row));
      hours[hour_of(*reports.stamp(row, "happened_at"))].add(reports, reports.counts(row));
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
  read_joint(reports, rows, counting, view);
}

void read_persons(const StandingRows& reports, ClearanceView& view) {
  using Person = std::pair<std::string, std::string>;  // who made the key, the key
  std::set<Person> persons;
  std::map<std::string, std::set<Person>> outcomes;
  for (const std::uint32_t row : rows_of(reports, view.clearance)) {
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
void read_hazards(const StandingRows& reports, TimeUs now, ClearanceView& view) {
  std::map<std::string, std::vector<std::uint32_t>> lives;
  for (const std::uint32_t row : rows_of(reports, view.clearance)) {
    lives.try_emplace(std::string(reports.text(row, "hazard")));
  }
  for (const std::uint32_t row : reports.rows()) {
    const auto life = lives.find(std::string(reports.text(row, "hazard")));
    if (life != lives.end()) life->second.push_back(row);
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

ClearanceBook::ClearanceBook(const FactsView& view, Offset as_of)
    : orders_(view, FactKind::kClearanceOrdered, as_of),
      reports_(view, FactKind::kClearanceReported, as_of),
      persons_(view, FactKind::kPersonReported, as_of),
      hazards_(view, FactKind::kHazardReported, as_of) {}

std::vector<std::string> ClearanceBook::codes() const {
  std::set<std::string> codes;
  for (const StandingRows* reports : {&orders_, &reports_}) {
    for (const std::uint32_t row : reports->rows()) codes.emplace(reports->text(row, "clearance"));
  }
  codes.erase(std::string{});
  return {codes.begin(), codes.end()};
}

std::string ClearanceBook::campaign_of(std::string_view clearance) const {
  ClearanceView view;
  view.clearance = clearance;
  read_orders(orders_, view);
  return view.campaign;
}

ClearanceView ClearanceBook::operation(std::string_view clearance, TimeUs now) const {
  ClearanceView view;
  view.clearance = clearance;
  read_orders(orders_, view);
  read_reports(reports_, view);
  read_persons(persons_, view);
  read_hazards(hazards_, now, view);
  return view;
}

ClearanceView clearance_at(const FactsView& facts, std::string_view clearance, Offset as_of,
                           TimeUs now) {
  return ClearanceBook(facts, as_of).operation(clearance, now);
}

std::string_view to_string(ClearanceState state) {
  constexpr std::array<std::string_view, 4> kNames = {"not_ordered", "planned", "open", "closed"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace lamplight::tally
