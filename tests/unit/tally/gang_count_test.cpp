#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report_log.hpp"
#include "tally/measure/measure.hpp"

/// Groups for review as a figure: `count = "gangs"`, from the definition to the number.
namespace lamplight::tally::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kDefinition[] = R"(
[campaign]
code = "s"
en = "S"
from = 2022-06-25
until = 2022-08-29

[gangs]
persons = 3
cases = 2

[[measure]]
name = "groups"
from = "person.reported"
count = "gangs"
)";

class GangCounts : public ::testing::Test {
 protected:
  Offset link(const std::string& ref, const std::string& person, const std::string& in_case,
              const std::string& withdraws = {}) {
    PersonReported report;
    report.partner = "wuma";
    report.partner_ref = ref;
    report.person = person;
    report.person_scope = "district";
    report.case_key = in_case;
    report.unit = "wuma";
    report.category = "gang";
    report.happened_at = at("2022-07-01T12:00:00+08:00");
    report.reported_at = at("2022-07-02T12:00:00+08:00");
    report.withdraws = withdraws;
    return log.say(report);
  }
  /// Three persons in case a, two of them in case b. The offset of the last link.
  Offset three_persons_two_cases() {
    link("1", "p1", "a");
    link("2", "p2", "a");
    link("3", "p3", "a");
    link("4", "p1", "b");
    return link("5", "p2", "b");
  }
  [[nodiscard]] MeasureQuestion question() const {
    MeasureQuestion asked;
    asked.measure = definition.measure("groups");
    asked.period = definition.period;
    return asked;
  }
  std::int64_t groups_at(Offset as_of) {
    return engine.total(log.campaign_view(), as_of, question()).n.value_or(-1);
  }

  ReportLog log;
  CampaignDefinition definition = campaign_from_toml(kDefinition).value();
  Engine engine{definition};
};

TEST_F(GangCounts, AreOneForThreePersonsLinkedByTwoCases) {
  const Offset last = three_persons_two_cases();

  EXPECT_EQ(groups_at(last), 1);
  EXPECT_EQ(groups_at(Offset{last.value - 1}), 0) << "before the link that made the group";
  EXPECT_THAT(engine.explain(log.campaign_view(), last, question()), SizeIs(5));
}

TEST_F(GangCounts, AreNoneOnceALinkIsWithdrawnAndStayWhatTheyWereBefore) {
  const Offset made = three_persons_two_cases();
  ASSERT_EQ(groups_at(made), 1);

  const Offset withdrawn = link("6", "", "", "5");

  EXPECT_EQ(groups_at(withdrawn), 0);
  EXPECT_EQ(groups_at(made), 1);
  EXPECT_THAT(engine.explain(log.campaign_view(), withdrawn, question()), IsEmpty());
  const auto changes = engine.changes(log.campaign_view(), made, withdrawn, question());
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].event.offset, withdrawn);
  EXPECT_EQ(changes[0].after - changes[0].before, -1);
}

}  // namespace
}  // namespace lamplight::tally::test
