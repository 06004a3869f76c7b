#include "tally/clearance/clearance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report_log.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kEvening = "2022-08-25T20:00:00+08:00";

class Clearance : public ::testing::Test {
 protected:
  void order(std::string_view ref, std::string_view action, std::string_view reported) {
    ClearanceOrdered said;
    said.partner = "hq";
    said.partner_ref = ref;
    said.clearance = "sweep-16";
    said.action = action;
    if (action == "plan") {
      said.number = 16;
      said.units = {"wuma", "qidu"};
      said.shifts = {"evening", "night"};
    }
    said.reported_at = at(reported);
    log.say(said);
  }
  ClearanceReported report(std::string_view ref, std::string_view unit, std::string_view shift,
                           std::vector<Count> counts) {
    ClearanceReported said;
    said.partner = unit;
    said.partner_ref = ref;
    said.clearance = "sweep-16";
    said.unit = unit;
    said.shift = shift;
    said.happened_at = at(kEvening);
    said.reported_at = said.happened_at;
    said.counts = std::move(counts);
    return said;
  }
  void hazard(std::string_view ref, std::string_view state, std::string_view happened,
              std::string_view clearance = "sweep-16") {
    HazardReported said;
    said.partner = "wuma";
    said.partner_ref = ref;
    said.hazard = "hz-1";
    said.state = state;
    said.clearance = clearance;
    said.unit = "wuma";
    said.happened_at = at(happened);
    said.reported_at = said.happened_at;
    if (state == "found") said.due_at = Stamp{said.happened_at.at.plus_us(86'400'000'000), 480};
    log.say(said);
  }
  [[nodiscard]] ClearanceView now(std::string_view moment = "2022-08-30T00:00:00+08:00") const {
    const FactsView view = log.view();
    return ClearanceBook(view, log.last()).operation("sweep-16", at(moment).at);
  }
  [[nodiscard]] static std::int64_t sum(const ClearanceView& view, std::string_view what) {
    std::int64_t n = -1;
    for (const ClearanceCount& count : view.totals) {
      if (count.what == what) n = std::max<std::int64_t>(n, 0) + count.n;
    }
    return n;
  }

  ReportLog log;
};

TEST_F(Clearance, NamesWhoHasNotReported) {
  order("1", "plan", "2022-08-24T09:00:00+08:00");
  order("2", "open", kEvening);
  log.say(report("a", "wuma", "evening", {{"police", "", "", 20, Bound::kExact}}));
  log.say(report("b", "qidu", "evening", {{"police", "", "", 30, Bound::kAtLeast}}));
  log.say(report("c", "qidu", "night", {}));

  const ClearanceView view = now();

  EXPECT_EQ(view.state, ClearanceState::kOpen);
  EXPECT_EQ(view.number, 16);
  ASSERT_THAT(view.missing, SizeIs(1));
  EXPECT_EQ(view.missing[0].unit + "/" + view.missing[0].shift, "wuma/night");
  EXPECT_EQ(sum(view, "police"), 50);
  EXPECT_EQ(view.totals[0].bound, Bound::kAtLeast);
  EXPECT_EQ(sum(view, "social"), -1) << "nobody stated it, which is no 0";
}

TEST_F(Clearance, CountsAJointActionOnceAndSaysWhereItsReportsDiffer) {
  order("1", "plan", "2022-08-24T09:00:00+08:00");
  ClearanceReported first = report("a", "wuma", "evening", {{"site", "", "", 7, Bound::kExact}});
  first.joint = "together";
  first.with_units = {"qidu"};
  ClearanceReported second = report("b", "qidu", "evening", {{"site", "", "", 8, Bound::kExact}});
  second.joint = "together";
  second.reported_at.at = second.reported_at.at.plus_us(1);
  log.say(second);
  log.say(first);

  const ClearanceView view = now();

  EXPECT_EQ(sum(view, "site"), 8) << "the later word";
  ASSERT_THAT(view.joint, SizeIs(1));
  EXPECT_TRUE(view.joint[0].conflict);
  EXPECT_THAT(view.joint[0].units, ElementsAre("qidu", "wuma"));
}

TEST_F(Clearance, TakesCorrectionsBeforeWhatTheyCorrectAndNamesLateReports) {
  order("1", "plan", "2022-08-24T09:00:00+08:00");
  order("2", "close", "2022-08-26T00:00:00+08:00");
  ClearanceReported right =
      report("a2", "wuma", "evening", {{"person", "", "", 12, Bound::kExact}});
  right.corrects = "a1";
  right.reported_at = at("2022-08-26T09:00:00+08:00");
  log.say(right);
  log.say(report("a1", "wuma", "evening", {{"person", "", "", 120, Bound::kExact}}));

  const ClearanceView view = now();

  EXPECT_EQ(view.state, ClearanceState::kClosed);
  EXPECT_EQ(sum(view, "person"), 12);
  ASSERT_THAT(view.late, SizeIs(1));
  EXPECT_EQ(view.late[0].partner_ref, "a2");
}

TEST_F(Clearance, OutcomesAreFlagsOnAPersonCountedOnce) {
  PersonReported said;
  said.partner = "wuma";
  said.person = "token1";
  said.person_scope = "district";
  said.clearance = "sweep-16";
  said.happened_at = said.reported_at = at(kEvening);
  said.partner_ref = "p1";
  said.outcomes = {"wanted_caught", "criminal_measure"};
  log.say(said);
  said.partner = "qidu";
  said.outcomes = {"wanted_caught"};
  log.say(said);

  const ClearanceView view = now();

  EXPECT_EQ(view.persons, 1);
  ASSERT_THAT(view.outcomes, SizeIs(2));
  EXPECT_EQ(view.outcomes[0].persons + view.outcomes[1].persons, 2);
  EXPECT_FALSE(view.persons_per_sender);
}

TEST_F(Clearance, AHazardLivesUntilItIsRectifiedAndIsOpenAgainWhenFoundAgain) {
  hazard("1", "found", "2022-08-25T20:00:00+08:00");
  EXPECT_TRUE(now("2022-08-26T08:00:00+08:00").hazards[0].open);
  EXPECT_FALSE(now("2022-08-26T08:00:00+08:00").hazards[0].overdue);
  EXPECT_TRUE(now("2022-08-27T08:00:00+08:00").hazards[0].overdue);

  hazard("2", "rectified", "2022-08-27T09:00:00+08:00", "");
  EXPECT_FALSE(now().hazards[0].open);
  hazard("3", "found", "2022-08-28T09:00:00+08:00", "");
  EXPECT_TRUE(now().hazards[0].open);
  EXPECT_EQ(now().hazards[0].times_found, 2);
  hazard("4", "waived", "2022-08-28T10:00:00+08:00", "");
  EXPECT_FALSE(now().hazards[0].open);
}

TEST_F(Clearance, IsKnownByItsReportsBeforeAnyOrder) {
  log.say(report("a", "wuma", "evening", {}));

  EXPECT_EQ(now().state, ClearanceState::kNotOrdered);
  EXPECT_THAT(now().missing, IsEmpty());
  EXPECT_THAT(ClearanceBook(log.view(), log.last()).codes(), ElementsAre("sweep-16"));
  EXPECT_THAT(ClearanceBook(log.view(), Offset{0}).codes(), IsEmpty());
}

TEST_F(Clearance, IsFoundByItsCodeAmongManyOthers) {
  order("o", "open", kEvening);
  for (int i = 0; i < 50; ++i) {
    const std::string ref = "r" + std::to_string(i);
    const std::string code = "sweep-" + std::to_string(i);
    ClearanceReported other = report(ref, "wuma", "", {{"police", "", "", 1}});
    other.clearance = code;
    log.say(other);
  }

  const FactsView view = log.view();
  ClearanceBook book(view, log.last());

  EXPECT_THAT(book.codes(), SizeIs(50));
  EXPECT_TRUE(book.knows("sweep-49"));
  EXPECT_FALSE(book.knows("sweep-50"));
  EXPECT_FALSE(book.knows(""));
  const ClearanceView one = book.operation("sweep-16", at(kEvening).at);
  EXPECT_EQ(one.state, ClearanceState::kOpen);
  ASSERT_THAT(one.totals, SizeIs(1));
  EXPECT_EQ(one.totals[0].n, 1);
  EXPECT_EQ(book.operation("sweep-17", at(kEvening).at).state, ClearanceState::kNotOrdered);
}

}  // namespace
}  // namespace lamplight::tally::test
