#include "log_fixture.hpp"
#include "memory_disk.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kSegment = 64U << 10;
constexpr std::uint64_t kLookUs = 1'000'001;  // a log looks for room once a second

/// A log on a disk that fills up; with the log's own thread, and in line.
class FullDiskTest : public ::testing::TestWithParam<bool> {
 protected:
  FullDiskTest() {
    options_.folder = "log";
    options_.segment_bytes = kSegment;
    options_.in_line = GetParam();
  }
  [[nodiscard]] Result<std::unique_ptr<Log>> try_open() {
    return log::open(Env{clock_, disk_, random_}, options_);
  }

  /// Publishes until the log refuses; what it took is acknowledged. Returns the refusal.
  Error publish_until_refused(Log& log) {
    for (;;) {
      const std::string payload = std::to_string(acked_.size() + 1) + std::string(5'000, 'x');
      const auto first = append(log, producer_.frame({payload}), now_);
      if (!first) return first.error();
      now_ = now_.plus_us(1'000);
      const auto synced = sync(log);
      LAMPLIGHT_CHECK(synced.ok(), "a full disk fails no write");
      acked_.push_back({first->value, payload});
      if (acked_.size() > 10'000) return {Code::kInvalid, "it never refused"};
    }
  }
  /// Others fill what is left, or give it back.
  void fill_disk() { disk_.set_capacity(disk_.used()); }
  void make_room() { disk_.set_capacity(disk_.used() + 40 * kSegment); }
  MemoryDisk disk_;
  StoppedClock clock_;
  CountingRandom random_;
  Options options_;
  Producer producer_;
  TimeUs now_{1'000};
  std::vector<Seen> acked_;
};

TEST_P(FullDiskTest, ItIsRefusedBeforeItHappensAndLeavesTheLogAsItWas) {
  disk_.set_capacity(6 * kSegment);
  const auto log = try_open().value();

  const Error refused = publish_until_refused(*log);

  EXPECT_EQ(refused.code(), Code::kOverloaded);
  EXPECT_THAT(refused.message(), HasSubstr("make room on the disk"));
  EXPECT_FALSE(log->failed());
  EXPECT_GT(acked_.size(), 40U) << "the room there was is used";
  EXPECT_EQ(read_from(*log, 1), acked_);
}

TEST_P(FullDiskTest, ItGoesOnWithoutARestartOnceThereIsRoom) {
  disk_.set_capacity(4 * kSegment);
  const auto log = try_open().value();
  (void)publish_until_refused(*log);
  const std::size_t before = acked_.size();

  disk_.set_capacity(9 * kSegment);
  clock_.advance_us(kLookUs);
  (void)publish_until_refused(*log);  // with a thread of its own it may only have begun to look
  clock_.advance_us(kLookUs);
  (void)publish_until_refused(*log);

  EXPECT_GT(acked_.size(), before + 30);
  EXPECT_FALSE(log->failed());
  EXPECT_EQ(read_from(*log, 1), acked_);
}

TEST_P(FullDiskTest, ADiskThatFillsBetweenTheLookAndTheWriteFencesNothing) {
  disk_.tell_free(1ULL << 40);  // what it says is always a moment old
  for (std::uint64_t capacity = 2 * kSegment; capacity < 6 * kSegment; capacity += 3'000) {
    SCOPED_TRACE("capacity " + std::to_string(capacity));
    disk_.set_capacity(1ULL << 40);
    for (const auto& [path, content] : disk_.files()) ASSERT_TRUE(disk_.remove(path));
    acked_.clear();
    disk_.set_capacity(capacity);
    const auto log = try_open().value();

    EXPECT_EQ(publish_until_refused(*log).code(), Code::kOverloaded);
    ASSERT_FALSE(log->failed());
    ASSERT_EQ(read_from(*log, 1), acked_);

    make_room();
    clock_.advance_us(kLookUs);
    const std::size_t before = acked_.size();
    (void)publish_until_refused(*log);
    clock_.advance_us(kLookUs);
    (void)publish_until_refused(*log);
    ASSERT_GT(acked_.size(), before);
    ASSERT_EQ(read_from(*log, 1), acked_);
  }
}

TEST_P(FullDiskTest, TheReserveHoldsSidecarsASnapshotACleanStopAndTheNextStart) {
  options_.reserve_bytes = 3 * kSegment;
  for (std::uint64_t capacity = 5 * kSegment; capacity < 8 * kSegment; capacity += 5'000) {
    SCOPED_TRACE("capacity " + std::to_string(capacity));
    disk_.set_capacity(1ULL << 40);
    for (const auto& [path, content] : disk_.files()) ASSERT_TRUE(disk_.remove(path));
    acked_.clear();
    disk_.set_capacity(capacity);
    auto log = try_open().value();
    (void)publish_until_refused(*log);
    ASSERT_GE(*disk_.free_bytes("log"), options_.reserve_bytes - kSegment)
        << "sidecars came out of it, and little else";

    const std::string snapshot(kSegment, 's');
    ASSERT_TRUE(replace_file(disk_, "snapshots/1", as_bytes(snapshot)));
    if (capacity % 2 == 0) {
      ASSERT_TRUE(log->close());
    }
    log.reset();  // else as if killed
    const auto again = try_open();

    ASSERT_TRUE(again) << again.error().message();
    ASSERT_EQ((*again)->recovery().sidecars_rebuilt, 0U);
    ASSERT_EQ(read_from(**again, 1), acked_);
  }
}

TEST_P(FullDiskTest, AStartThatFindsNoRoomLeavesNothingBehindAndTheNextOneSucceeds) {
  {
    const auto log = try_open().value();
    for (int i = 0; i < 5; ++i) {
      (void)append(*log, producer_.frame({std::string(1'000, 'x')}), now_).value();
      ASSERT_TRUE(sync(*log));
    }
  }
  (void)disk_.remove("log/prepared.tmp");
  fill_disk();
  const std::uint64_t used = disk_.used();

  const auto refused = try_open();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kOverloaded);
  EXPECT_LE(disk_.used(), used) << "half a copy would only be in the way";
  make_room();
  EXPECT_EQ(try_open().value()->synced(), Offset{5});
}

INSTANTIATE_TEST_SUITE_P(Ways, FullDiskTest, ::testing::Values(false, true),
                         [](const auto& way) { return way.param ? "InLine" : "WithAThread"; });

}  // namespace
}  // namespace lamplight::log::test
