#include <algorithm>

#include "log_fixture.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RecoveryTest : public LogTest {
 protected:
  /// A log of three batches of one event each; returns the byte at which each begins and the end of the last.
  std::vector<std::uint64_t> three_batches() {
    const auto log = open();
    for (const char* payload : {"a", "b", "c"}) write(*log, {payload});
    return places(*log);
  }
  static std::vector<std::uint64_t> places(Log& log) {
    std::vector<std::uint64_t> at{4096};
    const auto reader = log.read(Offset{1}).value();
    for (auto batch = reader->next().value(); batch; batch = reader->next().value()) {
      at.push_back(at.back() + batch->bytes.size());
    }
    return at;
  }
  static void zero_from(const std::string& file, std::uint64_t at) {
    std::string content = read_all(file);
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(at), content.end(), '\0');
    write_all(file, content);
  }
};

TEST_F(RecoveryTest, ACleanStopIsTakenAtItsWord) {
  {
    const auto log = open();
    write(*log, {"a"});
    ASSERT_TRUE(log->close());
  }
  ASSERT_TRUE(std::filesystem::exists(path("clean-stop")));
  const std::uint64_t inode_before = std::filesystem::hard_link_count(first_segment());

  const auto log = open();

  EXPECT_TRUE(log->recovery().clean_stop);
  EXPECT_FALSE(std::filesystem::exists(path("clean-stop"))) << "a start consumes it";
  EXPECT_EQ(std::filesystem::hard_link_count(first_segment()), inode_before);
  EXPECT_THAT(read_from(*log, 1), ElementsAre(Seen{1, "a"}));
  EXPECT_EQ(write(*log, {"b"}), Offset{2});
}

TEST_F(RecoveryTest, TheChainGoesOnAfterACleanStop) {
  ChainHash before;
  {
    const auto log = open();
    write(*log, {"a"});
    before = log->synced_hash();
    ASSERT_TRUE(log->close());
  }
  const auto log = open();
  EXPECT_EQ(log->synced_hash(), before);
  write(*log, {"b"});

  EXPECT_EQ(log->read(Offset{2}).value()->next().value()->header.prev_hash, before);
}

TEST_F(RecoveryTest, AfterAnUncleanStopTheActiveSegmentIsWrittenAnew) {
  {
    const auto log = open();
    write(*log, {"a"});
  }
  // A second name for the file keeps it apart from its copy.
  std::filesystem::create_hard_link(first_segment(), folder_.path() + "/before");

  const auto log = open();

  EXPECT_FALSE(log->recovery().clean_stop);
  EXPECT_FALSE(std::filesystem::equivalent(first_segment(), folder_.path() + "/before"));
  EXPECT_EQ(read_all(first_segment()), read_all(folder_.path() + "/before"));
  EXPECT_EQ(log->recovery().torn_bytes, 0U);
  EXPECT_THAT(read_from(*log, 1), ElementsAre(Seen{1, "a"}));
  EXPECT_EQ(write(*log, {"b"}), Offset{2});
}

TEST_F(RecoveryTest, HeaderAndIdentitySurviveEveryStart) {
  options_.create_seeded = true;
  Id16 id;
  {
    const auto log = open();
    id = log->header().id;
  }
  options_.create_seeded = false;

  const auto log = open();

  EXPECT_EQ(log->header().id, id);
  EXPECT_TRUE(log->header().seeded) << "the log's own header counts, not the option";
  EXPECT_EQ(log->header().format, 1U);
}

TEST_F(RecoveryTest, ALastBatchCutAtAnyByteIsATornTail) {
  options_.in_line = true;  // hundreds of starts: no segment is prepared for each
  const auto at = three_batches();
  const std::string whole = read_all(first_segment());
  for (std::uint64_t cut = at[2]; cut < at[3]; ++cut) {
    write_all(first_segment(), whole);
    zero_from(first_segment(), cut);
    if (read_all(first_segment()) == whole) continue;  // the batch ends with zeros
    const auto log = open();

    ASSERT_EQ(log->synced(), Offset{2}) << "cut at byte " << cut;
    ASSERT_EQ(log->recovery().torn_batches, cut == at[2] ? 0U : 1U) << "cut at byte " << cut;
    ASSERT_THAT(read_from(*log, 1), ElementsAre(Seen{1, "a"}, Seen{2, "b"}));
  }
}

TEST_F(RecoveryTest, AFileCutShortInItsLastBatchIsATornTail) {
  const auto at = three_batches();
  for (const std::uint64_t cut : {at[2] + 1, at[2] + 95, at[2] + 96, at[3] - 1}) {
    std::filesystem::resize_file(first_segment(), cut);
    const auto log = open();
    ASSERT_EQ(log->synced(), Offset{2}) << "cut at byte " << cut;
    write(*log, {"c"});
  }
}

