#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "model/result_descriptions.hpp"
#include "support.hpp"
#include "tally/campaign/definition.hpp"
#include "tally/campaign_report/declared.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;

/// A case as a test says it.
struct Told {
  std::string ref;
  std::string corrects = {};
  std::string withdraws = {};
  int minute = 0;  ///< of reported_at
  AlertStatus status = AlertStatus::kActual;
  std::string partner = "local";
};

struct Payload {
  std::string subject;
  std::string payload;
};

template <typename T>
Payload event_of(const T& said) {
  MsgpackWriter out;
  encode(said, out);
  return {std::string(Description<T>::kSubject), out.take()};
}

Payload case_of(const Told& told) {
  CaseReported said;
  said.partner = told.partner;
  said.partner_ref = told.ref;
  said.status = told.status;
  said.case_key = "case-1";
  said.unit = "north";
  said.category = "theft";
  said.flags = {"gang", "supervised"};
  said.happened_at = at("2022-07-01T12:00:00+08:00");
  said.stages = {{"filed", said.happened_at}};
  said.counts = {{"victim", "", "", 3, Bound::kAtLeast}};
  said.reported_at = {said.happened_at.at.plus_us(told.minute * 60'000'000LL), 480};
  said.corrects = told.corrects;
  said.withdraws = told.withdraws;
  return event_of(said);
}

void tell(TallyFold& fold, const Payload& said, std::uint64_t offset) {
  Event event;
  event.subject = said.subject;
  event.id = id_of(offset);
  event.offset = {offset};
  event.time = History::time_of(offset);
  event.payload = as_bytes(said.payload);
  fold.evolve(event);
}

std::unique_ptr<TallyFold> fold_of(const std::vector<Payload>& log, std::size_t until = SIZE_MAX) {
  auto fold = std::make_unique<TallyFold>();
  for (std::size_t i = 0; i < std::min(until, log.size()); ++i) tell(*fold, log[i], i + 1);
  return fold;
}

std::unique_ptr<TallyFold> fold_of(const std::vector<Told>& told) {
  std::vector<Payload> log;
  for (const Told& one : told) log.push_back(case_of(one));
  return fold_of(log);
}

/// "partner/reference" of what stands, as the changes up to an offset come to. Each change must fit what stood before.
std::set<std::string> standing(const FactsView& view, FactKind kind, std::uint64_t as_of = ~0ULL) {
  std::set<std::uint32_t> rows;
  const auto& changes = view.changes[static_cast<std::size_t>(kind)];
  for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of; ++i) {
    if (changes[i].from != Change::kNoRow) {
      EXPECT_EQ(rows.erase(changes[i].from), 1U);
    }
    if (changes[i].to != Change::kNoRow) {
      EXPECT_TRUE(rows.insert(changes[i].to).second);
    }
  }
  std::set<std::string> out;
  for (const std::uint32_t row : rows) {
    const Fact& fact = view.facts[row];
    EXPECT_TRUE(
        out.insert(std::string(view.texts[fact.partner]) + "/" + std::string(fact.partner_ref))
            .second);
  }
  return out;
}

std::set<std::string> standing(const std::vector<Told>& told) {
  return standing(fold_of(told)->facts_view(), FactKind::kCaseReported);
}

/// The rule of docs/campaign.md said the slow way, over the set of reports.
std::set<std::string> by_the_rule(const std::vector<Told>& told) {
  using Name = std::pair<std::string, std::string>;
  std::map<Name, Name> parent;
  const std::function<Name(Name)> root = [&](Name name) {
    if (!parent.contains(name)) parent[name] = name;
    while (parent[name] != name) name = parent[name];
    return name;
  };
  std::set<Name> corrected;
  std::set<Name> withdrawing;
  for (const Told& one : told) {
    const Name own{one.partner, one.ref};
    const std::string& named = one.withdraws.empty() ? one.corrects : one.withdraws;
    if (named.empty()) continue;
    const Name other{one.partner, named};
    parent[root(own)] = root(other);
    if (one.status != AlertStatus::kActual) continue;
    if (!one.withdraws.empty()) withdrawing.insert(own);
    else if (own != other) corrected.insert(other);
  }
  std::set<Name> withdrawn;
  for (const Name& name : withdrawing) withdrawn.insert(root(name));
  std::map<Name, std::vector<const Told*>> incidents;
  for (const Told& one : told) {
    const Name of = root({one.partner, one.ref});
    const bool stands = one.status == AlertStatus::kActual && one.withdraws.empty();
    if (stands && !withdrawn.contains(of)) incidents[of].push_back(&one);
  }
  std::set<std::string> out;
  for (const auto& incident : incidents) {
    const std::vector<const Told*>& all = incident.second;
    const auto last = [&](bool with_corrected) -> const Told* {
      const Told* best = nullptr;
      for (const Told* one : all) {
        if (!with_corrected && corrected.contains({one->partner, one->ref})) continue;
        if (!best || std::pair(best->minute, best->ref) < std::pair(one->minute, one->ref)) {
          best = one;
        }
      }
      return best;
    };
    const Told* stands = last(false);
    if (!stands) stands = last(true);
    out.insert(stands->partner + "/" + stands->ref);
  }
  return out;
}

