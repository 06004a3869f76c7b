#include <atomic>
#include <utility>

#include "log_fixture.hpp"
#include "memory_disk.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::HasSubstr;

enum class Call { kWrite, kSync, kSyncFolder };

/// A real disk on which chosen calls fail from a chosen moment on.
class FailingDisk final : public Disk {
 public:
  explicit FailingDisk(Disk& real) : real_(real) {}

  /// From now on every such call fails with `code`.
  void fail(Call call, Code code) {
    failing_ = call;
    code_ = code;
  }
  /// The nth such call from now on fails, and no other: whoever tries again succeeds, and is counted.
  void fail_nth(Call call, int n) {
    failing_ = call;
    code_ = Code::kIo;
    left_ = n;
    once_ = true;
  }
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  /// Writes and syncs, of any file, that were asked for after one had failed.
  [[nodiscard]] int changes_after_failure() const { return changes_after_failure_; }
  void heal() { failing_.reset(); }
  void set_free(std::uint64_t bytes) { free_ = bytes; }

  Result<void> meet(Call call) {
    if (has_failed_) ++changes_after_failure_;
    if (failing_ != call || (left_ > 0 && --left_ > 0)) return {};
    if (left_ == 0 && std::exchange(once_, false)) failing_.reset();
    has_failed_ = true;
    return Error(code_, "injected failure");
  }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override {
    return real_.rename(from, to);
  }
  Result<void> remove(const std::string& path) override { return real_.remove(path); }
  Result<void> make_folder(const std::string& path) override { return real_.make_folder(path); }
  Result<void> sync_folder(const std::string& path) override {
    if (auto met = meet(Call::kSyncFolder); !met) return met;
    return real_.sync_folder(path);
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    return real_.list(folder);
  }
  bool exists(const std::string& path) override { return real_.exists(path); }
  Result<std::uint64_t> free_bytes(const std::string& folder) override {
    if (free_) return *free_;
    return real_.free_bytes(folder);
  }
  Result<std::unique_ptr<File>> lock(const std::string& path) override { return real_.lock(path); }

 private:
  Disk& real_;
  std::optional<Call> failing_;
  Code code_ = Code::kIo;
  std::optional<std::uint64_t> free_;
  int left_ = 0;
  bool once_ = false;
  bool has_failed_ = false;
  int changes_after_failure_ = 0;
};

class FailingFile final : public File {
 public:
  FailingFile(std::unique_ptr<File> real, FailingDisk& disk)
      : real_(std::move(real)), disk_(disk) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    return real_->read_at(at, out);
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    if (auto met = disk_.meet(Call::kWrite); !met) return met;
    return real_->write_at(at, bytes);
  }
  Result<void> sync() override {
    if (auto met = disk_.meet(Call::kSync); !met) return met;
    return real_->sync();
  }
  Result<std::uint64_t> size() const override { return real_->size(); }
  Result<void> truncate(std::uint64_t size) override { return real_->truncate(size); }

 private:
  std::unique_ptr<File> real_;
  FailingDisk& disk_;
};

Result<std::unique_ptr<File>> FailingDisk::open(const std::string& path, OpenMode mode) {
  auto file = real_.open(path, mode);
  if (!file) return file;
  return std::unique_ptr<File>(std::make_unique<FailingFile>(std::move(file).value(), *this));
}

class FailureTest : public LogTest {
 protected:
  FailureTest() { options_.in_line = true; }
  [[nodiscard]] std::unique_ptr<Log> open_failing() {
    return log::open(Env{clock_, disk_, env_.env().random}, options_).value();
  }
  FailingDisk disk_{env_.env().disk};
  StoppedClock clock_;
};

TEST_F(FailureTest, AFailedSyncFencesTheLogForGood) {
  const auto log = open_failing();
  write(*log, {"a"});
  (void)append(*log, producer_.frame({"b"}), now_).value();
  disk_.fail(Call::kSync, Code::kIo);

  const auto outcome = sync(*log);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Code::kIo);
  EXPECT_TRUE(log->failed());
  EXPECT_EQ(log->synced(), Offset{1}) << "nothing of it may be acknowledged";
  disk_.heal();
  EXPECT_EQ(append(*log, producer_.frame({"c"}), now_).error().code(), Code::kFenced);
  EXPECT_EQ(log->read(Offset{1}).error().code(), Code::kFenced);
  EXPECT_EQ(log->close().error().code(), Code::kFenced);
  EXPECT_FALSE(log->has_gathered());
}

