#include "tally/gang/gangs.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "tally/gang/link_graph.hpp"

namespace lamplight::tally {
namespace {

using Numbers = std::vector<std::uint32_t>;

constexpr std::uint64_t kNoEvent = ~std::uint64_t{0};

Numbers intersection(const Numbers& a, const Numbers& b) {
  Numbers both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}
Numbers difference(const Numbers& a, const Numbers& b) {
  Numbers rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

struct Recurring {
  Numbers persons;
  Numbers cases;
};

/// Looks for cases within the window that share enough persons.
class RecurringSearch {
 public:
  RecurringSearch(const LinkGraph& graph, const FactsView& view, const GangRule& rule,
                  const Numbers& cases)
      : rule_(rule) {
    for (const std::uint32_t number : cases) {
      Numbers persons;
      for (const auto& edge : graph.case_of(number).persons) persons.push_back(edge.first);
      dated_.push_back({graph.date_of(view, number), number, std::move(persons)});
    }
    std::sort(dated_.begin(), dated_.end(), [](const Dated& a, const Dated& b) {
      return std::tie(a.date, a.number) < std::tie(b.date, b.number);
    });
  }

  [[nodiscard]] bool find(Recurring& found) const {
    for (std::size_t first = 0; first < dated_.size(); ++first) {
      Recurring so_far{dated_[first].persons, {dated_[first].number}};
      if (extend(first, dated_[first].date, so_far)) {
        found = std::move(so_far);
        return true;
      }
    }
    return false;
  }

 private:
  struct Dated {
    std::int64_t date = 0;
    std::uint32_t number = 0;
    Numbers persons;
  };

  bool extend(std::size_t last, std::int64_t first_date, Recurring& so_far) const {
    constexpr std::int64_t kDayUs = 86'400'000'000;
    if (static_cast<std::int64_t>(so_far.persons.size()) < rule_.recurring_persons) return false;
    if (static_cast<std::int64_t>(so_far.cases.size()) >= rule_.recurring_cases) return true;
    for (std::size_t next = last + 1; next < dated_.size(); ++next) {
      if (dated_[next].date - first_date > rule_.window_days * kDayUs) return false;
      Recurring longer{intersection(so_far.persons, dated_[next].persons), so_far.cases};
      longer.cases.push_back(dated_[next].number);
      if (extend(next, first_date, longer)) {
        so_far = std::move(longer);
        return true;
      }
    }
    return false;
  }

  const GangRule& rule_;
  std::vector<Dated> dated_;
};

/// A group as it stands, in numbers of the graph.
struct Standing {
  Offset proposed_at;
  LinkGraph::Component of;
  Recurring recurring;
};

}  // namespace

struct GangHistory::Impl {
  Impl(GangRule with, LinkFilter takes_part)
      : rule(std::move(with)), graph(rule.leave_out, std::move(takes_part)) {}

  struct Found {
    Standing now;
    std::uint32_t number = 0;
    std::vector<std::uint32_t> took_in;
  };

  [[nodiscard]] std::uint64_t take_next(const FactsView& view, Offset as_of,
                                        LinkGraph::Touched& touched);
  void recompute(const FactsView& view, Offset offset, const LinkGraph::Touched& touched);
  [[nodiscard]] bool keeps_the_rule(const FactsView& view, Standing& group) const;
  [[nodiscard]] std::set<std::uint32_t> groups_in(const LinkGraph::Touched& touched,
                                                  const std::vector<LinkGraph::Component>& all);
  void match(const std::set<std::uint32_t>& old, std::vector<Found>& found) const;
  void tell(const FactsView& view, Offset offset, const std::set<std::uint32_t>& old,
            std::vector<Found>& found);
  void mark(const LinkGraph::Component& of, std::uint32_t number);

