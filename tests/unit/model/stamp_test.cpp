#include <gtest/gtest.h>

#include <limits>

#include "model/civil.hpp"
#include "model/rfc3339.hpp"

namespace lamplight {
namespace {

Stamp parsed(std::string_view text) {
  Stamp out;
  EXPECT_EQ(parse_rfc3339(text, out), StampFault::kNone) << text;
  return out;
}

StampFault fault_of(std::string_view text) {
  Stamp out{TimeUs{42}, 7};
  const StampFault fault = parse_rfc3339(text, out);
  EXPECT_TRUE(fault == StampFault::kNone || out == (Stamp{TimeUs{42}, 7}))
      << "a refused text leaves the stamp alone";
  return fault;
}

TEST(Rfc3339, AStampKeepsItsInstantAndItsZone) {
  EXPECT_EQ(parsed("1970-01-01T00:00:00Z"), (Stamp{TimeUs{0}, 0}));
  EXPECT_EQ(parsed("2022-08-25T20:15:00+08:00"), (Stamp{TimeUs{1'661'429'700'000'000}, 480}));
  EXPECT_EQ(parsed("2022-08-25T06:45:00.5-05:30"), (Stamp{TimeUs{1'661'429'700'500'000}, -330}));
  EXPECT_EQ(parsed("1970-01-01T00:00:00.000001+14:00"), (Stamp{TimeUs{-50'399'999'999}, 840}));
  EXPECT_EQ(parsed("2020-02-29t23:59:59z"), (Stamp{TimeUs{1'583'020'799'000'000}, 0}));
}

TEST(Rfc3339, WhatIsShownReadsBackEqual) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2022-08-25T20:15:00+08:00",
                           "2022-08-25T20:15:00.250-09:30", "2199-12-31T23:59:59.999999+14:00",
                           "1970-01-01T00:00:00.000010-14:00", "2000-02-29T12:00:00Z"}) {
    EXPECT_EQ(to_rfc3339(parsed(text)), text);
  }
}

TEST(Rfc3339, EachFaultIsTold) {
  EXPECT_EQ(fault_of("2022-08-25T20:15:00"), StampFault::kZone);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00.5"), StampFault::kZone);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00+8:00"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00+0800"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00 +08:00"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00+14:01"), StampFault::kZoneRange);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00+08:60"), StampFault::kZoneRange);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00ZZ"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00.Z"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25T20:15Z"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-08-25"), StampFault::kShape);
  EXPECT_EQ(fault_of(""), StampFault::kShape);
  EXPECT_EQ(fault_of("25/08/2022 20:15:00Z"), StampFault::kShape);
  EXPECT_EQ(fault_of("2022-13-01T00:00:00Z"), StampFault::kDay);
  EXPECT_EQ(fault_of("2022-00-01T00:00:00Z"), StampFault::kDay);
  EXPECT_EQ(fault_of("2100-02-29T00:00:00Z"), StampFault::kDay);
  EXPECT_EQ(fault_of("2022-08-25T24:00:00Z"), StampFault::kTime);
  EXPECT_EQ(fault_of("2022-08-25T20:60:00Z"), StampFault::kTime);
  EXPECT_EQ(fault_of("2022-08-25T20:15:61Z"), StampFault::kTime);
  EXPECT_EQ(fault_of("2016-12-31T23:59:60Z"), StampFault::kLeapSecond);
  EXPECT_EQ(fault_of("1969-12-31T23:59:59Z"), StampFault::kYear);
  EXPECT_EQ(fault_of("2200-01-01T00:00:00Z"), StampFault::kYear);
  EXPECT_EQ(fault_of("2022-08-25T20:15:00.1234567Z"), StampFault::kFraction);
}

TEST(Rfc3339, EveryFaultHasAStableNameAndAHint) {
  for (const StampFault fault :
       {StampFault::kShape, StampFault::kZone, StampFault::kZoneRange, StampFault::kDay,
        StampFault::kTime, StampFault::kLeapSecond, StampFault::kYear, StampFault::kFraction}) {
    EXPECT_FALSE(rule_name(fault).empty());
    EXPECT_FALSE(hint(fault).empty());
  }
  EXPECT_EQ(rule_name(StampFault::kZone), "zone_required");
  EXPECT_EQ(rule_name(StampFault::kLeapSecond), "leap_second");
}

TEST(Rfc3339, AnInstantBeyondTheCalendarIsShownAsItsEdge) {
  EXPECT_EQ(to_rfc3339(TimeUs{std::numeric_limits<std::int64_t>::max()}), "9999-12-30T00:00:00Z");
  EXPECT_EQ(to_rfc3339(TimeUs{std::numeric_limits<std::int64_t>::min()}), "0001-01-02T00:00:00Z");
  EXPECT_FALSE(is_sane(Stamp{TimeUs{std::numeric_limits<std::int64_t>::max()}, 0}));
  EXPECT_FALSE(is_sane(Stamp{TimeUs{0}, 841}));
  EXPECT_TRUE(is_sane(Stamp{TimeUs{0}, -840}));
}

TEST(CivilCalendar, DaysFollowEachOtherOverEightCenturies) {
  CivilDate date{1600, 1, 1};
  Day day = day_of(date);
  std::int32_t week = weekday(day);
  EXPECT_EQ(week, 6);  // 1600-01-01 was a Saturday
  while (date.year < 2400) {
    ASSERT_EQ(day_of(date), day) << date.year << '-' << date.month << '-' << date.day;
    ASSERT_EQ(date_of(day), date) << day.value;
    ASSERT_EQ(weekday(day), week);
    day = day.plus(1);
    week = week % 7 + 1;
    if (++date.day > days_in_month(date.year, date.month)) {
      date.day = 1;
      if (++date.month > 12) {
        date.month = 1;
        ++date.year;
      }
    }
  }
}

TEST(CivilCalendar, AStampBelongsToTheDayOfItsOwnZone) {
  EXPECT_EQ(to_string(day_of(parsed("2022-08-25T00:30:00+08:00"))), "2022-08-25");
  EXPECT_EQ(to_string(day_of(parsed("2022-08-24T16:30:00Z"))), "2022-08-24");
  EXPECT_EQ(to_string(day_of(Stamp{TimeUs{-1}, 0})), "1969-12-31");
}

TEST(CivilCalendar, DaysAreReadStrictly) {
  EXPECT_EQ(day_from("1970-01-02"), (Day{1}));
  EXPECT_EQ(day_from("2022-02-29"), std::nullopt);
  EXPECT_EQ(day_from("2022-2-09"), std::nullopt);
  EXPECT_EQ(day_from("2022-02-09 "), std::nullopt);
  EXPECT_EQ(day_from("2022/02/09"), std::nullopt);
}

}  // namespace
}  // namespace lamplight
