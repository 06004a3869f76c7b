#include "tally/cohort/cohort.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report_log.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class Cohort : public ::testing::Test {
 protected:
  void told(std::string_view ref, std::string_view person, std::string_view outcome,
            std::string_view happened) {
    PersonReported said;
    said.partner = "wuma";
    said.partner_ref = ref;
    said.person = person;
    said.person_scope = "district";
    said.outcomes = {outcome};
    said.happened_at = said.reported_at = at(happened);
    log.say(said);
  }
  [[nodiscard]] CohortTable now(Offset as_of = {~0ULL}) const {
    return cohort_at(log.view(), as_of, spec, *parse_period("2022-07"), 480, 0);
  }

  ReportLog log;
  CohortSpec spec{.name = "flow",
                  .words = {},
                  .from = "person.reported",
                  .key = {"person"},
                  .field = "outcomes",
                  .enter = "dealt_with",
                  .stages = {"transferred", "judged"},
                  .exits = {"released"}};
};

TEST_F(Cohort, FollowsThoseWhoEnteredInThePeriodWheneverTheyGoOn) {
  told("1", "p1", "dealt_with", "2022-07-31T23:59:00+08:00");
  told("2", "p2", "dealt_with", "2022-08-01T00:00:00+08:00");  // after the period
  told("3", "p1", "transferred", "2022-11-01T00:00:00+08:00");
  told("4", "p2", "transferred", "2022-11-01T00:00:00+08:00");

  const CohortTable table = now();

  EXPECT_EQ(table.entered, 1);
  EXPECT_EQ(table.stages[0].reached, 1);
  EXPECT_EQ(now({2}).stages[0].reached, 0) << "as of an offset before";
}

TEST_F(Cohort, LooksOnlyAtWhatCameAfterTheEntry) {
  told("1", "p1", "judged", "2021-01-01T00:00:00+08:00");  // of an earlier case
  told("2", "p1", "dealt_with", "2022-07-02T00:00:00+08:00");

  EXPECT_EQ(now().stages[1].reached, 0);
}

TEST_F(Cohort, NamesAStageThatMoreReachedThanTheOneBefore) {
  told("1", "p1", "dealt_with", "2022-07-02T00:00:00+08:00");
  told("2", "p2", "dealt_with", "2022-07-02T00:00:00+08:00");
  told("3", "p1", "transferred", "2022-07-03T00:00:00+08:00");
  told("4", "p1", "judged", "2022-07-04T00:00:00+08:00");
  EXPECT_THAT(now().breaks, IsEmpty());

  told("5", "p2", "judged", "2022-07-04T00:00:00+08:00");

  ASSERT_THAT(now().breaks, SizeIs(1));
  EXPECT_EQ(now().breaks[0].before, "transferred");
  EXPECT_EQ(now().breaks[0].n_after, 2);
}

TEST_F(Cohort, FollowsCasesByTheirStageStamps) {
  spec.from = "case.reported";
  spec.key = {"case"};
  spec.field = "stages";
  spec.enter = "filed";
  spec.stages = {"solved"};
  CaseReported said;
  said.partner = "wuma";
  said.partner_ref = "1";
  said.case_key = "case-1";
  said.happened_at = said.reported_at = at("2022-01-01T00:00:00+08:00");
  said.stages = {{"filed", at("2022-07-05T00:00:00+08:00")},
                 {"solved", at("2022-07-09T00:00:00+08:00")}};
  log.say(said);

  EXPECT_EQ(now().entered, 1);
  EXPECT_EQ(now().stages[0].reached, 1);
}

}  // namespace
}  // namespace lamplight::tally::test