std::vector<Told> random_history(std::mt19937& random, std::size_t size) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::vector<Told> out;
  for (std::size_t i = 0; i < size; ++i) {
    Told told;
    told.ref = "r" + std::to_string(i);
    told.partner = below(4) == 0 ? "other" : "local";
    told.minute = static_cast<int>(below(5));
    if (below(6) == 0) told.status = AlertStatus::kExercise;
    const std::size_t what = below(10);
    if (what < 5) told.corrects = "r" + std::to_string(below(size + 1));
    if (what == 5) told.withdraws = "r" + std::to_string(below(size + 1));
    out.push_back(told);
  }
  return out;
}

TEST(FactCorrections, ACorrectionTakesThePlaceOfWhatItNames) {
  EXPECT_THAT(standing({{.ref = "1"}, {.ref = "2", .corrects = "1"}, {.ref = "3"}}),
              ElementsAre("local/2", "local/3"));
}

TEST(FactCorrections, MayComeBeforeWhatTheyCorrect) {
  EXPECT_THAT(
      standing({{.ref = "3", .corrects = "2"}, {.ref = "2", .corrects = "1"}, {.ref = "1"}}),
      ElementsAre("local/3"));
}

TEST(FactCorrections, OfSeveralOfOneReportTheLatestStands) {
  EXPECT_THAT(standing({{.ref = "1"},
                        {.ref = "2", .corrects = "1", .minute = 9},
                        {.ref = "3", .corrects = "1", .minute = 8}}),
              ElementsAre("local/2"));
  EXPECT_THAT(
      standing({{.ref = "1"}, {.ref = "3", .corrects = "1"}, {.ref = "2", .corrects = "1"}}),
      ElementsAre("local/3"));
}

TEST(FactCorrections, AWithdrawalTakesTheWholeIncidentOutForGood) {
  EXPECT_THAT(standing({{.ref = "1"},
                        {.ref = "2", .corrects = "1"},
                        {.ref = "w", .withdraws = "1"},
                        {.ref = "3", .corrects = "2"},
                        {.ref = "4"}}),
              ElementsAre("local/4"));
  EXPECT_TRUE(standing({{.ref = "w", .withdraws = "1"}, {.ref = "1"}}).empty());
}

TEST(FactCorrections, OnlyActualReportsStandCorrectOrWithdraw) {
  const auto exercise = AlertStatus::kExercise;
  EXPECT_THAT(standing({{.ref = "1"},
                        {.ref = "2", .corrects = "1", .minute = 9, .status = exercise},
                        {.ref = "w", .withdraws = "1", .status = exercise}}),
              ElementsAre("local/1"));
  EXPECT_THAT(standing({{.ref = "1", .status = exercise}, {.ref = "2", .corrects = "1"}}),
              ElementsAre("local/2"));
}

TEST(FactCorrections, ThatGoInACircleLoseNobody) {
  EXPECT_THAT(standing({{.ref = "a", .corrects = "b"}, {.ref = "b", .corrects = "a"}}),
              ElementsAre("local/b"));
  EXPECT_THAT(standing({{.ref = "a", .corrects = "a"}}), ElementsAre("local/a"));
  EXPECT_THAT(standing({{.ref = "a", .corrects = "b"},
                        {.ref = "b", .corrects = "c"},
                        {.ref = "c", .corrects = "a", .minute = 1},
                        {.ref = "d", .corrects = "a"}}),
              ElementsAre("local/d"));
}

TEST(FactCorrections, ReachNoOtherSenderAndNoOtherKind) {
  EXPECT_THAT(standing({{.ref = "1"}, {.ref = "2", .corrects = "1", .partner = "other"}}),
              ElementsAre("local/1", "other/2"));
}

