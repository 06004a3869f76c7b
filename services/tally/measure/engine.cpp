#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/check.hpp"
#include "tally/measure/gang_count.hpp"
#include "tally/measure/plan.hpp"
#include "tally/measure/state_export.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kMaxPlans =
    1024;  ///< questions remembered; when there are more, all are forgotten

std::string name_of(const MeasureQuestion& question, const Dimensions& by, bool with_where) {
  std::string name = question.measure->name;
  if (with_where) {
    for (const auto& [field, values] : question.where) {
      name += '\n' + field;
      for (const std::string& value : values) name += '\t' + value;
    }
    for (const std::string& dimension : by) name += "\nby " + dimension;
  }
  if (question.period)
    name += "\nin " + std::to_string(question.period->first.value) + ' ' +
            std::to_string(question.period->last.value);
  if (with_where && question.without_leap_day) name += "\nwithout 29 February";
  if (question.before_civil_us) name += "\nbefore " + std::to_string(*question.before_civil_us);
  return name;
}

}  // namespace

struct Engine::Impl {
  explicit Impl(const CampaignDefinition& told) : definition(told) {}

  Plan& plan(const MeasureQuestion& question, const Dimensions& by) {
    const std::string name = name_of(question, by, true);
    if (const auto known = plans.find(name); known != plans.end()) return *known->second;
    if (plans.size() >= kMaxPlans) {
      plans.clear();
      streams.clear();
    }
    auto made = std::make_unique<Plan>(definition, question, by, stream_of(question), names);
    return *plans.emplace(name, std::move(made)).first->second;
  }

  std::shared_ptr<Stream> stream_of(const MeasureQuestion& question) {
    const bool chooses =
        question.measure->count == CountBy::kLatest || !once_of(*question.measure).empty();
    const std::string name =
        chooses ? "once " + name_of(question, {}, false) : question.measure->from;
    std::shared_ptr<Stream>& stream = streams[name];
    if (!stream && chooses) stream = std::make_shared<Stream>(definition, question, names);
    if (!stream) stream = std::make_shared<Stream>(question.measure->from);
    return stream;
  }

  /// What reads a record kind's own changes: block by block, those that stand at the same place together.
  void extend(const CampaignView& view) {
    std::map<std::string, std::multimap<std::size_t, Stream*>> choosing;
    std::map<std::string, std::multimap<std::size_t, Plan*>> counting;
    std::set<std::string> kinds;
    for (const auto& [name, stream] : streams) {
      kinds.insert(stream->from());
      if (stream->chooses()) choosing[stream->from()].emplace(stream->taken(), stream.get());
    }
    for (const auto& [name, plan] : plans) {
      if (!plan->stream().chooses())
        counting[plan->stream().from()].emplace(plan->done(), plan.get());
    }
    for (const std::string& kind : kinds) {
      const Records records(view, kind);
      names.learn(records);
      read(records, Stream(kind), choosing[kind], counting[kind]);
    }
    for (const auto& [name, plan] : plans) {
      if (!plan->stream().chooses()) continue;
      const Records records(view, plan->stream().from());
      std::multimap<std::size_t, Plan*> alone{{plan->done(), plan.get()}};
      std::multimap<std::size_t, Stream*> none;
      read(records, plan->stream(), none, alone);
    }
  }

  void read(const Records& records, const Stream& stream,
            const std::multimap<std::size_t, Stream*>& choosing,
            const std::multimap<std::size_t, Plan*>& counting) {
    std::set<std::size_t> starts;
    for (const auto& [at, one] : choosing) starts.insert(at);
    for (const auto& [at, one] : counting) starts.insert(at);
    const std::size_t end = stream.size(records);
    for (const std::size_t start : starts) {
      for (std::size_t from = start; from < end; from += Block::kChanges) {
        const std::size_t until = std::min(end, from + Block::kChanges);
        stream.fill(records, from, until, block);
        for (auto [at, last] = choosing.equal_range(start); at != last; ++at)
          at->second->take(block, until);
        for (auto [at, last] = counting.equal_range(start); at != last; ++at)
          at->second->take(block, until);
      }
    }
  }

  Plan& ready(const CampaignView& view, const MeasureQuestion& question, const Dimensions& by) {
    Plan& made = plan(question, by);
    const Records records(view, question.measure->from);
    const bool behind = made.stream().chooses() ? made.stream().taken() < records.changes() : false;
    if (behind || made.done() < made.stream().size(records)) extend(view);
    return made;
  }

  GangCount gangs(const MeasureQuestion& question) { return {definition, question, names}; }

  const CampaignDefinition& definition;
  Names names;
  std::unordered_map<std::string, std::shared_ptr<Stream>> streams;
  std::unordered_map<std::string, std::unique_ptr<Plan>> plans;
  Block block;
};

Engine::Engine(const CampaignDefinition& definition) : impl_(std::make_unique<Impl>(definition)) {}
Engine::~Engine() = default;

void Engine::expect(const MeasureQuestion& question, const Dimensions& by) {
  if (question.measure->count != CountBy::kGangs) static_cast<void>(impl_->plan(question, by));
}

void Engine::extend(const CampaignView& view) { impl_->extend(view); }

