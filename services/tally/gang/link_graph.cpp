#include "tally/gang/link_graph.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"

namespace lamplight::tally {
namespace {

std::uint32_t column(FactKind kind, std::string_view name) {
  const auto found = find_column(kind, name);
  LAMPLIGHT_CHECK(found.has_value(),
                  "a report of persons or cases lacks a column that links go by");
  return *found;
}

/// Rows of one edge: in, or out; true when the edge is empty afterwards.
bool put(std::vector<std::uint32_t>& rows, std::uint32_t row, int sign) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), row);
  if (sign > 0) rows.insert(at, row);
  else if (at != rows.end() && *at == row) rows.erase(at);
  return rows.empty();
}

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace

LinkGraph::LinkGraph(std::vector<std::string> leave_out, LinkFilter takes_part)
    : leave_out_(std::move(leave_out)),
      takes_part_(std::move(takes_part)),
      person_column_(column(FactKind::kPersonReported, "person")),
      scope_column_(column(FactKind::kPersonReported, "person_scope")),
      link_case_column_(column(FactKind::kPersonReported, "case")),
      link_happened_column_(column(FactKind::kPersonReported, "happened_at")),
      case_column_(column(FactKind::kCaseReported, "case")),
      flags_column_(column(FactKind::kCaseReported, "flags")),
      case_happened_column_(column(FactKind::kCaseReported, "happened_at")) {}

void LinkGraph::apply(const FactsView& view, std::uint32_t row, int sign, Touched& touched) {
  const Fact& fact = view.facts[row];
  if (fact.status != AlertStatus::kActual) return;
  if (fact.kind == FactKind::kPersonReported) apply_link(view, row, sign, touched);
  else if (fact.kind == FactKind::kCaseReported) apply_case(view, row, sign, touched);
}

void LinkGraph::apply_link(const FactsView& view, std::uint32_t row, int sign, Touched& touched) {
  const Fact& fact = view.facts[row];
  if (takes_part_ && !takes_part_(fact)) return;
  const auto [sender, key] = person_key(view, fact);
  const auto case_text = static_cast<TextId>(view.cell(fact, link_case_column_));
  if (view.texts[key].empty() || view.texts[case_text].empty()) return;
  const std::uint32_t person = person_number(sender, key);
  const std::uint32_t in_case = case_number(case_text);
  if (put(persons_[person].cases[in_case], row, sign)) persons_[person].cases.erase(in_case);
  if (put(cases_[in_case].persons[person], row, sign)) cases_[in_case].persons.erase(person);
  touched.persons.push_back(person);
  touched.cases.push_back(in_case);
}

void LinkGraph::apply_case(const FactsView& view, std::uint32_t row, int sign, Touched& touched) {
  const Fact& fact = view.facts[row];
  const auto key = static_cast<TextId>(view.cell(fact, case_column_));
  if (view.texts[key].empty()) return;
  const std::uint32_t number = case_number(key);
  Case& in = cases_[number];
  const std::int64_t happened = stamp_of(view.cell(fact, case_happened_column_)).at.value;
  const auto date = std::find(in.reported_dates.begin(), in.reported_dates.end(), happened);
  if (sign > 0) in.reported_dates.push_back(happened);
  else if (date != in.reported_dates.end()) in.reported_dates.erase(date);
  const Run flags = run_of(view.cell(fact, flags_column_));
  const auto leaves_out = [&](std::uint64_t at) {
    const std::string_view flag = view.texts[view.codes[at]];
    return std::find(leave_out_.begin(), leave_out_.end(), flag) != leave_out_.end();
  };
  for (std::uint64_t at = flags.at; at < flags.at + flags.size; ++at) {
    if (!leaves_out(at)) continue;
    in.left_out += sign;
    break;
  }
  touched.cases.push_back(number);
  for (const auto& [person, rows] : in.persons) touched.persons.push_back(person);
}

std::vector<LinkGraph::Component> LinkGraph::components_of(const Touched& touched) const {
  std::vector<Component> components;
  std::set<std::uint32_t> seen_persons, seen_cases;
  const auto grow = [&](std::uint32_t first) {
    Component found;
    std::vector<std::uint32_t> open = {first};
    seen_persons.insert(first);
    while (!open.empty()) {
      const std::uint32_t person = open.back();
      open.pop_back();
      found.persons.push_back(person);
      for (const auto& edge : persons_[person].cases) {
        const Case& in = cases_[edge.first];
        if (in.left_out > 0) continue;
        found.rows.insert(found.rows.end(), edge.second.begin(), edge.second.end());
        if (!seen_cases.insert(edge.first).second) continue;
        found.cases.push_back(edge.first);
        for (const auto& other : in.persons) {
          if (seen_persons.insert(other.first).second) open.push_back(other.first);
        }
      }
    }
    if (found.cases.empty()) return;
    sort_unique(found.persons);
    sort_unique(found.cases);
    sort_unique(found.rows);
    components.push_back(std::move(found));
  };
  for (const std::uint32_t person : touched.persons) {
    if (!seen_persons.contains(person)) grow(person);
  }
  for (const std::uint32_t number : touched.cases) {
    const Case& in = cases_[number];
    if (seen_cases.contains(number) || in.left_out > 0 || in.persons.empty()) continue;
    grow(in.persons.begin()->first);
  }
  return components;
}

std::int64_t LinkGraph::date_of(const FactsView& view, std::uint32_t case_number) const {
  const Case& in = cases_[case_number];
  if (!in.reported_dates.empty()) {
    return *std::min_element(in.reported_dates.begin(), in.reported_dates.end());
  }
  std::int64_t first = kLastStampUs;
  for (const auto& [person, rows] : in.persons) {
    for (const std::uint32_t row : rows) {
      first = std::min(first, stamp_of(view.cell(view.facts[row], link_happened_column_)).at.value);
    }
  }
  return first;
}

std::pair<std::uint32_t, std::uint32_t> LinkGraph::ends_of(const FactsView& view,
                                                           std::uint32_t row) const {
  const Fact& fact = view.facts[row];
  return {person_numbers_.at(person_key(view, fact)),
          case_numbers_.at(static_cast<TextId>(view.cell(fact, link_case_column_)))};
}

std::pair<TextId, TextId> LinkGraph::person_key(const FactsView& view, const Fact& fact) const {
  const auto scope = static_cast<TextId>(view.cell(fact, scope_column_));
  const TextId sender = view.texts[scope] == "district" ? TextId{0} : fact.partner;
  return {sender, static_cast<TextId>(view.cell(fact, person_column_))};
}

std::uint32_t LinkGraph::person_number(TextId sender, TextId key) {
  const auto next = static_cast<std::uint32_t>(persons_.size());
  const auto [at, is_new] = person_numbers_.try_emplace({sender, key}, next);
  if (is_new) persons_.push_back(Person{sender, key, {}});
  return at->second;
}

std::uint32_t LinkGraph::case_number(TextId key) {
  const auto next = static_cast<std::uint32_t>(cases_.size());
  const auto [at, is_new] = case_numbers_.try_emplace(key, next);
  if (is_new) cases_.push_back(Case{key, {}, {}, 0});
  return at->second;
}

}  // namespace lamplight::tally