// What a failed write or sync left in the page cache may be gone from the disk while a later sync succeeds: nothing may be
// written or synced once more, neither at once nor on the way out. Each call fails once, so a second try would succeed.
TEST_F(FailureTest, NothingIsWrittenOrSyncedAfterAFailedWriteOrSync) {
  for (const Call call : {Call::kWrite, Call::kSync, Call::kSyncFolder}) {
    bool failed = true;
    for (int nth = 1; failed; ++nth) {
      SCOPED_TRACE("call " + std::to_string(static_cast<int>(call)) + " fails, time " +
                   std::to_string(nth));
      options_.folder =
          folder_.path() + "/" + std::to_string(static_cast<int>(call)) + "-" + std::to_string(nth);
      FailingDisk disk(env_.env().disk);
      auto log = log::open(Env{clock_, disk, env_.env().random}, options_).value();
      // Three batches, the last of which begins a segment.
      for (const std::size_t size : {20'000U, 20'000U, 40'000U}) {
        ASSERT_TRUE(append(*log, producer_.frame({std::string(size, 'x')}), now_));
        now_ = now_.plus_us(1000);
      }
      disk.fail_nth(call, nth);

      auto pending = log->begin_sync();
      const auto outcome = pending->run();
      failed = disk.has_failed();
      const auto finished = log->finish_sync(std::move(pending), outcome);
      if (!failed) break;

      EXPECT_FALSE(outcome);
      EXPECT_FALSE(finished);
      EXPECT_EQ(disk.changes_after_failure(), 0);
      ASSERT_TRUE(log->failed());
      (void)append(*log, producer_.frame({"late"}), now_);
      (void)log->close();
      log.reset();
      EXPECT_EQ(disk.changes_after_failure(), 0);
      ASSERT_GT(10, nth);
    }
    EXPECT_TRUE(!failed) << "every such call of the sync was tried";
  }
}

TEST_F(FailureTest, AFailedWriteFencesTheLog) {
  const auto log = open_failing();
  (void)append(*log, producer_.frame({"a"}), now_).value();
  disk_.fail(Call::kWrite, Code::kOverloaded);

  EXPECT_FALSE(sync(*log));

  EXPECT_TRUE(log->failed());
  EXPECT_EQ(log->synced(), Offset{0});
}

TEST_F(FailureTest, AFailedFolderSyncAtARollFencesTheLog) {
  const auto log = open_failing();
  (void)append(*log, producer_.frame({std::string(40'000, 'x')}), now_).value();
  ASSERT_TRUE(sync(*log));
  (void)append(*log, producer_.frame({std::string(40'000, 'y')}), now_).value();
  disk_.fail(Call::kSyncFolder, Code::kIo);

  EXPECT_FALSE(sync(*log));

  EXPECT_TRUE(log->failed());
  EXPECT_EQ(log->synced(), Offset{1});
}

TEST_F(FailureTest, AReaderOfAFencedLogIsFencedToo) {
  const auto log = open_failing();
  write(*log, {"a"});
  const auto reader = log->read(Offset{1}).value();
  (void)append(*log, producer_.frame({"b"}), now_).value();
  disk_.fail(Call::kSync, Code::kIo);
  ASSERT_FALSE(sync(*log));

  EXPECT_EQ(reader->next().error().code(), Code::kFenced);
}

TEST_F(FailureTest, TheNextStartGoesOnFromWhatIsOnTheDisk) {
  {
    const auto log = open_failing();
    write(*log, {"acknowledged"});
    (void)append(*log, producer_.frame({"never acknowledged"}), now_).value();
    disk_.fail(Call::kSync, Code::kIo);
    ASSERT_FALSE(sync(*log));
    disk_.heal();
  }
  const auto log = open_failing();

  EXPECT_FALSE(log->recovery().clean_stop);
  EXPECT_EQ(read_from(*log, 1).front(), (Seen{1, "acknowledged"}));
}

TEST_F(FailureTest, AFullDiskRefusesCleanlyAndTakesMoreOnceThereIsRoom) {
  const auto log = open_failing();
  (void)append(*log, producer_.frame({std::string(40'000, 'x')}), now_).value();
  ASSERT_TRUE(sync(*log));
  disk_.set_free(1000);

  const std::string frame = producer_.frame({std::string(40'000, 'y')});
  const auto refused = append(*log, frame, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kOverloaded);
  EXPECT_THAT(refused.error().message(), HasSubstr("1000 bytes free"));
  EXPECT_FALSE(log->failed());

  disk_.set_free(1U << 30);
  EXPECT_EQ(append(*log, frame, now_).value(), Offset{2});
  EXPECT_TRUE(sync(*log));
}

TEST_F(FailureTest, TheReserveIsLookedAtOnceASecond) {
  options_.reserve_bytes = 1U << 20;
  const auto log = open_failing();
  write(*log, {"a"});
  disk_.set_free(1000);
  write(*log, {"b"});  // within the second: the segment has room, nothing looks
  clock_.advance_us(1'000'001);
  write(*log, {"c"});

  EXPECT_EQ(append(*log, producer_.frame({"d"}), now_).error().code(), Code::kOverloaded);

  disk_.set_free(1U << 30);
  clock_.advance_us(1'000'001);
  EXPECT_TRUE(append(*log, producer_.frame({"d"}), now_));
}

TEST_F(FailureTest, WithAThreadAFullDiskRefusesCleanlyToo) {
  options_.in_line = false;
  disk_.set_free(1000);
  options_.segment_bytes = 64U << 10;
  const auto log = open_failing();
  (void)log->visit_indexes([](const SegmentIndex&) { return false; },
                           [](const SegmentIndex&) {});  // until it has tried

  Result<Offset> outcome = Offset{};
  while (outcome) {
    outcome = append(*log, producer_.frame({std::string(10'000, 'x')}), now_);
    if (outcome) {
      ASSERT_TRUE(sync(*log));
    }
  }

  EXPECT_EQ(outcome.error().code(), Code::kOverloaded);
  EXPECT_FALSE(log->failed());
  EXPECT_GE(log->synced(), Offset{5}) << "the active segment's room was there already";
}

}  // namespace
}  // namespace lamplight::log::test