TEST_F(RecoveryTest, WhatIsCutIsKeptAside) {
  const auto at = three_batches();
  const std::string batch = read_all(first_segment()).substr(at[2], at[3] - at[2]);
  flip_bit(first_segment(), at[2] + 100);

  const auto log = open();

  EXPECT_EQ(log->recovery().torn_kept_in, path("torn-3.bin"));
  EXPECT_EQ(log->recovery().torn_bytes, batch.size());
  EXPECT_THAT(read_all(path("torn-3.bin")), SizeIs(batch.size()));
  EXPECT_EQ(read_all(path("torn-3.bin")).substr(0, 96), batch.substr(0, 96));
}

TEST_F(RecoveryTest, TwoCutsAtOneOffsetAreBothKept) {
  const auto at = three_batches();
  flip_bit(first_segment(), at[2] + 100);
  {
    const auto log = open();
    write(*log, {"another c"});
  }
  flip_bit(first_segment(), at[2] + 101);

  EXPECT_EQ(open()->recovery().torn_kept_in, path("torn-3-2.bin"));
  EXPECT_TRUE(std::filesystem::exists(path("torn-3.bin")));
}

TEST_F(RecoveryTest, SeveralUnsyncedBatchesBehindATornOneAreCutWithIt) {
  std::vector<std::uint64_t> at;
  {
    const auto log = open();
    write(*log, {"synced"});
    for (std::int64_t i = 0; i < 3; ++i)
      (void)append(*log, producer_.frame({"of one sync"}), now_.plus_us(i)).value();
    ASSERT_TRUE(sync(*log));
    at = places(*log);
  }
  flip_bit(first_segment(), at[1] + 100);

  const auto log = open();

  EXPECT_EQ(log->synced(), Offset{1});
  EXPECT_EQ(log->recovery().torn_batches, 3U);
}

TEST_F(RecoveryTest, ALostSectorInFrontOfALaterUnsyncedBatchIsATornTail) {
  std::vector<std::uint64_t> at;
  {
    const auto log = open();
    write(*log, {"synced"});
    for (std::int64_t i = 0; i < 2; ++i)
      (void)append(*log, producer_.frame({"of one sync"}), now_.plus_us(i)).value();
    ASSERT_TRUE(sync(*log));
    at = places(*log);
  }
  std::string content = read_all(first_segment());
  std::fill(content.begin() + static_cast<std::ptrdiff_t>(at[1]),
            content.begin() + static_cast<std::ptrdiff_t>(at[2]), '\0');
  write_all(first_segment(), content);

  EXPECT_EQ(open()->synced(), Offset{1});
}

TEST_F(RecoveryTest, ABadBatchThatALaterOneCallsSyncedIsDamage) {
  const auto at = three_batches();
  flip_bit(first_segment(), at[1] + 100);

  const auto outcome = try_open();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Code::kDamaged);
  EXPECT_THAT(outcome.error().message(),
              AllOf(HasSubstr(first_segment() + " byte " + std::to_string(at[1])),
                    HasSubstr("log verify")));
}

TEST_F(RecoveryTest, ASyncedBatchThatBecameZerosIsDamage) {
  const auto at = three_batches();
  std::string content = read_all(first_segment());
  std::fill(content.begin() + static_cast<std::ptrdiff_t>(at[1]),
            content.begin() + static_cast<std::ptrdiff_t>(at[2]), '\0');
  write_all(first_segment(), content);

  const auto outcome = try_open();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Code::kDamaged);
  EXPECT_THAT(outcome.error().message(), HasSubstr(" byte " + std::to_string(at[1]) + ":"));
}

TEST_F(RecoveryTest, DamageStaysDamageWhenTheBatchThatProvesItIsTornItself) {
  const auto at = three_batches();
  flip_bit(first_segment(), at[1] + 100);
  flip_bit(first_segment(), at[2] + 100);  // its header still says that the one before was synced

  EXPECT_EQ(try_open().error().code(), Code::kDamaged);
}

TEST_F(RecoveryTest, EveryBitOfAMiddleBatchIsGuarded) {
  options_.in_line = true;  // hundreds of starts: no segment is prepared for each
  const auto at = three_batches();
  const std::string whole = read_all(first_segment());
  for (std::uint64_t byte = at[1]; byte < at[2]; ++byte) {
    write_all(first_segment(), whole);
    flip_bit(first_segment(), byte);
    const auto outcome = try_open();
    ASSERT_FALSE(outcome) << "flipped at byte " << byte;
    ASSERT_EQ(outcome.error().code(), Code::kDamaged)
        << "flipped at byte " << byte << ": " << outcome.error().message();
    ASSERT_THAT(outcome.error().message(), HasSubstr(" byte " + std::to_string(at[1]) + ":"));
  }
}

TEST_F(RecoveryTest, ABatchQuotedInsideATornEventProvesNothing) {
  std::string quoted;
  std::vector<std::uint64_t> at;
  {
    const auto log = open();
    for (const char* payload : {"a", "b", "c"}) write(*log, {payload});
    at = places(*log);
    quoted = read_all(first_segment()).substr(at[2], at[3] - at[2]);  // calls offset 2 synced
  }
  std::filesystem::remove_all(options_.folder);
  {
    const auto log = open();
    write(*log, {"a"});
    write(*log, {quoted, "more"});
    at = places(*log);
  }
  flip_bit(first_segment(), at[2] - 1);

  EXPECT_EQ(open()->synced(), Offset{1});
}

