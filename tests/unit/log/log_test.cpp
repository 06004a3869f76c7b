#include "log_fixture.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(LogTest, WhatIsSyncedIsReadBackInOrder) {
  const auto log = open();

  EXPECT_EQ(write(*log, {"a", "b"}), Offset{1});
  EXPECT_EQ(write(*log, {"c"}), Offset{3});

  EXPECT_THAT(read_from(*log, 1), ElementsAre(Seen{1, "a"}, Seen{2, "b"}, Seen{3, "c"}));
  EXPECT_EQ(log->head(), Offset{3});
  EXPECT_EQ(log->synced(), Offset{3});
}

TEST_F(LogTest, OffsetsAreDenseAcrossFramesBatchesAndSyncs) {
  const auto log = open();
  std::uint64_t expected = 1;
  for (int round = 0; round < 5; ++round) {
    for (std::size_t size = 1; size < 4; ++size) {
      EXPECT_EQ(append(*log, producer_.frame(std::vector<std::string>(size, "p")), now_).value(),
                Offset{expected});
      expected += size;
    }
    ASSERT_TRUE(sync(*log));
  }

  const auto seen = read_from(*log, 1);

  ASSERT_THAT(seen, SizeIs(expected - 1));
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i].offset, i + 1);
}

TEST_F(LogTest, FramesOfOneSyncShareABatchAndItsTime) {
  const auto log = open();
  (void)append(*log, producer_.frame({"a"}), now_).value();
  (void)append(*log, producer_.frame({"b"}), now_).value();
  ASSERT_TRUE(sync(*log));

  const auto batch = log->read(Offset{1}).value()->next().value();

  EXPECT_EQ(batch->header.count, 2U);
  EXPECT_EQ(batch->header.time, now_);
  EXPECT_EQ(log->last_time(), now_);
}

TEST_F(LogTest, ReadersSeeNothingThatIsNotSynced) {
  const auto log = open();
  write(*log, {"synced"});
  const auto reader = log->read(Offset{1}).value();
  (void)append(*log, producer_.frame({"gathered"}), now_).value();

  EXPECT_THAT(drain(*reader).value(), ElementsAre(Seen{1, "synced"}));
  auto pending = log->begin_sync();
  EXPECT_THAT(drain(*reader).value(), IsEmpty());
  const auto outcome = pending->run();
  EXPECT_THAT(drain(*reader).value(), IsEmpty())
      << "written, but nobody has been told that it is synced";
  ASSERT_TRUE(log->finish_sync(std::move(pending), outcome));

  EXPECT_THAT(drain(*reader).value(), ElementsAre(Seen{2, "gathered"}));
}

TEST_F(LogTest, TheNextBatchGathersWhileASyncRuns) {
  const auto log = open();
  (void)append(*log, producer_.frame({"a"}), now_).value();
  auto pending = log->begin_sync();
  EXPECT_EQ(append(*log, producer_.frame({"b"}), now_.plus_us(1)).value(), Offset{2});
  EXPECT_TRUE(log->has_gathered());
  const auto outcome = pending->run();
  ASSERT_TRUE(log->finish_sync(std::move(pending), outcome));
  EXPECT_EQ(log->synced(), Offset{1});

  ASSERT_TRUE(sync(*log));

  EXPECT_EQ(log->synced(), Offset{2});
  const auto reader = log->read(Offset{1}).value();
  (void)reader->next().value();
  EXPECT_EQ(reader->next().value()->header.synced_through, Offset{1});
}

TEST_F(LogTest, ASeededLogCutsOneBatchAnInstant) {
  options_.create_seeded = true;
  const auto log = open();
  EXPECT_TRUE(log->header().seeded);
  (void)append(*log, producer_.frame({"a"}), TimeUs{10}).value();
  (void)append(*log, producer_.frame({"b"}), TimeUs{10}).value();
  (void)append(*log, producer_.frame({"c"}), TimeUs{20}).value();
  ASSERT_TRUE(sync(*log));

  const auto reader = log->read(Offset{1}).value();
  const auto first = reader->next().value();
  const auto second = reader->next().value();

  EXPECT_EQ(first->header.time, TimeUs{10});
  EXPECT_EQ(first->header.count, 2U);
  EXPECT_EQ(second->header.time, TimeUs{20});
  EXPECT_EQ(second->header.prev_hash, first->hash);
  EXPECT_EQ(second->header.synced_through, Offset{0}) << "both went down in one sync";
}