AmountTable Engine::table(const CampaignView& view, Offset as_of, const MeasureQuestion& question,
                          const Dimensions& by) {
  if (question.measure->count ==
      CountBy::kGangs) {  // a group has no category: there is the total alone
    AmountTable groups{by, {}};
    if (by.empty()) groups.rows.push_back({{}, impl_->gangs(question).amount(view, as_of)});
    return groups;
  }
  Plan& plan = impl_->ready(view, question, by);
  const Records records(view, question.measure->from);
  return plan.table(records, plan.cells_at(records, plan.stream().until(records, as_of)));
}

Amount Engine::total(const CampaignView& view, Offset as_of, const MeasureQuestion& question) {
  return table(view, as_of, question, {}).rows.front().amount;
}

std::vector<Contribution> Engine::explain(const CampaignView& view, Offset as_of,
                                          const MeasureQuestion& question) {
  if (question.measure->count == CountBy::kGangs)
    return impl_->gangs(question).explain(view, as_of);
  Plan& plan = impl_->ready(view, question, {});
  const Records records(view, question.measure->from);
  const std::size_t places = plan.stream().until(records, as_of);
  Block block;
  std::vector<std::uint8_t> stands;  // by row
  for (std::size_t from = 0; from < places; from += Block::kChanges) {
    plan.stream().fill(records, from, std::min(places, from + Block::kChanges), block);
    for (const Touch& touch : block.touches()) {
      if (touch.role != Role::kCounts) continue;
      if (touch.row >= stands.size())
        stands.resize(std::max<std::size_t>(touch.row + 1, 2 * stands.size()));
      stands[touch.row] = touch.sign > 0;
    }
  }
  std::vector<Contribution> told;
  std::vector<Item> items;
  std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
  for (std::uint32_t row = 0; row < stands.size();) {
    block.start(records);
    for (std::uint32_t i = 0; i < Block::kChanges && row < stands.size(); ++i, ++row) {
      if (stands[row] != 0) block.add({row, i});
    }
    plan.compiled().run(block, items);
    std::uint32_t last = ~std::uint32_t{0};
    for (const Item& item : items) {
      if (item.lacks_key) continue;
      if (item.touch != last) told.push_back(records.contribution(block.touches()[item.touch].row));
      last = item.touch;
      if (plan.count() == CountBy::kDistinct)
        told.back().n += keys.emplace(item.scope, item.key).second ? 1 : 0;
      else if (plan.count() == CountBy::kSum) told.back().n = add_up(told.back().n, item.n);
      else told.back().n = 1;
    }
  }
  return told;
}

std::vector<ChangeOfAmount> Engine::changes(const CampaignView& view, Offset earlier, Offset later,
                                            const MeasureQuestion& question) {
  if (question.measure->count == CountBy::kGangs)
    return impl_->gangs(question).changes(view, earlier, later);
  Plan& plan = impl_->ready(view, question, {});
  const Records records(view, question.measure->from);
  const std::size_t from = plan.stream().until(records, earlier);
  const std::size_t to = plan.stream().until(records, later);
  std::map<std::uint64_t, std::pair<std::int64_t, std::int64_t>> by_event;
  for (const auto& [place, adds] : plan.steps(records, from, to)) {
    auto& [before, after] = by_event[plan.stream().offset(records, place)];
    std::int64_t& side = adds < 0 ? before : after;
    side = add_up(side, adds < 0 ? -adds : adds);
  }
  std::vector<ChangeOfAmount> told;
  for (const auto& [offset, numbers] : by_event) {
    if (numbers.first == numbers.second) continue;
    ChangeOfAmount change;
    change.event = records.contribution(records.row_at(offset));
    change.before = numbers.first;
    change.after = numbers.second;
    change.event.n = change.after - change.before;
    told.push_back(std::move(change));
  }
  return told;
}

Result<MeasureState> Engine::state(const CampaignView& view, Offset as_of,
                                   const MeasureQuestion& question, const Dimensions& by) {
  const MeasureSpec& measure = *question.measure;
  if (measure.count == CountBy::kGangs)
    return Error(Code::kUnsupported, "measure " + measure.name +
                                         ": groups of two logs cannot be added up; fold both logs");
  Plan& plan = impl_->ready(view, question, by);
  const Records records(view, measure.from);
  std::vector<bool> stands;
  const std::size_t changes = records.changes_until(as_of);
  for (std::size_t i = 0; i < changes; ++i) {
    const StandingChange change = records.change(i);
    for (const std::uint32_t row : {change.from, change.to}) {
      if (row == StandingChange::kNoRow) continue;
      if (row >= stands.size()) stands.resize(std::max<std::size_t>(row + 1, 2 * stands.size()));
      stands[row] = row == change.to;
    }
  }
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < stands.size(); ++row) {
    if (stands[row]) rows.push_back(row);
  }
  MeasureState state(name_of(question, by, true), measure.count, by);
  if (!plan.stream().chooses()) {
    export_counts(records, rows, measure, plan.compiled(), state);
    return state;
  }
  Compiled choosing(impl_->definition, without_limits(question), choosing_aspect(measure),
                    impl_->names);
  impl_->names.learn(records);
  export_choice(records, rows, measure, choosing, plan.compiled(), state);
  return state;
}

}  // namespace lamplight::tally
