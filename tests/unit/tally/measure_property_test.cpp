#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "model/result_descriptions.hpp"
#include "support.hpp"
#include "tally/measure/measure_state.hpp"

/// Figures at every offset of random histories against a plain count of what stands there, written without the engine.
namespace lamplight::tally {
namespace {

/// A report as a test says it: one shape for all three kinds.
struct Told {
  FactKind kind = FactKind::kPersonReported;
  std::string partner, ref, key, crime, scope, unit, category, state, corrects, withdraws;
  std::vector<std::string> outcomes;
  AlertStatus status = AlertStatus::kActual;
  std::int64_t happened_us = 0, reported_us = 0;
  std::vector<std::pair<std::int64_t, Bound>> victims;
};

constexpr std::int64_t kStartUs = 19'168 * kUsPerDay;  // 2022-06-25

std::string payload(const Told& told) {
  MsgpackWriter out;
  const auto common = [&](auto& said) {
    said.partner = told.partner;
    said.partner_ref = told.ref;
    said.status = told.status;
    said.unit = told.unit;
    said.corrects = told.corrects;
    said.withdraws = told.withdraws;
    said.happened_at = Stamp{TimeUs{told.happened_us}, 480};
    said.reported_at = Stamp{TimeUs{told.reported_us}, 480};
    encode(said, out);
  };
  if (told.kind == FactKind::kPersonReported) {
    PersonReported said;
    said.person = told.key;
    said.person_scope = told.scope;
    said.case_key = told.crime;
    said.category = told.category;
    for (const std::string& outcome : told.outcomes) said.outcomes.emplace_back(outcome);
    common(said);
  } else if (told.kind == FactKind::kCaseReported) {
    CaseReported said;
    said.case_key = told.key;
    said.category = told.category;
    for (const auto& [n, bound] : told.victims) said.counts.push_back({"victim", "", "", n, bound});
    said.counts.push_back({"site", "", "", 5, Bound::kExact});
    common(said);
  } else {
    HazardReported said;
    said.hazard = told.key;
    said.state = told.state;
    common(said);
  }
  return out.take();
}

class Random {
 public:
  explicit Random(std::uint32_t seed) : bits_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(bits_() % n); }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<std::uint32_t>(values.size())));
  }
  std::mt19937& bits() { return bits_; }

 private:
  std::mt19937 bits_;
};