TEST_F(LogTest, EachBatchIsChainedToTheOneBeforeIt) {
  const auto log = open();
  for (const char* payload : {"a", "b", "c"}) write(*log, {payload});

  const auto reader = log->read(Offset{1}).value();
  ChainHash previous;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const auto batch = reader->next().value();
    if (i > 1) {
      EXPECT_EQ(batch->header.prev_hash, previous);
    }
    previous = batch->hash;
  }
  EXPECT_EQ(previous, log->synced_hash());
}

TEST_F(LogTest, AReaderBeginsWithTheBatchThatHoldsItsOffset) {
  const auto log = open();
  write(*log, {"a", "b", "c"});
  write(*log, {"d"});

  EXPECT_EQ(log->read(Offset{2}).value()->next().value()->first(), Offset{1});
  EXPECT_EQ(log->read(Offset{4}).value()->next().value()->first(), Offset{4});
}

TEST_F(LogTest, AReaderOfTheHeadWaitsForWhatComes) {
  const auto log = open();
  write(*log, {"a"});
  const auto tail = log->read(Offset{2}).value();
  EXPECT_THAT(drain(*tail).value(), IsEmpty());

  write(*log, {"b"});

  EXPECT_THAT(drain(*tail).value(), ElementsAre(Seen{2, "b"}));
}

TEST_F(LogTest, ReadingBeyondTheHeadIsRefused) {
  const auto log = open();
  write(*log, {"a"});

  const auto beyond = log->read(Offset{3});

  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code(), Code::kInvalid);
}

TEST_F(LogTest, ALogRollsOverManySegmentsAndIsReadFromAnyOffset) {
  options_.recent_bytes = 0;
  const auto log = open();
  const Offset last = fill_segments(*log, 6);

  for (std::uint64_t from = 1; from <= last.value; from += 7) {
    const auto first = log->read(Offset{from}).value()->next().value();
    EXPECT_LE(first->first().value, from);
    EXPECT_GE(first->last().value, from);
    const auto seen = read_from(*log, from);
    EXPECT_EQ(seen.front().offset, first->first().value);
    EXPECT_EQ(seen.back().offset, last.value);
    EXPECT_EQ(seen.size(), last.value - seen.front().offset + 1);
  }
}

TEST_F(LogTest, DiskAndMemoryGiveTheSameBatches) {
  options_.recent_bytes = 40U << 10;
  const auto log = open();
  const Offset last = fill_segments(*log, 3);

  const auto reader = log->read(Offset{1}).value();
  ChainHash previous;
  Offset seen;
  for (auto batch = reader->next().value(); batch; batch = reader->next().value()) {
    if (batch->first().value > 1) {
      EXPECT_EQ(batch->header.prev_hash, previous) << "at " << batch->first().value;
    }
    previous = batch->hash;
    seen = batch->last();
  }

  EXPECT_EQ(seen, last);
  EXPECT_EQ(previous, log->synced_hash());
}

TEST_F(LogTest, ATailingReaderFollowsThroughRolls) {
  options_.recent_bytes = 0;
  const auto log = open();
  const auto tail = log->read(Offset{1}).value();
  std::uint64_t expected = 1;

  while (log->segment_count() < 4) {
    write(*log, {std::string(900, 'x'), "y"});
    const std::vector<Seen> news = drain(*tail).value();
    for (const Seen& seen : news) EXPECT_EQ(seen.offset, expected++);
  }

  EXPECT_EQ(expected, log->head().value + 1);
}

TEST_F(LogTest, AFrameLargerThanASegmentGetsOneOfItsOwn) {
  const auto log = open();
  write(*log, {"small"});
  write(*log, {std::string(200U << 10, 'L')});
  write(*log, {"after"});

  EXPECT_THAT(
      read_from(*log, 1),
      ElementsAre(Seen{1, "small"}, Seen{2, std::string(200U << 10, 'L')}, Seen{3, "after"}));
  EXPECT_EQ(log->segment_count(), 3U);
}

