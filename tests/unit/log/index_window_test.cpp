#include "index_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kNow = 1'700'000'000'000'000;

/// An index of `keys` keys that ends at `last`, its events all at `time`.
SegmentIndex index_of(std::uint64_t last, std::size_t keys, std::int64_t time = kNow) {
  SegmentIndex index;
  index.first = Offset{last - keys};
  index.last = Offset{last};
  index.first_time = index.last_time = TimeUs{time};
  for (std::size_t i = 0; i < keys; ++i) {
    DedupeRecord record;
    record.offset = Offset{last - keys + 1 + i};
    record.time = TimeUs{time};
    index.dedupe.push_back(record);
  }
  return index;
}

FrameRecord frame(std::uint64_t first_seq, std::uint32_t count) {
  FrameRecord record;
  record.first_seq = Seq{first_seq};
  record.count = count;
  return record;
}

TEST(IndexWindow, OldIndexesKeepOnlyTheKeysThatTheWindowStillHolds) {
  IndexWindow window;
  window.note(index_of(10'000'000, 600'000));
  SegmentIndex older = index_of(9'000'000, 600'000);
  EXPECT_TRUE(window.wants_keys());

  window.trim(older);

  ASSERT_THAT(older.dedupe, SizeIs(400'000)) << "a million in all";
  EXPECT_EQ(older.dedupe.back().offset, Offset{9'000'000}) << "the newest of them";
  EXPECT_FALSE(window.wants_keys());
  SegmentIndex oldest = index_of(8'000'000, 10);
  window.trim(oldest);
  EXPECT_THAT(oldest.dedupe, IsEmpty());
}

TEST(IndexWindow, KeysOlderThanADayAreDropped) {
  IndexWindow window;
  window.note(index_of(1'000, 10));
  SegmentIndex older = index_of(900, 10, kNow - kDedupeUs);
  older.dedupe.back().time = TimeUs{kNow - kDedupeUs + 1};

  window.trim(older);

  EXPECT_THAT(older.dedupe, SizeIs(1));
  EXPECT_FALSE(window.wants_keys()) << "whatever is older still is too old as well";
}

TEST(IndexWindow, FramesThatNobodyCanResendAreDropped) {
  IndexWindow window;
  SegmentIndex newest = index_of(1'000, 1);
  newest.frames["outer"] = {frame(100'000, 1)};
  window.note(newest);
  SegmentIndex older = index_of(900, 1);
  older.frames["outer"] = {frame(100'000 - kFenceNumbers - 9, 10),
                           frame(100'000 - kFenceNumbers, 10)};
  older.frames["intake"] = {frame(1, 1)};

  window.trim(older);

  EXPECT_THAT(older.frames.at("outer"), ElementsAre(frame(100'000 - kFenceNumbers, 10)));
  EXPECT_THAT(older.frames.at("intake"), SizeIs(1)) << "who was silent since keeps its last number";
  SegmentIndex oldest = index_of(800, 1);
  oldest.frames["outer"] = {frame(1, 10)};
  window.trim(oldest);
  EXPECT_FALSE(oldest.frames.contains("outer"));
}

TEST(IndexWindow, AnEmptyActiveSegmentSaysNothingAboutTime) {
  IndexWindow window;
  SegmentIndex active;
  active.first = Offset{11};
  active.last = Offset{10};
  window.note(active);
  SegmentIndex older = index_of(10, 3);

  window.trim(older);

  EXPECT_THAT(older.dedupe, SizeIs(3));
  EXPECT_TRUE(window.wants_keys());
}

}  // namespace
}  // namespace lamplight::log::test