std::vector<Told> random_history(std::uint32_t seed, std::size_t size) {
  Random random(seed);
  std::vector<Told> history;
  for (std::size_t i = 0; i < size; ++i) {
    Told told;
    told.kind = random.one_of(
        {FactKind::kPersonReported, FactKind::kCaseReported, FactKind::kHazardReported});
    told.partner = random.one_of({"north", "south", "east"});
    told.ref = "r" + std::to_string(i);
    told.key = "key-a" + std::to_string(random.below(size < 1000 ? 9 : 30'000));
    told.scope = random.one_of({"district", "district", "sender"});
    told.crime = "case-" + std::to_string(random.below(40));
    told.unit = random.one_of({"u1", "u2", "u3"});
    told.category = random.one_of({"theft", "fraud", "drugs"});
    told.state = random.one_of({"found", "rectified", "waived"});
    if (random.below(3) != 0) told.outcomes.emplace_back("dealt_with");
    if (random.below(3) == 0) told.outcomes.emplace_back("transferred");
    if (random.below(12) == 0) told.status = AlertStatus::kExercise;
    told.happened_us = kStartUs + (std::int64_t{random.below(80)} - 5) * kUsPerDay;
    told.reported_us = kStartUs + std::int64_t{random.below(50)} * kUsPerDay;
    if (random.below(3) != 0)
      told.victims.emplace_back(random.below(4), random.one_of({Bound::kExact, Bound::kAtLeast}));
    if (random.below(4) == 0) told.victims.emplace_back(random.below(3), Bound::kReaches);
    if (i > 3 && random.below(3) == 0) {
      const Told& other = history[random.below(static_cast<std::uint32_t>(i))];
      told.partner = other.partner;
      told.kind = other.kind;
      const std::uint32_t what = random.below(4);
      if (what == 0) told.withdraws = other.ref;
      else if (what == 1) told.ref = other.ref;  // a repeat
      else told.corrects = other.ref;
    }
    history.push_back(std::move(told));
  }
  return history;
}

struct Folded {
  /// A view after every event, or after the last alone.
  explicit Folded(const std::vector<Told>& told, std::size_t first_view = 0) {
    for (const Told& one : told) payloads.push_back(payload(one));
    for (std::size_t i = 0; i < told.size(); ++i) {
      Event event;
      event.subject = subject_of(told[i].kind);
      event.id = test::id_of(i + 1);
      event.offset = {i + 1};
      event.payload = as_bytes(payloads[i]);
      fold.evolve(event);
      if (i + 1 >= first_view) views.push_back({fold.view(), fold.facts_view()});
    }
  }
  std::vector<std::string> payloads;
  TallyFold fold;
  std::vector<CampaignView> views;
};

std::vector<const Told*> standing(const std::vector<Told>& history, const FactsView& view,
                                  FactKind kind, std::uint64_t as_of) {
  std::set<std::uint64_t> offsets;
  const auto& changes = view.changes[static_cast<std::size_t>(kind)];
  for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of; ++i) {
    if (changes[i].from != changes[i].kNoRow) offsets.erase(view.facts[changes[i].from].offset);
    if (changes[i].to != changes[i].kNoRow) offsets.insert(view.facts[changes[i].to].offset);
  }
  std::vector<const Told*> rows;
  rows.reserve(offsets.size());
  for (const std::uint64_t offset : offsets) rows.push_back(&history[offset - 1]);
  return rows;
}

bool in(const Told& told, const Period& period) {
  const Day day{
      static_cast<std::int32_t>(floor_div(told.happened_us + 480 * kUsPerMinute, kUsPerDay))};
  return period.first <= day && day <= period.last;
}
bool has(const Told& told, const std::string& outcome) {
  return std::find(told.outcomes.begin(), told.outcomes.end(), outcome) != told.outcomes.end();
}

using Counted = std::map<std::string, Amount>;

Counted to_map(const AmountTable& table) {
  Counted map;
  for (const auto& row : table.rows) {
    std::string key;
    for (const auto& word : row.key) key += word.value_or("-") + "/";
    map[key] = row.amount;
  }
  return map;
}

const Period kPeriod{Day{19'168}, Day{19'208}};

CampaignDefinition definition() {
  CampaignDefinition told;
  told.code = "any";
  told.period = kPeriod;
  told.clock_minutes = 480;
  told.rollups.push_back({"group", "category", {{"property", {}, {"theft", "fraud"}}}});
  MeasureSpec persons;
  persons.name = "persons";
  persons.from = kPersonReported;
  persons.count = CountBy::kDistinct;
  persons.key = {"person"};
  persons.where = {{"outcomes", {"dealt_with"}}};
  persons.except = {{"unit", {"u3"}}};
  persons.dated = "happened_at";
  MeasureSpec victims;
  victims.name = "victims";
  victims.from = kCaseReported;
  victims.count = CountBy::kSum;
  victims.value = "counts";
  victims.once = "case";
  victims.where = {{"what", {"victim"}}};
  victims.dated = "happened_at";
  MeasureSpec open;
  open.name = "open";
  open.from = kHazardReported;
  open.count = CountBy::kLatest;
  open.key = {"hazard"};
  open.where = {{"state", {"found", "rectified"}}};
  open.dated = "happened_at";
  open.ever = true;
  MeasureSpec rows = persons;
  rows.name = "rows";
  rows.count = CountBy::kRows;
  MeasureSpec gangs;
  gangs.name = "gangs";
  gangs.from = kPersonReported;
  gangs.count = CountBy::kGangs;
  gangs.where = {{"outcomes", {"transferred"}}};
  gangs.dated = "happened_at";
  told.gangs.emplace();
  told.gangs->recurring = false;
  told.measures = {persons, victims, open, rows, gangs};
  return told;
}

Counted brute_persons(const std::vector<const Told*>& rows) {
  std::map<std::string, std::set<std::string>> keys;
  Counted counted;
  for (const Told* told : rows) {
    if (!in(*told, kPeriod) || !has(*told, "dealt_with") || told->unit == "u3") continue;
    const std::string cell =
        (told->category == "drugs" ? "drugs" : "property") + std::string("/") + told->unit + "/";
    keys[cell].insert((told->scope == "district" ? "" : told->partner) + ":" + told->key);
    Amount& amount = counted[cell];
    amount.n = static_cast<std::int64_t>(keys[cell].size());
    ++amount.entries;
    amount.distinct_per_sender |= told->scope != "district";
  }
  return counted;
}

Counted brute_outcomes(const std::vector<const Told*>& rows) {
  Counted counted;
  for (const Told* told : rows) {
    if (!in(*told, kPeriod) || !has(*told, "dealt_with") || told->unit == "u3") continue;
    for (const std::string& outcome : told->outcomes) {
      Amount& amount = counted[outcome + "/"];
      amount.n = static_cast<std::int64_t>(++amount.entries);
    }
  }
  return counted;
}

std::int64_t victims_of(const Told& told) {
  std::int64_t sum = 0;
  for (const auto& [n, bound] : told.victims) sum += n;
  return sum;
}

Counted brute_victims(const std::vector<const Told*>& rows) {
  std::map<std::string, std::vector<const Told*>> cases;
  for (const Told* told : rows) {
    if (in(*told, kPeriod) && !told->victims.empty()) cases[told->key].push_back(told);
  }
  Counted counted;
  for (const auto& [key, reports] : cases) {
    const Told* best =
        *std::max_element(reports.begin(), reports.end(), [](const Told* a, const Told* b) {
          return std::tie(a->reported_us, a->partner, a->ref) <
                 std::tie(b->reported_us, b->partner, b->ref);
        });
    std::set<std::int64_t> said;
    for (const Told* told : reports) said.insert(victims_of(*told));
    Amount& amount = counted[best->unit + "/"];
    amount.n = amount.n.value_or(0) + victims_of(*best);
    ++amount.entries;
    amount.conflicts += said.size() > 1;
    for (const auto& [n, bound] : best->victims) {
      if (bound == Bound::kAtLeast) amount.bound = bound;
      if (bound == Bound::kReaches && amount.bound == Bound::kExact) amount.bound = bound;
    }
  }
  return counted;
}

std::int64_t brute_open(const std::vector<const Told*>& rows) {
  std::map<std::string, const Told*> latest;
  for (const Told* told : rows) {
    if (!in(*told, {Day{0}, kPeriod.last})) continue;
    const Told*& held = latest[told->key];
    const auto order = [](const Told* t) {
      return std::tie(t->happened_us, t->reported_us, t->ref, t->partner);
    };
    if (held == nullptr || order(held) < order(told)) held = told;
  }
  return std::count_if(latest.begin(), latest.end(),
                       [](const auto& one) { return one.second->state != "waived"; });
}

class Histories : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Histories, FiguresAtEveryOffsetAreThoseOfAFreshCountOfThePrefix) {
  const auto history = random_history(GetParam(), 150);
  const Folded folded(history);
  const CampaignDefinition campaign = definition();
  Engine grown(campaign);  // asked while the log grows
  Engine late(campaign);   // asked once it is all there
  const CampaignView& whole = folded.views.back();
  for (std::size_t offset = 1; offset <= history.size(); ++offset) {
    SCOPED_TRACE(offset);
    for (Engine* engine : {&grown, &late}) {
      const CampaignView& view = engine == &grown ? folded.views[offset - 1] : whole;
      const auto ask = [&](std::size_t measure) {
        return MeasureQuestion{&campaign.measures[measure], {}, kPeriod, {}};
      };
      const auto rows = [&](FactKind kind) { return standing(history, whole.facts, kind, offset); };
      const Offset at{offset};
      EXPECT_EQ(to_map(engine->table(view, at, ask(0), {"group", "unit"})),
                brute_persons(rows(FactKind::kPersonReported)));
      EXPECT_EQ(to_map(engine->table(view, at, ask(1), {"unit"})),
                brute_victims(rows(FactKind::kCaseReported)));
      EXPECT_EQ(engine->total(view, at, ask(2)).n, brute_open(rows(FactKind::kHazardReported)));
      EXPECT_EQ(to_map(engine->table(view, at, ask(3), {"outcomes"})),
                brute_outcomes(rows(FactKind::kPersonReported)));
    }
  }
}