TEST_F(LogTest, WhatIsGatheredIsBounded) {
  options_.segment_bytes = 64U << 20;
  const auto log = open();
  const std::string frame =
      producer_.frame({std::string(1000U << 10, 'x'), std::string(1000U << 10, 'y')});
  Result<Offset> outcome = Offset{};
  int accepted = 0;
  while ((outcome = append(*log, frame, now_))) ++accepted;

  EXPECT_EQ(outcome.error().code(), Code::kOverloaded);
  EXPECT_EQ(accepted, 16);
  ASSERT_TRUE(sync(*log));
  EXPECT_TRUE(append(*log, frame, now_)) << "there is room again after the sync";
}

TEST_F(LogTest, OneSyncBeginsOneSegmentAtMost) {
  options_.in_line = true;  // the next segment is always ready
  const auto log = open();
  std::uint64_t next = 1;
  const auto append_until_refused = [&] {
    Result<Offset> outcome = Offset{};
    while ((outcome = append(*log, producer_.frame({std::string(9000, 'x')}), now_))) ++next;
    EXPECT_EQ(outcome.error().code(), Code::kOverloaded);
  };
  append_until_refused();
  auto pending = log->begin_sync();
  append_until_refused();  // what gathers beside a roll stays within the segment that is begun
  const auto outcome = pending->run();
  ASSERT_TRUE(log->finish_sync(std::move(pending), outcome));
  append_until_refused();
  ASSERT_TRUE(sync(*log));

  EXPECT_EQ(read_from(*log, 1).size(), next - 1);
  EXPECT_EQ(log->segment_count(), 3U);
  const auto result = verify(env_.env().disk, options_.folder, [](const Finding&) {});
  EXPECT_TRUE(result->whole());
  EXPECT_EQ(result->events, next - 1);
}

TEST_F(LogTest, NoBatchIsOverItsLimit) {
  options_.segment_bytes = 64U << 20;
  const auto log = open();
  const std::string frame =
      producer_.frame({std::string(1000U << 10, 'x'), std::string(1000U << 10, 'y')});
  for (int i = 0; i < 12; ++i) (void)append(*log, frame, now_).value();
  ASSERT_TRUE(sync(*log));

  const auto reader = log->read(Offset{1}).value();
  for (auto batch = reader->next().value(); batch; batch = reader->next().value()) {
    EXPECT_LE(batch->bytes.size(), 8U << 20);
  }
}

TEST_F(LogTest, ASecondOpenerIsRefused) {
  const auto log = open();

  const auto second = try_open();

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kExists);
}

TEST_F(LogTest, TheReserveOfTheDiskIsKeptFree) {
  options_.reserve_bytes = 1ULL << 60;
  const auto log = open();

  const auto refused = append(*log, producer_.frame({"a"}), now_);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kOverloaded);
  EXPECT_THAT(refused.error().message(), HasSubstr("reserve"));
  EXPECT_FALSE(log->failed());
}

TEST_F(LogTest, SegmentsTooSmallToHoldBatchesAreRefused) {
  options_.segment_bytes = 4096;
  EXPECT_EQ(try_open().error().code(), Code::kInvalid);
}

TEST_F(LogTest, TheTimeOfTheBusNeverGoesBack) {
  const auto log = open();
  write(*log, {"a"});
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";  // the log has a thread of its own
  EXPECT_DEATH((void)append(*log, producer_.frame({"b"}), TimeUs{1}), "never goes back");
}

TEST_F(LogTest, InLineModeRollsWithoutAThread) {
  options_.in_line = true;
  const auto log = open();
  const Offset last = fill_segments(*log, 3);

  EXPECT_EQ(read_from(*log, 1).size(), last.value);
  EXPECT_TRUE(std::filesystem::exists(path("00000000000000000001.idx")));
}

}  // namespace
}  // namespace lamplight::log::test
