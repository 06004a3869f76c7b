#include "tally/gang/gangs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "report_log.hpp"
#include "tally/gang/history_text.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A link said in one line.
struct LinkSaid {
  std::string ref;
  std::string person;
  std::string in_case;
  std::string happened = "2022-07-01T12:00:00+08:00";
  std::string partner = "wuma";
  std::string scope = "district";
  std::string corrects = {};
  std::string withdraws = {};
};

class Gangs : public ::testing::Test {
 protected:
  Offset link(const LinkSaid& said) {
    PersonReported report;
    report.partner = said.partner;
    report.partner_ref = said.ref;
    report.person = said.person;
    report.person_scope = said.scope;
    report.case_key = said.in_case;
    report.unit = "wuma";
    report.category = "gang";
    report.happened_at = at(said.happened);
    report.reported_at = at("2022-08-01T12:00:00+08:00");
    report.corrects = said.corrects;
    report.withdraws = said.withdraws;
    return log.say(report);
  }
  Offset a_case(const std::string& ref, const std::string& key, const std::string& happened,
                std::vector<std::string_view> flags = {}) {
    CaseReported report;
    report.partner = "wuma";
    report.partner_ref = ref;
    report.case_key = key;
    report.unit = "wuma";
    report.category = "gang";
    report.flags = std::move(flags);
    report.happened_at = at(happened);
    report.reported_at = report.happened_at;
    return log.say(report);
  }
  /// Three persons in case a, two of them in case b.
  void three_persons_two_cases() {
    link({"1", "p1", "a"});
    link({"2", "p2", "a"});
    link({"3", "p3", "a"});
    link({"4", "p1", "b"});
    link({"5", "p2", "b"});
  }
  [[nodiscard]] std::vector<Gang> now() const { return gangs_at(log.view(), log.last(), rule); }
  [[nodiscard]] std::vector<GangEvent> history() const {
    GangHistory all(rule);
    all.follow(log.view(), log.last());
    return all.history();
  }

  ReportLog log;
  GangRule rule{.recurring = true, .leave_out = {"family_dispute"}};
};

TEST_F(Gangs, AreProposedWithTheLinksThatMadeThem) {
  three_persons_two_cases();

  const std::vector<Gang> gangs = now();

  ASSERT_THAT(gangs, SizeIs(1));
  EXPECT_THAT(gangs[0].persons, SizeIs(3));
  EXPECT_THAT(gangs[0].cases, ElementsAre("a", "b"));
  EXPECT_THAT(gangs[0].links, SizeIs(5));
  EXPECT_EQ(gangs[0].proposed_at, Offset{5});
  EXPECT_THAT(gangs[0].recurring_persons, SizeIs(2));
  EXPECT_THAT(gangs_at(log.view(), Offset{4}, rule), IsEmpty()) << "before the last link";
}

TEST_F(Gangs, NeedTheSamePersonsInSeveralCasesUnlessTheRuleIsTheComponent) {
  link({"1", "p1", "a"});
  link({"2", "p2", "a"});
  link({"3", "p1", "b"});
  link({"4", "p3", "b"});

  EXPECT_THAT(now(), IsEmpty());
  rule.recurring = false;
  EXPECT_THAT(now(), SizeIs(1));
}

TEST_F(Gangs, LookAtTheWindowOfTheCases) {
  a_case("c1", "a", "2020-01-01T00:00:00+08:00");
  a_case("c2", "b", "2022-01-01T00:00:00+08:00");
  three_persons_two_cases();

  rule.window_days = 731;  // 2020 is a leap year
  EXPECT_THAT(now(), SizeIs(1));
  rule.window_days = 730;
  EXPECT_THAT(now(), IsEmpty());
}

TEST_F(Gangs, LeaveOutDisputes) {
  three_persons_two_cases();
  const Offset before = log.last();
  a_case("c1", "b", "2022-07-01T00:00:00+08:00", {"family_dispute"});

  EXPECT_THAT(now(), IsEmpty());
  EXPECT_THAT(gangs_at(log.view(), before, rule), SizeIs(1));
}

TEST_F(Gangs, TellKeysOfDifferentSendersApart) {
  link({"1", "p1", "a", "2022-07-01T12:00:00+08:00", "wuma", "sender"});
  link({"2", "p2", "a", "2022-07-01T12:00:00+08:00", "wuma", "sender"});
  link({"3", "p3", "a", "2022-07-01T12:00:00+08:00", "wuma", "sender"});
  link({"4", "p1", "b", "2022-07-01T12:00:00+08:00", "qidu", "sender"});
  link({"5", "p2", "b", "2022-07-01T12:00:00+08:00", "qidu", "sender"});

  EXPECT_THAT(now(), IsEmpty());
}

TEST_F(Gangs, EndWhenALinkIsWithdrawnAndComeBackUnderANewNumber) {
  three_persons_two_cases();
  link({.ref = "6", .person = "", .in_case = "", .withdraws = "5"});
  EXPECT_THAT(now(), IsEmpty());

  link({"7", "p2", "b"});

  const std::vector<GangEvent> told = history();
  ASSERT_THAT(told, SizeIs(3));
  EXPECT_EQ(told[0].step, GangStep::kProposed);
  EXPECT_EQ(told[1].step, GangStep::kEnded);
  EXPECT_EQ(told[1].offset, Offset{6});
  EXPECT_EQ(told[2].group, 2U);
}