TEST(FactRepeats, CountNothingWhateverTheySay) {
  const auto fold = fold_of(std::vector<Told>{
      {.ref = "1"}, {.ref = "1", .minute = 9}, {.ref = "2"}, {.ref = "1", .withdraws = "2"}});
  EXPECT_THAT(standing(fold->facts_view(), FactKind::kCaseReported),
              ElementsAre("local/1", "local/2"));
  EXPECT_EQ(fold->facts().by_role()[static_cast<std::size_t>(FactRole::kRepeat)], 2U);
}

TEST(FactProperty, AnyOrderOfArrivalGivesTheSameStandingSet) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<Told> told = random_history(random, 3 + seed % 14);
    const std::set<std::string> expected = by_the_rule(told);
    for (int turn = 0; turn < 6; ++turn) {
      std::shuffle(told.begin(), told.end(), random);
      ASSERT_EQ(standing(told), expected) << "seed " << seed;
    }
  }
}

TEST(FactProperty, AsOfAnyOffsetEqualsAFreshFoldOfThePrefix) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const std::vector<Told> told = random_history(random, 20);
    const auto whole = fold_of(told);
    for (std::size_t n = 0; n <= told.size(); ++n) {
      const std::vector<Told> prefix(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(n));
      ASSERT_EQ(standing(whole->facts_view(), FactKind::kCaseReported, n), by_the_rule(prefix))
          << "seed " << seed << " offset " << n;
    }
  }
}

/// One report of each kind, twice or corrected.
std::vector<Payload> all_kinds() {
  const Stamp when = at("2022-07-01T12:00:00+08:00");
  std::vector<Payload> log;
  ClearanceOrdered ordered;
  ordered.partner = "local", ordered.partner_ref = "o1", ordered.clearance = "c1";
  ordered.action = "plan", ordered.units = {"north", "south"}, ordered.reported_at = when;
  ordered.from = when;
  log.push_back(event_of(ordered));
  ClearanceReported clearance;
  clearance.partner = "local", clearance.partner_ref = "r1", clearance.clearance = "c1";
  clearance.unit = "north", clearance.happened_at = clearance.reported_at = when;
  clearance.counts = {{"site", "venue", "passed", 366, Bound::kExact},
                      {"police", "", "", 20, Bound::kAtLeast}};
  log.push_back(event_of(clearance));
  PersonReported person;
  person.partner = "local", person.partner_ref = "p1", person.person = "a1b2c3d4e5f6g7h8";
  person.person_scope = "district", person.unit = "north", person.category = "theft";
  person.outcomes = {"dealt_with"}, person.happened_at = person.reported_at = when;
  log.push_back(event_of(person));
  HazardReported hazard;
  hazard.partner = "local", hazard.partner_ref = "h1", hazard.hazard = "hz1";
  hazard.state = "found", hazard.unit = "north", hazard.happened_at = hazard.reported_at = when;
  log.push_back(event_of(hazard));
  FigureDeclared figure;
  figure.partner = "local", figure.partner_ref = "f1", figure.campaign = "spring";
  figure.figure = "x", figure.role = "value", figure.n = -1;
  figure.as_of = figure.reported_at = when;
  log.push_back(event_of(figure));
  CampaignDefined campaign;
  campaign.partner = "cli/campaign", campaign.partner_ref = "spring/1";
  campaign.campaign = "spring", campaign.document = "one", campaign.reported_at = when;
  log.push_back(event_of(campaign));
  campaign.partner_ref = "spring/2", campaign.version = 2, campaign.document = "two";
  log.push_back(event_of(campaign));
  log.push_back({std::string(kHazardReported), "no report"});
  return log;
}

TEST(Facts, HoldEveryKindAsItWasSaid) {
  auto log = all_kinds();
  log.push_back(case_of({.ref = "k1"}));
  const auto fold = fold_of(log);
  const FactsView view = fold->facts_view();

  ASSERT_EQ(view.facts.size(), log.size());
  for (std::size_t kind = 0; kind < kFactKinds; ++kind) EXPECT_GE(view.changes[kind].size(), 1U);
  const Fact& clearance = view.facts[1];
  const auto counts = find_column(FactKind::kClearanceReported, "counts").value();
  const tally::Run run = run_of(view.cell(clearance, counts));
  ASSERT_EQ(run.size, 2);
  EXPECT_EQ(view.texts[view.counts[run.at].result], "passed");
  EXPECT_EQ(view.counts[run.at + 1].bound, Bound::kAtLeast);
  const auto until = find_column(FactKind::kClearanceOrdered, "until").value();
  EXPECT_EQ(view.cell(view.facts[0], until), kNothing);
  const auto from = find_column(FactKind::kClearanceOrdered, "from").value();
  EXPECT_EQ(stamp_of(view.cell(view.facts[0], from)), at("2022-07-01T12:00:00+08:00"));
  EXPECT_EQ(view.facts[7].role, FactRole::kUnreadable);
  EXPECT_EQ(view.facts_until({3}), 3U);
}

