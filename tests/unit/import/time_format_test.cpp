#include "import/time_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import/zone.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::importer {
namespace {

struct Reading {
  const char* format;
  const char* text;
  const char* read;  ///< civil date and time, or "-" where the text does not match
};
void PrintTo(const Reading& reading, std::ostream* out) {
  *out << reading.format << " of " << reading.text;
}

std::string told(const CivilParts& parts) {
  if (parts.instant) return to_rfc3339(*parts.instant);
  const Stamp civil{TimeUs{(parts.day ? parts.day->value * kUsPerDay : 0) + parts.of_day_us}, 0};
  std::string text = to_rfc3339(civil);
  text.pop_back();  // Z
  if (!parts.day) text = text.substr(11);
  if (parts.offset_minutes) text += " " + std::to_string(*parts.offset_minutes);
  return text;
}

class TimeFormats : public testing::TestWithParam<Reading> {};

TEST_P(TimeFormats, ReadWhatTheySay) {
  const auto format = TimeFormat::compile(GetParam().format);
  ASSERT_TRUE(format.ok()) << format.error().message();

  const auto parts = format->parse(GetParam().text);

  EXPECT_EQ(parts ? told(*parts) : "-", GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TimeFormats,
    testing::Values(
        Reading{"%d/%m/%Y %H:%M:%S", "31/12/2020 23:59:58", "2020-12-31T23:59:58"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 12:05:09 AM", "2023-07-04T00:05:09"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 12:05:09 PM", "2023-07-04T12:05:09"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "7/4/2023  1:05:09pm", "2023-07-04T13:05:09"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 11:05:09 p.m.", "2023-07-04T23:05:09"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 13:05:09 PM", "-"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 00:05:09 AM", "-"},
        Reading{"%m/%d/%Y %I:%M:%S %p", "07/04/2023 11:05:09", "-"},
        Reading{"%m/%d/%Y %r", "07/04/2023 11:05:09 AM", "2023-07-04T11:05:09"},
        Reading{"%Y年%m月%d日 %p%I:%M", "2022年8月25日 下午8:15", "2022-08-25T20:15:00"},
        Reading{"%Y%m%d%H%M%S", "20220825201500", "2022-08-25T20:15:00"},
        Reading{"%FT%T%z", "2022-08-25T20:15:00+08:00", "2022-08-25T20:15:00 480"},
        Reading{"%FT%T%z", "2022-08-25T20:15:00-0330", "2022-08-25T20:15:00 -210"},
        Reading{"%FT%T%z", "2022-08-25T20:15:00Z", "2022-08-25T20:15:00 0"},
        Reading{"%FT%T.%f", "2022-08-25T20:15:00.25", "2022-08-25T20:15:00.250"},
        Reading{"%FT%T.%f", "2022-08-25T20:15:00.250000000", "2022-08-25T20:15:00.250"},
        Reading{"%FT%T.%f", "2022-08-25T20:15:00.1234567", "-"},
        Reading{"%d-%b-%y", "04-Jul-23", "2023-07-04T00:00:00"},
        Reading{"%a, %d %B %Y", "Tue, 4 july 2023", "2023-07-04T00:00:00"},
        Reading{"%Y %j", "2020 366", "2020-12-31T00:00:00"}, Reading{"%Y %j", "2021 366", "-"},
        Reading{"%H:%M:%S", "00:06:08", "00:06:08"}, Reading{"%H:%M", "24:00", "-"},
        Reading{"%H:%M:%S", "23:59:60", "-"}, Reading{"%H:%M:%S", "23:59", "-"},
        Reading{"%H:%M:%S", "23:59:59 ", "-"}, Reading{"%d/%m/%Y", "30/02/2020", "-"},
        Reading{"%d/%m/%Y", "29/02/2020", "2020-02-29T00:00:00"},
        Reading{"%d/%m/%Y", "29/02/2021", "-"}, Reading{"%d/%m/%Y", "12/13/2021", "-"},
        Reading{"%Y-%m-%d", "22-01-01", "-"}, Reading{"%s", "1661429700", "2022-08-25T12:15:00Z"},
        Reading{"%s", "1661429700.5", "2022-08-25T12:15:00.500Z"}, Reading{"%s", "-5", "-"},
        Reading{"%H:%M", "", "-"}, Reading{"100%% %H", "100% 7", "07:00:00"}),
    [](const auto& one) { return "Case" + std::to_string(one.index); });

struct BadFormat {
  const char* format;
  const char* message;
};
void PrintTo(const BadFormat& bad, std::ostream* out) { *out << bad.format; }

class BadTimeFormats : public testing::TestWithParam<BadFormat> {};

TEST_P(BadTimeFormats, SayWhatIsWrong) {
  const auto format = TimeFormat::compile(GetParam().format);

  ASSERT_FALSE(format.ok());
  EXPECT_THAT(format.error().message(), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Table, BadTimeFormats,
                         testing::Values(BadFormat{"%I:%M:%S", "%I (12-hour clock) and %p"},
                                         BadFormat{"%H:%M %p", "%I (12-hour clock) and %p"},
                                         BadFormat{"%H %I %p", "exclude each other"},
                                         BadFormat{"%Q", "%Q is no letter"},
                                         BadFormat{"%d/%m %H:%M", "a date without a year"},
                                         BadFormat{"%Y %H", "a year without month and day"},
                                         BadFormat{"%M:%S", "minutes without hours"},
                                         BadFormat{"", "neither a date nor a time"},
                                         BadFormat{"%Y-%m-%d %", "ends in %"},
                                         BadFormat{"%s %z", "stands alone"}),
                         [](const auto& one) { return "Case" + std::to_string(one.index); });

// --- zones -----------------------------------------------------------------------------------------------------------

std::string at_civil(const char* zone, const char* civil) {
  const auto loaded = Zone::load(zone);
  EXPECT_TRUE(loaded.ok()) << "tzdata is needed here";
  const auto parts = TimeFormat::compile("%Y-%m-%d %H:%M:%S")->parse(civil);
  const std::int64_t civil_us = parts->day->value * kUsPerDay + parts->of_day_us;
  const Stamp stamp = loaded->at_civil(civil_us);
  EXPECT_EQ(stamp.civil_us(), civil_us) << "the civil time of the file is kept to the microsecond";
  return to_rfc3339(stamp);
}

TEST(Zone, TellsTheOffsetOfWinterAndSummer) {
  EXPECT_EQ(at_civil("Europe/Dublin", "2020-01-01 00:06:08"), "2020-01-01T00:06:08Z");
  EXPECT_EQ(at_civil("Europe/Dublin", "2020-07-01 00:06:08"), "2020-07-01T00:06:08+01:00");
  EXPECT_EQ(at_civil("America/New_York", "2016-01-01 12:00:00"), "2016-01-01T12:00:00-05:00");
  EXPECT_EQ(at_civil("Asia/Shanghai", "2022-08-25 20:15:00"), "2022-08-25T20:15:00+08:00");
}

TEST(Zone, ATimeThatHappenedTwiceIsTheEarlierInstant) {
  // 2020-10-25 02:00 summer time became 01:00 in Dublin.
  EXPECT_EQ(at_civil("Europe/Dublin", "2020-10-25 00:59:59"), "2020-10-25T00:59:59+01:00");
  EXPECT_EQ(at_civil("Europe/Dublin", "2020-10-25 01:30:00"), "2020-10-25T01:30:00+01:00");
  EXPECT_EQ(at_civil("Europe/Dublin", "2020-10-25 02:00:00"), "2020-10-25T02:00:00Z");
}

TEST(Zone, ATimeThatWasSkippedKeepsTheOffsetFromBeforeTheGap) {
  // 2016-03-13 02:00 became 03:00 in New York.
  EXPECT_EQ(at_civil("America/New_York", "2016-03-13 01:59:59"), "2016-03-13T01:59:59-05:00");
  EXPECT_EQ(at_civil("America/New_York", "2016-03-13 02:30:00"), "2016-03-13T02:30:00-05:00");
  EXPECT_EQ(at_civil("America/New_York", "2016-03-13 03:00:00"), "2016-03-13T03:00:00-04:00");
}

TEST(Zone, AnUnknownNameIsRefused) {
  const auto zone = Zone::load("Europe/Dubln");

  ASSERT_FALSE(zone.ok());
  EXPECT_EQ(zone.error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace lamplight::importer
