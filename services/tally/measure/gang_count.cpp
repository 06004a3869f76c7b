#include "tally/measure/gang_count.hpp"

#include <map>
#include <set>

namespace lamplight::tally {
namespace {

Aspect links_until_the_end() {
  Aspect aspect;
  aspect.from_the_beginning = true;
  return aspect;
}

}  // namespace

GangCount::GangCount(const CampaignDefinition& definition, const MeasureQuestion& question,
                     Names& names)
    : rule_(definition.gangs.value_or(GangRule{})),
      from_(question.measure->from),
      names_(names),
      compiled_(definition, question, links_until_the_end(), names) {}

GangHistory GangCount::history(const Records& records) {
  names_.learn(records);
  return GangHistory(rule_, [this, &records](const Fact& fact) {
    block_.start(records);
    block_.add({records.row_at(fact.offset)});
    compiled_.run(block_, items_);
    return !items_.empty();
  });
}

Amount GangCount::amount(const CampaignView& view, Offset as_of) {
  const Records records(view, from_);
  GangHistory history = this->history(records);
  history.leap(view.facts, as_of);
  Amount amount;
  const std::vector<Gang> groups = history.groups(view.facts);
  amount.n = static_cast<std::int64_t>(groups.size());
  for (const Gang& group : groups) amount.entries += group.links.size();
  for (const Gang& group : groups) {
    for (const GangPerson& person : group.persons)
      amount.distinct_per_sender |= !person.sender.empty();
  }
  return amount;
}

std::vector<Contribution> GangCount::explain(const CampaignView& view, Offset as_of) {
  const Records records(view, from_);
  GangHistory history = this->history(records);
  history.leap(view.facts, as_of);
  std::map<Offset, std::int64_t> adds;
  for (const Gang& group : history.groups(view.facts)) {
    bool first = true;
    for (const GangLink& link : group.links) {
      adds[link.offset] += first ? 1 : 0;
      first = false;
    }
  }
  std::vector<Contribution> told;
  for (const auto& [offset, n] : adds) {
    told.push_back(records.contribution(records.row_at(offset.value)));
    told.back().n = n;
  }
  return told;
}

std::vector<ChangeOfAmount> GangCount::changes(const CampaignView& view, Offset earlier,
                                               Offset later) {
  const Records records(view, from_);
  GangHistory whole = history(records);
  whole.leap(view.facts, earlier);
  whole.follow(view.facts, later);
  std::set<Offset> moments;
  for (const GangEvent& event : whole.history()) {
    if (event.offset > earlier && event.offset <= later) moments.insert(event.offset);
  }
  GangHistory step = history(records);
  step.leap(view.facts, earlier);
  auto before = static_cast<std::int64_t>(step.groups(view.facts).size());
  std::vector<ChangeOfAmount> told;
  for (const Offset moment : moments) {
    step.follow(view.facts, moment);
    const auto after = static_cast<std::int64_t>(step.groups(view.facts).size());
    if (after != before) {
      ChangeOfAmount change;
      change.event = records.contribution(records.row_at(moment.value));
      change.event.n = after - before;
      change.before = before;
      change.after = after;
      told.push_back(std::move(change));
    }
    before = after;
  }
  return told;
}

}  // namespace lamplight::tally