  [[nodiscard]] GangPerson person(const FactsView& view, std::uint32_t number) const;
  [[nodiscard]] std::vector<GangPerson> people(const FactsView& view, const Numbers& of) const;
  [[nodiscard]] std::vector<std::string> case_keys(const FactsView& view, const Numbers& of) const;
  [[nodiscard]] GangEvent event(const FactsView& view, Offset offset, GangStep step,
                                std::uint32_t number, const LinkGraph::Component& before,
                                const LinkGraph::Component& after) const;

  GangRule rule;
  LinkGraph graph;
  std::size_t persons_taken = 0;  ///< changes of person reports
  std::size_t cases_taken = 0;
  std::map<std::uint32_t, Standing> standing;
  std::vector<std::uint32_t> group_of_person, group_of_case;  ///< by number of the graph; 0: none
  std::uint32_t last_number = 0;
  std::uint64_t work = 0;
  std::vector<GangEvent> history;
};

GangHistory::GangHistory(GangRule rule, LinkFilter takes_part)
    : impl_(std::make_unique<Impl>(std::move(rule), std::move(takes_part))) {}
GangHistory::~GangHistory() = default;
GangHistory::GangHistory(GangHistory&&) noexcept = default;
GangHistory& GangHistory::operator=(GangHistory&&) noexcept = default;

void GangHistory::follow(const FactsView& view, Offset as_of) {
  for (;;) {
    LinkGraph::Touched touched;
    const std::uint64_t offset = impl_->take_next(view, as_of, touched);
    if (offset == kNoEvent) return;
    impl_->recompute(view, {offset}, touched);
  }
}

void GangHistory::leap(const FactsView& view, Offset as_of) {
  LinkGraph::Touched touched;
  while (impl_->take_next(view, as_of, touched) != kNoEvent) continue;
  impl_->recompute(view, as_of, touched);
}

/// Takes the changes of the next event at or before `as_of`; its offset, or kNoEvent.
std::uint64_t GangHistory::Impl::take_next(const FactsView& view, Offset as_of,
                                           LinkGraph::Touched& touched) {
  const auto& persons = view.changes[static_cast<std::size_t>(FactKind::kPersonReported)];
  const auto& cases = view.changes[static_cast<std::size_t>(FactKind::kCaseReported)];
  const auto next_of = [](const auto& changes, std::size_t at) {
    return at < changes.size() ? changes[at].offset : kNoEvent;
  };
  const std::uint64_t offset =
      std::min(next_of(persons, persons_taken), next_of(cases, cases_taken));
  if (offset == kNoEvent || offset > as_of.value) return kNoEvent;
  const auto take = [&](const auto& changes, std::size_t& at) {
    for (; next_of(changes, at) == offset; ++at) {
      const Change& change = changes[at];
      if (change.from != Change::kNoRow) graph.apply(view, change.from, -1, touched);
      if (change.to != Change::kNoRow) graph.apply(view, change.to, 1, touched);
    }
  };
  take(persons, persons_taken);
  take(cases, cases_taken);
  return offset;
}

void GangHistory::Impl::recompute(const FactsView& view, Offset offset,
                                  const LinkGraph::Touched& touched) {
  group_of_person.resize(graph.persons());
  group_of_case.resize(graph.cases());
  std::vector<LinkGraph::Component> components = graph.components_of(touched);
  const std::set<std::uint32_t> old = groups_in(touched, components);
  std::vector<Found> found;
  for (LinkGraph::Component& component : components) {
    work += component.rows.size() + component.cases.size() * component.cases.size();
    Found one;
    one.now.proposed_at = offset;
    one.now.of = std::move(component);
    if (keeps_the_rule(view, one.now)) found.push_back(std::move(one));
  }
  if (old.empty() && found.empty()) return;
  match(old, found);
  tell(view, offset, old, found);
}

bool GangHistory::Impl::keeps_the_rule(const FactsView& view, Standing& group) const {
  if (static_cast<std::int64_t>(group.of.persons.size()) < rule.persons) return false;
  if (static_cast<std::int64_t>(group.of.cases.size()) < rule.cases) return false;
  return !rule.recurring ||
         RecurringSearch(graph, view, rule, group.of.cases).find(group.recurring);
}

std::set<std::uint32_t> GangHistory::Impl::groups_in(const LinkGraph::Touched& touched,
                                                     const std::vector<LinkGraph::Component>& all) {
  std::set<std::uint32_t> groups;
  for (const std::uint32_t person : touched.persons) groups.insert(group_of_person[person]);
  for (const std::uint32_t number : touched.cases) groups.insert(group_of_case[number]);
  for (const LinkGraph::Component& component : all) {
    for (const std::uint32_t person : component.persons) groups.insert(group_of_person[person]);
  }
  groups.erase(0);
  return groups;
}

/// A group lives on in the component with most of it; a component goes by the group that it has most of, then the older.
void GangHistory::Impl::match(const std::set<std::uint32_t>& old, std::vector<Found>& found) const {
  struct Shared {
    std::size_t members = 0;
    std::uint32_t number = 0;
    std::size_t at = 0;
  };
  std::vector<Shared> shared;
  for (const std::uint32_t number : old) {
    const LinkGraph::Component& was = standing.at(number).of;
    for (std::size_t at = 0; at < found.size(); ++at) {
      const LinkGraph::Component& is = found[at].now.of;
      const std::size_t members =
          intersection(was.persons, is.persons).size() + intersection(was.cases, is.cases).size();
      if (members > 0) shared.push_back({members, number, at});
    }
  }
  std::sort(shared.begin(), shared.end(), [](const Shared& a, const Shared& b) {
    return std::tie(b.members, a.number, a.at) < std::tie(a.members, b.number, b.at);
  });
  std::set<std::uint32_t> lives;
  for (const Shared& pair : shared) {
    if (found[pair.at].number != 0 || lives.contains(pair.number)) continue;
    found[pair.at].number = pair.number;
    lives.insert(pair.number);
  }
  for (const Shared& pair : shared) {
    if (!lives.insert(pair.number).second) continue;
    found[pair.at].took_in.push_back(pair.number);
  }
}

void GangHistory::Impl::tell(const FactsView& view, Offset offset,
                             const std::set<std::uint32_t>& old, std::vector<Found>& found) {
  std::map<std::uint32_t, Standing> before;
  std::map<std::uint32_t, std::uint32_t> taken_in_by;
  std::map<std::uint32_t, std::vector<std::uint32_t>> split_into;
  for (const std::uint32_t number : old) {
    before.insert(standing.extract(number));
    mark(before.at(number).of, 0);
  }
  for (Found& one : found) {
    const bool is_new = one.number == 0;
    if (is_new) one.number = ++last_number;
    for (const std::uint32_t number : one.took_in) taken_in_by[number] = one.number;
    for (const std::uint32_t number : old) {
      const bool came_from =
          is_new && !intersection(before.at(number).of.persons, one.now.of.persons).empty();
      if (came_from) split_into[number].push_back(one.number);
    }
  }
  std::vector<GangEvent> told;
  for (Found& one : found) {
    const auto was = before.find(one.number);
    GangStep step = GangStep::kProposed;
    LinkGraph::Component had;
    if (was != before.end()) {
      one.now.proposed_at = was->second.proposed_at;
      had = was->second.of;
      step = split_into.contains(one.number) ? GangStep::kSplit : GangStep::kChanged;
    }
    if (!one.took_in.empty()) step = GangStep::kMerged;
    GangEvent said = event(view, offset, step, one.number, had, one.now.of);
    said.others = step == GangStep::kSplit ? split_into[one.number] : one.took_in;
    if (step != GangStep::kChanged || had.rows != one.now.of.rows) told.push_back(std::move(said));
    mark(one.now.of, one.number);
    standing.insert_or_assign(one.number, one.now);
  }
  for (const auto& [number, was] : before) {
    if (standing.contains(number)) continue;
    GangEvent said = event(view, offset, GangStep::kEnded, number, was.of, {});
    if (taken_in_by.contains(number)) said.others = {taken_in_by.at(number)};
    told.push_back(std::move(said));
  }
  std::sort(told.begin(), told.end(),
            [](const GangEvent& a, const GangEvent& b) { return a.group < b.group; });
  for (GangEvent& said : told) history.push_back(std::move(said));
}

void GangHistory::Impl::mark(const LinkGraph::Component& of, std::uint32_t number) {
  for (const std::uint32_t person : of.persons) group_of_person[person] = number;
  for (const std::uint32_t in : of.cases) group_of_case[in] = number;
}

GangEvent GangHistory::Impl::event(const FactsView& view, Offset offset, GangStep step,
                                   std::uint32_t number, const LinkGraph::Component& before,
                                   const LinkGraph::Component& after) const {
  GangEvent said;
  said.offset = offset;
  const std::size_t until = view.facts_until(offset);
  if (until > 0) said.id = view.facts[until - 1].id;
  said.step = step;
  said.group = number;
  said.persons_added = people(view, difference(after.persons, before.persons));
  said.persons_gone = people(view, difference(before.persons, after.persons));
  said.cases_added = case_keys(view, difference(after.cases, before.cases));
  said.cases_gone = case_keys(view, difference(before.cases, after.cases));
  said.links = after.rows.size();
  return said;
}

GangPerson GangHistory::Impl::person(const FactsView& view, std::uint32_t number) const {
  const LinkGraph::Person& of = graph.person(number);
  return {std::string(view.texts[of.key]),
          of.sender == 0 ? std::string{} : std::string(view.texts[of.sender])};
}

std::vector<GangPerson> GangHistory::Impl::people(const FactsView& view, const Numbers& of) const {
  std::vector<GangPerson> all;
  for (const std::uint32_t number : of) all.push_back(person(view, number));
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> GangHistory::Impl::case_keys(const FactsView& view,
                                                      const Numbers& of) const {
  std::vector<std::string> all;
  for (const std::uint32_t number : of) all.emplace_back(view.texts[graph.case_of(number).key]);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Gang> GangHistory::groups(const FactsView& view) const {
  const auto happened = find_column(FactKind::kPersonReported, "happened_at");
  std::vector<Gang> all;
  for (const auto& [number, group] : impl_->standing) {
    Gang gang;
    gang.number = number;
    gang.proposed_at = group.proposed_at;
    gang.persons = impl_->people(view, group.of.persons);
    gang.cases = impl_->case_keys(view, group.of.cases);
    gang.recurring_persons = impl_->people(view, group.recurring.persons);
    gang.recurring_cases = impl_->case_keys(view, group.recurring.cases);
    for (const std::uint32_t row : group.of.rows) {
      const Fact& fact = view.facts[row];
      const auto ends = impl_->graph.ends_of(view, row);
      gang.links.push_back({impl_->person(view, ends.first),
                            std::string(view.texts[impl_->graph.case_of(ends.second).key]),
                            Offset{fact.offset}, fact.id, std::string(view.texts[fact.partner]),
                            std::string(fact.partner_ref), stamp_of(view.cell(fact, *happened))});
    }
    all.push_back(std::move(gang));
  }
  return all;
}

const std::vector<GangEvent>& GangHistory::history() const { return impl_->history; }

std::uint64_t GangHistory::work() const { return impl_->work; }

std::vector<Gang> gangs_at(const FactsView& view, Offset as_of, const GangRule& rule,
                           const LinkFilter& takes_part) {
  GangHistory history(rule, takes_part);
  history.follow(view, as_of);
  return history.groups(view);
}

std::string_view to_string(GangStep step) {
  constexpr std::array<std::string_view, 5> kNames = {"proposed", "changed", "merged", "split",
                                                      "ended"};
  return kNames[static_cast<std::size_t>(step)];
}

}  // namespace lamplight::tally