TEST_F(Gangs, AreMergedByALinkAndSplitByItsCorrection) {
  three_persons_two_cases();
  link({"11", "q1", "x"});
  link({"12", "q2", "x"});
  link({"13", "q3", "x"});
  link({"14", "q1", "y"});
  link({"15", "q2", "y"});
  ASSERT_THAT(now(), SizeIs(2));

  link({"16", "p3", "y"});
  ASSERT_THAT(now(), SizeIs(1));
  EXPECT_THAT(now()[0].persons, SizeIs(6));
  const std::vector<GangEvent> merged = history();
  EXPECT_EQ(merged[merged.size() - 2].step, GangStep::kMerged);
  EXPECT_THAT(merged[merged.size() - 2].others, ElementsAre(2U));
  EXPECT_EQ(merged.back().step, GangStep::kEnded);
  EXPECT_THAT(merged.back().others, ElementsAre(1U));

  link({.ref = "17", .person = "p3", .in_case = "a", .corrects = "16"});

  ASSERT_THAT(now(), SizeIs(2));
  const std::vector<GangEvent> split = history();
  EXPECT_EQ(split[split.size() - 2].step, GangStep::kSplit);
  EXPECT_THAT(split[split.size() - 2].others, ElementsAre(3U));
  EXPECT_THAT(split[split.size() - 2].persons_gone, SizeIs(3));
  const std::string told = gang_history_text(split, Language::kEnglish);
  EXPECT_THAT(told, HasSubstr("took in #2"));
  EXPECT_THAT(told, HasSubstr("taken in by #1"));
  EXPECT_THAT(told, HasSubstr("split off #3"));
}

TEST_F(Gangs, OfOneGreatComponentAreFoundInOnePass) {
  for (int i = 0; i < 3000; ++i) link({"a" + std::to_string(i), "p" + std::to_string(i), "great"});
  link({"b0", "p0", "other"});
  link({"b1", "p1", "other"});

  GangHistory leapt(rule);
  leapt.leap(log.view(), log.last());

  ASSERT_THAT(leapt.groups(log.view()), SizeIs(1));
  EXPECT_THAT(leapt.groups(log.view())[0].persons, SizeIs(3000));
}

// --- against brute force -------------------------------------------------------------------------

using Edges = std::multimap<std::string, std::pair<int, int>>;  ///< ref → person, case

/// Persons and cases of every component that keeps the rule, worked out from nothing.
std::set<std::pair<std::set<int>, std::set<int>>> brute_force(const Edges& edges, bool recurring) {
  std::map<int, std::set<int>> cases_of;
  std::map<int, std::set<int>> persons_of;
  for (const auto& [ref, edge] : edges) {
    cases_of[edge.first].insert(edge.second);
    persons_of[edge.second].insert(edge.first);
  }
  std::set<std::pair<std::set<int>, std::set<int>>> found;
  for (const auto& start : cases_of) {
    std::set<int> persons = {start.first};
    std::set<int> cases;
    for (bool grew = true; grew;) {
      const std::size_t before = persons.size() + cases.size();
      for (const int person : persons)
        cases.insert(cases_of[person].begin(), cases_of[person].end());
      for (const int in : cases) persons.insert(persons_of[in].begin(), persons_of[in].end());
      grew = persons.size() + cases.size() > before;
    }
    if (persons.size() < 3 || cases.size() < 2) continue;
    bool recur = !recurring;
    for (const int p : persons) {
      for (const int q : persons) {
        if (p >= q) continue;
        int shared = 0;
        for (const int in : cases_of[p]) shared += cases_of[q].contains(in) ? 1 : 0;
        recur = recur || shared >= 2;
      }
    }
    if (recur) found.emplace(persons, cases);
  }
  return found;
}

TEST_F(Gangs, EqualBruteForceAfterEveryLinkAndWithdrawal) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    log = ReportLog{};
    Edges edges;
    rule.recurring = seed % 2 == 0;
    GangHistory followed(rule);
    const std::uint32_t people = 4 + static_cast<std::uint32_t>(random() % 12);
    for (int step = 0; step < 60; ++step) {
      if (!edges.empty() && random() % 3 == 0) {
        const auto gone = std::next(edges.begin(), static_cast<int>(random() % edges.size()));
        link({.ref = "w" + std::to_string(step),
              .person = "",
              .in_case = "",
              .withdraws = gone->first});
        edges.erase(gone);
      } else {
        const std::pair<int, int> edge(static_cast<int>(random() % people),
                                       static_cast<int>(random() % 9));
        link({"r" + std::to_string(step), "p" + std::to_string(edge.first),
              "c" + std::to_string(edge.second)});
        edges.emplace("r" + std::to_string(step), edge);
      }
      followed.follow(log.view(), log.last());
      std::set<std::pair<std::set<int>, std::set<int>>> ours;
      for (const Gang& gang : followed.groups(log.view())) {
        std::set<int> persons, cases;
        for (const GangPerson& person : gang.persons)
          persons.insert(std::stoi(person.key.substr(1)));
        for (const std::string& in : gang.cases) cases.insert(std::stoi(in.substr(1)));
        EXPECT_TRUE(ours.emplace(persons, cases).second) << "a component is one group";
      }
      ASSERT_EQ(ours, brute_force(edges, rule.recurring)) << "seed " << seed << ", step " << step;
    }
    GangHistory leapt(rule);
    leapt.leap(log.view(), log.last());
    EXPECT_EQ(leapt.groups(log.view()).size(), followed.groups(log.view()).size());
    std::set<std::uint32_t> alive;  // the history alone tells which groups there are
    for (const GangEvent& told : followed.history()) {
      if (told.step == GangStep::kEnded) alive.erase(told.group);
      else alive.insert(told.group);
    }
    EXPECT_EQ(alive.size(), followed.groups(log.view()).size());
  }
}

}  // namespace
}  // namespace lamplight::tally::test