TEST(Facts, OfALaterVersionACampaignIsDefinedByIt) {
  const auto fold = fold_of(all_kinds());
  const auto then = definitions_at(fold->facts_view(), {6});
  const auto now = definitions_at(fold->facts_view(), {8});

  EXPECT_TRUE(definitions_at(fold->facts_view(), {5}).empty());
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then[0].document, "one");
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].version, 2);
  EXPECT_EQ(now[0].document, "two");
}

TEST(Facts, ComeBackFromASnapshotByteForByte) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<Payload> log = all_kinds();
    for (const Told& told : random_history(random, 30)) log.push_back(case_of(told));
    const std::size_t half = 20;
    const auto whole = fold_of(log);
    const std::string saved = snapshot_of(*fold_of(log, half));

    TallyFold loaded;
    runtime::SnapshotReader in(as_bytes(saved));
    loaded.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    ASSERT_EQ(snapshot_of(loaded), saved);
    for (std::size_t i = half; i < log.size(); ++i) tell(loaded, log[i], i + 1);

    ASSERT_EQ(snapshot_of(loaded), snapshot_of(*whole));
    const FactsView a = loaded.facts_view();
    const FactsView b = whole->facts_view();
    for (std::size_t kind = 0; kind < kFactKinds; ++kind) {
      ASSERT_EQ(a.changes[kind].size(), b.changes[kind].size());
      for (std::size_t i = 0; i < a.changes[kind].size(); ++i)
        ASSERT_EQ(a.changes[kind][i], b.changes[kind][i]);
    }
  }
}

TEST(Facts, AreTheSameWhetherForeseenOrNot) {
  std::mt19937 random(1);
  std::vector<Payload> log = all_kinds();
  for (const Told& told : random_history(random, 200)) log.push_back(case_of(told));
  const std::size_t said = log.size();
  for (std::size_t i = 0; i < said; ++i) {  // cut short anywhere: a hint reads what it is given
    Payload cut = log[i];
    cut.payload.resize(random() % cut.payload.size());
    log.push_back(cut);
  }
  log.push_back({"hazard.reported.not", "of no kind"});
  std::vector<Event> events(log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    events[i].subject = log[i].subject;
    events[i].payload = as_bytes(log[i].payload);
  }
  std::shuffle(events.begin(), events.end(), random);  // promised, and never kept

  TallyFold fold;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const std::size_t some = std::min(TallyFold::kForeseen, events.size() - i);
    fold.foresee(std::span(events).subspan(i, some));
    tell(fold, log[i], i + 1);
  }

  EXPECT_EQ(snapshot_of(fold), snapshot_of(*fold_of(log)));
}

TEST(AlertChanges, ComeToWhatStands) {
  History history;
  const Offset first = history.say({.ref = "1"});
  history.say({.ref = "2"});
  history.say({.ref = "3", .corrects = first});
  history.say({.ref = "4", .withdraws = Offset{2}});
  TallyFold fold;
  history.fold_into(fold, 1, history.size());
  const auto changes = fold.view().changes;

  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[2], (Change{3, 0, 2}));
  EXPECT_EQ(changes[3], (Change{4, 1, Change::kNoRow}));
}

/// A figure as two papers print it.
std::vector<DeclaredFigure> declared_as(std::vector<std::int64_t> numbers) {
  std::vector<Payload> log;
  for (const std::int64_t n : numbers) {
    const std::string ref = std::to_string(log.size());
    FigureDeclared said;
    said.partner = "local";
    said.partner_ref = ref;
    said.campaign = "summer";
    said.figure = "seized";
    said.role = "value";
    said.n = n;
    said.reported_at = at("2022-07-01T12:00:00+08:00");
    said.as_of = said.reported_at;
    log.push_back(event_of(said));
  }
  return declared_at(fold_of(log)->facts_view(), Offset{log.size()}, "summer");
}

TEST(DeclaredFigures, SayWhereTwoThatStandSayDifferentNumbers) {
  EXPECT_FALSE(declared_as({3}).at(0).disputed);
  EXPECT_FALSE(declared_as({3, 3}).at(0).disputed);
  EXPECT_TRUE(declared_as({3, 4, 4}).at(0).disputed);
  EXPECT_EQ(declared_as({3, 4}).at(0).n, 4);
}

}  // namespace
}  // namespace lamplight::tally::test
