// The small parts of the broker, each for itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "bus/body.hpp"
#include "bus/bus_time.hpp"
#include "bus/dedupe_window.hpp"
#include "bus/filter.hpp"
#include "bus_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kSecond = 1'000'000;

TEST(BusTimeRule, FollowsSmallStepsAndNeverGoesBack) {
  Now now{TimeUs{100 * kSecond}, 0};
  BusTime time(now, TimeUs{});
  now.monotonic_us += kSecond;
  now.wall = TimeUs{104 * kSecond};  // 3 s ahead
  EXPECT_EQ(time.at(now), TimeUs{104 * kSecond});
  now.wall = TimeUs{103 * kSecond};  // back a little: time stands still
  EXPECT_EQ(time.at(now), TimeUs{104 * kSecond});
  EXPECT_FALSE(time.held());
}

TEST(BusTimeRule, GoesOnMonotonicallyOverAStepUntilTheWallClockIsBack) {
  Now now{TimeUs{100 * kSecond}, 0};
  BusTime time(now, TimeUs{});
  now = {TimeUs{50 * kSecond}, kSecond};
  EXPECT_EQ(time.at(now), TimeUs{101 * kSecond});
  EXPECT_TRUE(time.held());
  now = {TimeUs{59 * kSecond}, 10 * kSecond};
  EXPECT_EQ(time.at(now), TimeUs{110 * kSecond});
  now = {TimeUs{111 * kSecond}, 11 * kSecond};
  EXPECT_EQ(time.at(now), TimeUs{111 * kSecond});
  EXPECT_FALSE(time.held());
}

TEST(BusTimeRule, AConfirmedStepBackMakesTimeWaitNotReturn) {
  Now now{TimeUs{100 * kSecond}, 0};
  BusTime time(now, TimeUs{});
  EXPECT_EQ(time.at(now), TimeUs{100 * kSecond});
  now.wall = TimeUs{50 * kSecond};
  time.confirm(now);
  EXPECT_EQ(time.at(now), TimeUs{100 * kSecond});
  now = {TimeUs{101 * kSecond}, 51 * kSecond};
  EXPECT_EQ(time.at(now), TimeUs{101 * kSecond});
}

TEST(DedupeKeys, AreForgottenByNumberOldestFirst) {
  DedupeWindow window(3, kDedupeUs);
  for (std::uint8_t i = 1; i <= 5; ++i) window.remember({key(i), Offset{i}, TimeUs{i}});

  EXPECT_FALSE(window.find(key(2), TimeUs{5}));
  EXPECT_EQ(window.find(key(3), TimeUs{5})->offset, Offset{3});
  EXPECT_EQ(window.size(), 3U);
}

TEST(DedupeKeys, AgreeWithAPlainMapOverAnyHistory) {
  std::mt19937_64 random(7);
  DedupeWindow window(500, 1'000);
  std::vector<log::DedupeRecord> all;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    const TimeUs now{static_cast<std::int64_t>(i)};
    Id16 k;
    k.bytes[15] = static_cast<std::uint8_t>(random() % 251);
    k.bytes[8] = static_cast<std::uint8_t>(random() % 5);
    const log::DedupeRecord* expected = nullptr;
    const std::size_t from = all.size() > 500 ? all.size() - 500 : 0;
    for (std::size_t n = all.size(); n > from && expected == nullptr; --n) {
      const auto& record = all[n - 1];
      if (record.key == k && record.time.plus_us(1'000) > now) expected = &record;
    }
    const auto found = window.find(k, now);
    ASSERT_EQ(found.has_value(), expected != nullptr) << i;
    if (found) {
      ASSERT_EQ(found->offset, expected->offset);
    } else {
      all.push_back({k, Offset{i}, now});
      window.remember(all.back());
    }
  }
}

TEST(DedupeKeys, ASetOfOneFrameTellsRepeatsAndForgetsAtOnce) {
  KeySet keys;
  for (std::uint8_t i = 0; i < 200; ++i) EXPECT_TRUE(keys.insert(key(i)));
  EXPECT_FALSE(keys.insert(key(100)));
  keys.clear();
  EXPECT_TRUE(keys.insert(key(100)));
}

TEST(Filtering, RefusesWhatIsNoPatternOrName) {
  EXPECT_FALSE(Filter::make({}, {}));
  EXPECT_FALSE(Filter::make({"alert."}, {}));
  EXPECT_FALSE(Filter::make({">"}, {"Not A Name"}));
  EXPECT_TRUE(Filter::make({"alert.*", ">"}, {"outer/edge"}));
}

TEST(Filtering, RemembersItsAnswersForABoundedNumberOfSubjects) {
  auto filter = Filter::make({"a.*"}, {}).value();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i) {
      ASSERT_TRUE(filter.takes_subject("a.s" + std::to_string(i)));
      ASSERT_FALSE(filter.takes_subject("b.s" + std::to_string(i)));
    }
  }
}

TEST(Bodies, WholeFramesAndPartsReadBackInOrder) {
  const std::string whole = frame("intake", 1, {{"a"}, {"b"}});
  const std::string other = frame("outer/edge", 9, {{"c"}, {"d"}, {"e"}});
  BodyWriter writer;
  writer.add_frame(FrameView::trusted(as_bytes(whole)), Offset{10}, TimeUs{5});
  const FrameView view = FrameView::trusted(as_bytes(other));
  view.for_each([&](std::uint32_t i, const EventContent&, Bytes raw) {
    if (i != 1) writer.add_event(Offset{12}.plus(i), raw);
  });
  writer.end_group(view.header(), TimeUs{6});
  EXPECT_EQ(writer.events(), 4U);

  const std::string body = writer.take();
  std::vector<Event> events;
  ASSERT_TRUE(read_body(as_bytes(body), events));

  std::vector<std::string> got;
  got.reserve(events.size());
  for (const Event& e : events) {
    got.push_back(std::to_string(e.offset.value) + std::string(e.producer) +
                  std::string(as_text(e.payload)) + std::to_string(e.time.value));
  }
  EXPECT_THAT(got, ElementsAre("10intakea5", "11intakeb5", "12outer/edgec6", "14outer/edgee6"));
}

TEST(Bodies, AnyCutOrChangedByteIsAnErrorOrOtherEventsNeverACrash) {
  BodyWriter writer;
  const std::string whole = frame("intake", 1, {{"a"}, {"b"}});
  writer.add_frame(FrameView::trusted(as_bytes(whole)), Offset{10}, TimeUs{5});
  const std::string body = writer.take();
  for (std::size_t i = 1; i < body.size(); ++i) {
    std::vector<Event> events;
    EXPECT_FALSE(read_body(as_bytes(body.substr(0, i)), events));
    for (int value = 0; value < 256; ++value) {
      std::string changed = body;
      changed[i] = static_cast<char>(value);
      events.clear();
      (void)read_body(as_bytes(changed), events);
    }
  }
}

}  // namespace
}  // namespace lamplight::bus::test