TEST_F(RecoveryTest, ABadTailThatTheCleanStopCallsSyncedIsDamage) {
  std::vector<std::uint64_t> at;
  {
    const auto log = open();
    for (const char* payload : {"a", "b", "c"}) write(*log, {payload});
    at = places(*log);
    ASSERT_TRUE(log->close());
  }
  flip_bit(first_segment(), at[2] + 100);

  const auto outcome = try_open();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Code::kDamaged);
  EXPECT_THAT(outcome.error().message(),
              AllOf(HasSubstr("byte " + std::to_string(at[2])), HasSubstr("clean-stop")));
}

TEST_F(RecoveryTest, ATailThatVanishedBehindACleanStopIsDamage) {
  std::vector<std::uint64_t> at;
  {
    const auto log = open();
    for (const char* payload : {"a", "b", "c"}) write(*log, {payload});
    at = places(*log);
    ASSERT_TRUE(log->close());
  }
  zero_from(first_segment(), at[2]);

  EXPECT_EQ(try_open().error().code(), Code::kDamaged);
}

TEST_F(RecoveryTest, ABadCleanStopIsNoCleanStop) {
  {
    const auto log = open();
    write(*log, {"a"});
    ASSERT_TRUE(log->close());
  }
  flip_bit(path("clean-stop"), 20);

  const auto log = open();

  EXPECT_FALSE(log->recovery().clean_stop);
  EXPECT_EQ(log->synced(), Offset{1});
}

TEST_F(RecoveryTest, ABadSegmentHeaderIsDamageNamingTheFile) {
  { (void)three_batches(); }
  flip_bit(first_segment(), 2000);

  const auto outcome = try_open();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Code::kDamaged);
  EXPECT_THAT(outcome.error().message(), HasSubstr(first_segment()));
}

TEST_F(RecoveryTest, ALogOfALaterFormatIsLeftAlone) {
  { (void)three_batches(); }
  std::string content = read_all(first_segment());
  content[4] = 2;
  write_all(first_segment(), content);

  EXPECT_EQ(try_open().error().code(), Code::kUnsupported);
}

TEST_F(RecoveryTest, DamageInASealedSegmentIsFoundByTheReadThatMeetsIt) {
  {
    const auto log = open();
    fill_segments(*log, 4);
    ASSERT_TRUE(log->close());
  }
  flip_bit(first_segment(), 20'000);
  const auto log = open();

  const auto met = drain(*log->read(Offset{1}).value());
  ASSERT_FALSE(met);
  EXPECT_EQ(met.error().code(), Code::kDamaged);
  EXPECT_THAT(met.error().message(), HasSubstr(first_segment() + " byte "));
  EXPECT_TRUE(drain(*log->read(log->synced()).value())) << "what lies elsewhere is still read";
}

TEST_F(RecoveryTest, ManySegmentsSurviveCleanAndUncleanStops) {
  Offset last;
  {
    const auto log = open();
    last = fill_segments(*log, 4);
  }
  for (const bool clean : {true, false, true}) {
    const auto log = open();
    ASSERT_EQ(log->synced(), last);
    EXPECT_EQ(log->recovery().segments, log->segment_count());
    ASSERT_EQ(read_from(*log, 1).size(), last.value);
    last = fill_segments(*log, log->segment_count() + 1);
    if (clean) {
      ASSERT_TRUE(log->close());
    }
  }
}

TEST_F(RecoveryTest, LeftOversOfAnInterruptedStartAreCleared) {
  { (void)three_batches(); }
  write_all(path("recovering.tmp"), "half a copy");
  write_all(path("prepared.tmp"), "not zeros");
  write_all(path("00000000000000000001.idx.tmp"), "half a sidecar");

  const auto log = open();

  EXPECT_EQ(log->synced(), Offset{3});
  EXPECT_FALSE(std::filesystem::exists(path("recovering.tmp")));
  EXPECT_FALSE(std::filesystem::exists(path("00000000000000000001.idx.tmp")));
  fill_segments(*log, 2);
  EXPECT_EQ(read_from(*log, 1).size(), log->head().value);
}

TEST_F(RecoveryTest, APreparedSegmentThatIsNotAllZerosIsNotUsed) {
  {
    const auto log = open();
    write(*log, {"a"});
    ASSERT_TRUE(log->close());
  }
  std::string prepared(options_.segment_bytes, '\0');
  prepared[30'000] = 'x';
  write_all(path("prepared.tmp"), prepared);

  {
    const auto log = open();
    fill_segments(*log, 2);
  }
  EXPECT_EQ(open()->recovery().torn_bytes, 0U);
}

TEST_F(RecoveryTest, AnEmptyLogIsRecoveredEmpty) {
  { const auto log = open(); }
  const auto log = open();
  EXPECT_EQ(log->head(), Offset{0});
  EXPECT_EQ(log->last_time(), TimeUs{});
  EXPECT_EQ(write(*log, {"a"}), Offset{1});
}

}  // namespace
}  // namespace lamplight::log::test
