// Deadlines: counted in minutes or working days, missed loudly, and never forgotten.
#include <gmock/gmock.h>

#include <set>

#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kSpringFestival = R"(
year = 2026
holidays = [2026-02-16, 2026-02-17, 2026-02-18, 2026-02-19, 2026-02-20]
workdays = [2026-02-14, 2026-02-28]
)";

Calendar spring() {
  Calendar calendar;
  calendar.set(*calendar_from_toml(kSpringFestival));
  return calendar;
}

std::string due(std::string_view span, std::string_view from) {
  return to_rfc3339({due_after(*span_from(span), instant(from), 480, spring()), 480});
}

TEST(WorkingDays, HolidaysAreNoneAndMakeUpDaysAre) {
  const Calendar calendar = spring();
  const auto works = [&](std::string_view day) { return calendar.is_working_day(*day_from(day)); };
  EXPECT_TRUE(works("2026-02-13"));
  EXPECT_TRUE(works("2026-02-14")) << "a Saturday that is worked";
  EXPECT_FALSE(works("2026-02-15"));
  EXPECT_FALSE(works("2026-02-16")) << "a Monday of the festival";
  EXPECT_TRUE(works("2026-02-23"));
  EXPECT_TRUE(works("2027-02-15")) << "of a year that is not known, Monday to Friday";
  EXPECT_FALSE(works("2027-02-14"));
}

TEST(WorkingDays, BeginTheDayAfterAndEndWithTheLastOne) {
  EXPECT_EQ(due("90 minutes", "2026-02-13T23:00:00+08:00"), "2026-02-14T00:30:00+08:00");
  EXPECT_EQ(due("4 hours", "2026-02-13T23:00:00+08:00"), "2026-02-14T03:00:00+08:00");
  EXPECT_EQ(due("1 day", "2026-02-13T09:00:00+08:00"), "2026-02-15T00:00:00+08:00");
  EXPECT_EQ(due("60 days", "2026-02-13T09:00:00+08:00"), "2026-04-15T00:00:00+08:00");
  EXPECT_EQ(due("1 working day", "2026-02-13T09:00:00+08:00"), "2026-02-15T00:00:00+08:00");
  EXPECT_EQ(due("2 working days", "2026-02-13T09:00:00+08:00"), "2026-02-24T00:00:00+08:00");
  EXPECT_EQ(due("1 working day", "2026-02-16T09:00:00+08:00"), "2026-02-24T00:00:00+08:00");
  // 16:00 UTC is midnight here: the day is the civil one.
  EXPECT_EQ(due("1 working day", "2026-02-23T16:00:00Z"), "2026-02-26T00:00:00+08:00");
}

TEST(WorkingDays, ASpanIsANumberAndAUnit) {
  for (const char* text : {"", "3", "0 days", "-1 days", "1.5 days", "3 weeks", "3days", "3 days ",
                           "9999999 minutes", "3661 working days"})
    EXPECT_EQ(span_from(text), std::nullopt) << text;
  for (const char* text : {"1 day", "15 minutes", "2 working days", "240 minutes"})
    EXPECT_EQ(to_string(*span_from(text)), text);
}

TEST(WorkingDays, ACalendarIsCheckedAsAWhole) {
  std::vector<Error> mistakes;
  EXPECT_FALSE(calendar_from_toml(R"(
year = 2026
holidays = [2026-01-01, 2025-12-31]
workdays = [2026-02-13, 2026-01-01]
holyday = []
)",
                                  &mistakes));
  std::string all;
  for (const Error& mistake : mistakes) all += mistake.message() + "\n";
  EXPECT_EQ(all,
            "calendar: line 3: holidays holds 2025-12-31, a day of another year\n"
            "calendar: line 3: holidays holds 2026-01-01, which is a working day too\n"
            "calendar: line 4: workdays holds 2026-01-01, which is no Saturday or Sunday: such "
            "days are working days as they are\n"
            "calendar: line 4: workdays holds 2026-02-13, which is no Saturday or Sunday: such "
            "days are working days as they are\n"
            "calendar: line 5: holyday is not a key here; did you mean holidays?\n");
}

TEST(Deadlines, ACalendarOnTheLogMovesThoseThatBeginAfterIt) {
  Bench bench;
  bench.set_now("2026-02-13T09:00:00+08:00");
  const Id16 before = bench.take(bench.dispute());
  bench.settle(before);
  EXPECT_EQ(shown(bench.said().front().event().due), "2026-02-17T00:00:00+08:00");
  bench.publish("calendar-2026", 1, kSpringFestival);
  EXPECT_EQ(bench.at(before).due, instant("2026-02-17T00:00:00+08:00")) << "decided once";
  const Id16 after = bench.take(bench.dispute());
  bench.settle(after);
  EXPECT_EQ(shown(bench.said().front().event().due), "2026-02-15T00:00:00+08:00");
}