TEST(LongHistory, FiguresBetweenCheckpointsAreThoseOfAFreshCount) {
  const std::size_t size = 150'000;
  const auto history = random_history(7, size);
  const Folded folded(history, size);
  const CampaignDefinition campaign = definition();
  const CampaignView& view = folded.views.back();
  Engine engine(campaign);
  for (const std::uint64_t offset : {1UL, 40'000UL, 99'999UL, 100'000UL, 131'072UL, 150'000UL}) {
    const auto ask = [&](std::size_t measure) {
      return MeasureQuestion{&campaign.measures[measure], {}, kPeriod, {}};
    };
    const auto rows = [&](FactKind kind) { return standing(history, view.facts, kind, offset); };
    EXPECT_EQ(to_map(engine.table(view, {offset}, ask(0), {"group", "unit"})),
              brute_persons(rows(FactKind::kPersonReported)));
    EXPECT_EQ(to_map(engine.table(view, {offset}, ask(1), {"unit"})),
              brute_victims(rows(FactKind::kCaseReported)));
    EXPECT_EQ(engine.total(view, {offset}, ask(2)).n, brute_open(rows(FactKind::kHazardReported)));
    EXPECT_EQ(to_map(engine.table(view, {offset}, ask(3), {"outcomes"})),
              brute_outcomes(rows(FactKind::kPersonReported)));
  }
}

TEST_P(Histories, ExplainedEventsAddUpToTheFigureAndChangesToTheDifference) {
  const auto history = random_history(GetParam() + 1000, 150);
  const Folded folded(history);
  const CampaignDefinition campaign = definition();
  Engine engine(campaign);
  const CampaignView& view = folded.views.back();
  for (const MeasureSpec& measure : campaign.measures) {
    SCOPED_TRACE(measure.name);
    const MeasureQuestion question{&measure, {}, kPeriod, {}};
    const auto n_at = [&](std::uint64_t offset) {
      return engine.total(view, {offset}, question).n.value_or(0);
    };
    for (std::uint64_t offset = 0; offset <= history.size(); offset += 10) {
      std::int64_t sum = 0;
      for (const Contribution& one : engine.explain(view, {offset}, question)) sum += one.n;
      EXPECT_EQ(sum, n_at(offset)) << offset;
      std::int64_t difference = 0;
      for (const ChangeOfAmount& one : engine.changes(view, {offset}, {history.size()}, question)) {
        EXPECT_GT(one.event.offset.value, offset);
        difference += one.after - one.before;
      }
      EXPECT_EQ(difference, n_at(history.size()) - n_at(offset)) << offset;
    }
  }
}

TEST_P(Histories, TheOrderOfArrivalChangesNoFigure) {
  auto history = random_history(GetParam() + 2000, 120);
  std::erase_if(history, [](const Told& told) { return told.ref[0] != 'r'; });
  std::set<std::string> refs;  // of a number used twice the first to come counts: not this promise
  std::erase_if(history, [&](const Told& told) { return !refs.insert(told.ref).second; });
  const CampaignDefinition campaign = definition();
  const auto figures = [&] {
    const Folded folded(history);
    Engine engine(campaign);
    std::vector<Counted> all;
    for (const MeasureSpec& measure : campaign.measures) {
      all.push_back(to_map(engine.table(folded.views.back(), {history.size()},
                                        {&measure, {}, kPeriod, {}}, {"unit"})));
    }
    return all;
  };
  const auto before = figures();

  Random random(GetParam());
  std::shuffle(history.begin(), history.end(), random.bits());

  EXPECT_EQ(figures(), before);
}

TEST_P(Histories, StatesOfTwoDistrictsMergedEitherWayAreThatOfBothLogs) {
  const auto both = random_history(GetParam() + 3000, 150);
  std::vector<Told> north;
  std::vector<Told> others;
  for (const Told& told : both) (told.partner == "north" ? north : others).push_back(told);
  const CampaignDefinition campaign = definition();
  const auto state_of = [&](const std::vector<Told>& history, std::size_t measure) {
    const Folded folded(history);
    Engine engine(campaign);
    const MeasureQuestion question{&campaign.measures[measure], {}, kPeriod, {}};
    const Dimensions by{"unit"};
    auto state = engine.state(folded.views.back(), {history.size()}, question, by).value();
    EXPECT_EQ(to_map(state.table()),
              to_map(engine.table(folded.views.back(), {history.size()}, question, by)));
    return state;
  };
  for (std::size_t measure = 0; measure < 4; ++measure) {
    SCOPED_TRACE(campaign.measures[measure].name);
    MeasureState one = state_of(north, measure);
    MeasureState other = state_of(others, measure);
    const MeasureState first = one;

    ASSERT_TRUE(one.merge(other).ok());
    ASSERT_TRUE(other.merge(first).ok());

    EXPECT_TRUE(one == state_of(both, measure));
    EXPECT_TRUE(other == one);
    EXPECT_TRUE(MeasureState::load(as_bytes(one.save())).value() == one);
    EXPECT_FALSE(MeasureState::load(as_bytes(one.save()).first(20)).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Histories, testing::Range(1U, 13U));

}  // namespace

void PrintTo(const Amount& amount, std::ostream* out) {
  *out << (amount.n ? std::to_string(*amount.n) : "none") << " of " << amount.entries << " bound "
       << static_cast<int>(amount.bound) << " conflicts " << amount.conflicts << " without "
       << amount.without_key << " sender " << amount.distinct_per_sender;
}

}  // namespace lamplight::tally