TEST(Deadlines, AMissedOneIsRemindedOfThenEscalatedThenMarkedThenEscalatedAgain) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  const auto pass = [&](std::string_view until) {
    const std::size_t before = bench.all().size();
    bench.pass_until(until);
    std::vector<std::string> subjects;
    for (std::size_t i = before; i < bench.all().size(); ++i)
      subjects.push_back(bench.all()[i].subject);
    return subjects;
  };
  EXPECT_THAT(pass("2026-03-02T10:59:59+08:00"), ElementsAre());
  EXPECT_THAT(pass("2026-03-02T11:00:00+08:00"), ElementsAre("inner.reminded"));
  EXPECT_THAT(pass("2026-03-02T14:59:59+08:00"), ElementsAre());
  EXPECT_THAT(pass("2026-03-02T15:00:00+08:00"), ElementsAre("inner.escalated"));
  EXPECT_EQ(bench.all().back().event().chief, "duty_chief");
  EXPECT_EQ(bench.all().back().event().owner, "station_on_duty") << "still theirs to do";
  EXPECT_THAT(pass("2026-03-04T00:00:00+08:00"), ElementsAre("inner.marked_overdue"));
  EXPECT_EQ(bench.at(id).overdue, Overdue::kMarked);
  EXPECT_THAT(pass("2026-03-06T00:00:00+08:00"), ElementsAre("inner.escalated"));
  EXPECT_EQ(bench.at(id).overdue, Overdue::kMarked);
  EXPECT_THAT(pass("2026-03-10T00:00:00+08:00"), ElementsAre("inner.escalated"));

  bench.settle(id);
  EXPECT_EQ(bench.at(id).overdue, Overdue::kNone) << "a new step has a deadline of its own";
  EXPECT_EQ(shown(bench.said().front().event().ended_due), "2026-03-02T11:00:00+08:00");
}

TEST(Deadlines, LatenessIsTimeAgainstDeadlineWhetherOrNotAnybodyWasReminded) {
  Bench bench;
  const Id16 id = bench.take(bench.dispute());
  bench.set_now("2026-03-02T11:30:00+08:00");  // nobody told the time
  bench.settle(id);
  EXPECT_EQ(bench.last(), "inner.settled_on_spot");
  EXPECT_EQ(shown(bench.said().front().event().ended_due), "2026-03-02T11:00:00+08:00");
  EXPECT_EQ(bench.at(id).history.back().time, instant("2026-03-02T11:30:00+08:00"));
}

TEST(Deadlines, OldestComeFirstAndWhatFindsNoRoomComesNext) {
  Bench bench;
  std::vector<Id16> ids;
  ids.reserve(5'000);
  for (int i = 0; i < 5'000; ++i) ids.push_back(bench.take(bench.dispute()));
  bench.set_now("2026-03-05T09:00:00+08:00");  // three days nobody told the time

  bench.tick();
  EXPECT_EQ(bench.said().size(), 4'096U) << "one frame";
  EXPECT_EQ(bench.said().front().event().case_id, ids.front());
  std::size_t ticks = 1;
  while (bench.decider().next_due() && *bench.decider().next_due() <= bench.now()) {
    bench.tick();
    ASSERT_FALSE(bench.said().empty());
    ASSERT_LT(++ticks, 10U);
  }
  for (const Id16& id : ids) {
    ASSERT_EQ(bench.at(id).overdue, Overdue::kMarked);
    ASSERT_EQ(bench.at(id).version, 4) << "each rung once";
  }
}

TEST(Deadlines, OfAHundredThousandMissedAtOnceEachIsRemindedOfOnceUnlessSomebodyActsFirst) {
  constexpr int kCases = 100'000;
  constexpr std::int64_t kApartUs = 1'000;
  Bench bench;
  bench.forget_all();
  std::vector<Id16> ids;
  for (int i = 0; i < kCases; ++i) {
    ids.push_back(bench.take(bench.dispute()));
    bench.set_now(bench.now().plus_us(kApartUs));
  }
  const TimeUs back = bench.now().plus_us(3 * kUsPerDay);  // nobody told the time for so long

  std::set<Id16> reminded;
  std::set<Id16> acted;
  std::pair<TimeUs, Id16> last;
  for (int ticks = 0; reminded.size() + acted.size() < kCases; ++ticks) {
    ASSERT_LT(ticks, 30);
    bench.set_now(back);
    bench.tick();
    ASSERT_LE(bench.said().size(), 4'096U);
    for (const Said& said : bench.said()) {
      const CaseEvent event = said.event();
      if (said.subject != kCaseReminded) continue;
      const std::pair<TimeUs, Id16> now{event.due->at, event.case_id};
      EXPECT_LT(last, now) << "oldest first";
      EXPECT_TRUE(reminded.insert(event.case_id).second) << "once";
      last = now;
    }
    const Id16 next = ids[reminded.size() + 10'000 < ids.size() ? reminded.size() + 10'000 : 0];
    if (reminded.contains(next)) continue;
    bench.settle(next);  // in between, and answered at once
    ASSERT_EQ(bench.last(), "inner.settled_on_spot");
    acted.insert(next);
  }
  EXPECT_GT(acted.size(), 10U);
  for (const Id16& id : acted) EXPECT_FALSE(reminded.contains(id)) << "nothing was missed any more";
}

TEST(Deadlines, APetitionOfTenYearsIsNeverForgotten) {
  Bench bench;
  PetitionSubmitted petition;
  petition.actor = "petition-desk";
  petition.petition = "XF-2026-17";
  petition.area = "wuma";
  const Id16 id = bench.ask(petition);
  EXPECT_EQ(bench.last(), "inner.opened");
  EXPECT_EQ(bench.state(id), CaseState::kAssessment);
  EXPECT_EQ(shown(bench.said().front().event().due), "2026-03-18T00:00:00+08:00")
      << "accepted within 15 days";

  bench.pass_until("2036-03-02T09:00:00+08:00");
  EXPECT_TRUE(bench.decider().next_due());
  EXPECT_EQ(bench.at(id).overdue, Overdue::kMarked);
  bench.assess(id, "residual");
  bench.dispatch(id);
  EXPECT_EQ(shown(bench.said().front().event().due), "2036-05-02T00:00:00+08:00")
      << "dealt with within 60 days";
  bench.feed_back(id);
  bench.verify(id);
  EXPECT_EQ(bench.state(id), CaseState::kSettled);
}

}  // namespace
}  // namespace lamplight::inner::test
