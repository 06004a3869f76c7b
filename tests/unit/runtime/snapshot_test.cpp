#include "runtime/snapshot.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fakes.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::ElementsAre;
using testing::FakeWorld;
using testing::hash_of;

constexpr char kFolder[] = "snapshots/tally";
constexpr char kBody[] = "the state";

Id16 log_id(std::uint8_t n) {
  Id16 id;
  id.bytes[0] = n;
  return id;
}

SnapshotOwner owner() { return {"tally", 3, subscription_hash({"alert.>"})}; }
SnapshotCut cut_at(std::uint64_t offset) {
  return {log_id(1), {offset}, {1'700'000'000'000'000}, hash_of(offset)};
}

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotStore store(SnapshotOwner by = owner()) { return {world.disk, kFolder, std::move(by)}; }
  void write(std::uint64_t offset, const std::string& body = kBody) {
    ASSERT_TRUE(store().write(cut_at(offset), as_bytes(body)));
  }
  std::optional<Snapshot> newest(SnapshotOwner by = owner(), Id16 id = log_id(1),
                                 Offset head = {100}) {
    return store(std::move(by)).newest(id, head, [](const Snapshot&) { return true; });
  }
  std::string& file(std::uint64_t offset) {
    return *world.disk.files.at(fmt::format("{}/{:020d}.snap", kFolder, offset));
  }

  FakeWorld world;
};

TEST_F(SnapshotTest, GivesBackWhatWasWritten) {
  write(42);

  const auto found = newest();

  ASSERT_TRUE(found);
  EXPECT_EQ(as_text(found->body()), kBody);
  EXPECT_EQ(found->cut.offset, Offset{42});
  EXPECT_EQ(found->cut.time, cut_at(42).time);
  EXPECT_EQ(found->cut.hash, hash_of(42));
  EXPECT_EQ(found->cut.log_id, log_id(1));
}

TEST_F(SnapshotTest, AnEmptyFolderHasNone) { EXPECT_FALSE(newest()); }

TEST_F(SnapshotTest, KeepsTheNewestTwoAndNothingUnderATemporaryName) {
  world.disk.files[std::string(kFolder) + "/00000000000000000001.snap.tmp"] =
      std::make_shared<std::string>("half of one");
  for (const std::uint64_t offset : {1U, 20U, 3U, 30U}) write(offset);

  EXPECT_THAT(world.disk.list(kFolder).value(),
              ElementsAre("00000000000000000003.snap", "00000000000000000030.snap"))
      << "20 was beyond 3 when 3 was written: of another history";
}

TEST_F(SnapshotTest, TakesTheNewestThatIsUsable) {
  write(10, "older");
  write(20, "newer");

  EXPECT_EQ(as_text(newest()->body()), "newer");
  file(20).back() = '!';
  EXPECT_EQ(as_text(newest()->body()), "older");
}

TEST_F(SnapshotTest, AsksWhoeverLoadsItBeforeItIsTaken) {
  write(10, "loads");
  write(20, "does not load");

  const auto found = store().newest(log_id(1), {100}, [](const Snapshot& snapshot) {
    return as_text(snapshot.body()) == "loads";
  });

  ASSERT_TRUE(found);
  EXPECT_EQ(found->cut.offset, Offset{10});
}

TEST_F(SnapshotTest, TheFilterIsTheSameInAnyOrder) {
  EXPECT_EQ(subscription_hash({"a.b", "c.>"}), subscription_hash({"c.>", "a.b", "a.b"}));
  EXPECT_NE(subscription_hash({"a.b", "c.>"}), subscription_hash({"a.b"}));
}

// ---- whatever does not fit is a miss -----------------------------------------------------------

struct Miss {
  const char* name;
  std::function<void(std::string& file)> damage;
  SnapshotOwner by = owner();
  Id16 log = log_id(1);
  Offset head{100};
};

class SnapshotMiss : public SnapshotTest, public ::testing::WithParamInterface<Miss> {};

TEST_P(SnapshotMiss, IsIgnoredNotAFailure) {
  const Miss& miss = GetParam();
  write(42);
  ASSERT_TRUE(newest()) << "it is a hit before";

  if (miss.damage) miss.damage(file(42));

  EXPECT_FALSE(newest(miss.by, miss.log, miss.head));
}

SnapshotOwner with_service(const char* name) {
  SnapshotOwner out = owner();
  out.service = name;
  return out;
}
SnapshotOwner with_version(std::uint32_t version) {
  SnapshotOwner out = owner();
  out.state_version = version;
  return out;
}
SnapshotOwner with_filter(const char* pattern) {
  SnapshotOwner out = owner();
  out.subscription = subscription_hash({pattern});
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SnapshotMiss,
    ::testing::Values(Miss{"AnotherService", nullptr, with_service("intake")},
                      Miss{"AnotherStateVersion", nullptr, with_version(4)},
                      Miss{"AnotherFilter", nullptr, with_filter("alert.received")},
                      Miss{"AnotherLog", nullptr, owner(), log_id(2)},
                      Miss{"BeyondTheHead", nullptr, owner(), log_id(1), Offset{41}},
                      Miss{"Empty", [](std::string& file) { file.clear(); }},
                      Miss{"CutOffInTheMagic", [](std::string& file) { file.resize(5); }},
                      Miss{"CutOffInTheHeader", [](std::string& file) { file.resize(60); }},
                      Miss{"CutOffInTheBody", [](std::string& file) { file.pop_back(); }},
                      Miss{"LongerThanItSays", [](std::string& file) { file += "more"; }},
                      Miss{"AnotherMagic", [](std::string& file) { file[7] = '2'; }},
                      Miss{"HeaderLengthFlipped", [](std::string& file) { file[11] ^= 0x40; }},
                      Miss{"DigestFlipped", [](std::string& file) { file[20] ^= 1; }},
                      Miss{"CutFlipped", [](std::string& file) { file[51] ^= 1; }},
                      Miss{"HeaderNoArray", [](std::string& file) { file[44] = '\x07'; }},
                      Miss{"BodyFlipped", [](std::string& file) { file.back() ^= 1; }}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

// Every single byte matters: a flipped bit anywhere is found.
TEST_F(SnapshotTest, NoFlippedBitIsOverlooked) {
  write(42);
  const std::string good = file(42);
  for (std::size_t at = 0; at < good.size(); ++at) {
    file(42)[at] ^= 0x10;
    EXPECT_FALSE(newest()) << "byte " << at;
    file(42) = good;
  }
  EXPECT_TRUE(newest());
}

// What a disk is asked to do, in order.
class RecordingFile final : public File {
 public:
  RecordingFile(std::unique_ptr<File> file, std::string name, std::vector<std::string>& calls)
      : file_(std::move(file)), name_(std::move(name)), calls_(calls) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    return file_->read_at(at, out);
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    if (calls_.empty() || calls_.back() != "write " + name_) calls_.push_back("write " + name_);
    return file_->write_at(at, bytes);
  }
  Result<void> sync() override {
    calls_.push_back("sync " + name_);
    return file_->sync();
  }
  Result<std::uint64_t> size() const override { return file_->size(); }
  Result<void> truncate(std::uint64_t size) override { return file_->truncate(size); }

 private:
  std::unique_ptr<File> file_;
  std::string name_;
  std::vector<std::string>& calls_;
};

class RecordingDisk final : public Disk {
 public:
  explicit RecordingDisk(Disk& disk) : disk_(disk) {}
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    auto file = disk_.open(path, mode);
    if (!file) return file;
    return std::unique_ptr<File>(
        std::make_unique<RecordingFile>(std::move(file).value(), path, calls));
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    calls.push_back("rename " + from + " to " + to);
    return disk_.rename(from, to);
  }
  Result<void> remove(const std::string& path) override {
    calls.push_back("remove " + path);
    return disk_.remove(path);
  }
  Result<void> make_folder(const std::string& path) override { return disk_.make_folder(path); }
  Result<void> sync_folder(const std::string& path) override {
    calls.push_back("sync folder " + path);
    if (folder_sync_fails) return Error(Code::kIo, "sync " + path);
    return disk_.sync_folder(path);
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    return disk_.list(folder);
  }
  bool exists(const std::string& path) override { return disk_.exists(path); }
  Result<std::uint64_t> free_bytes(const std::string& folder) override {
    return disk_.free_bytes(folder);
  }
  Result<std::unique_ptr<File>> lock(const std::string& path) override { return disk_.lock(path); }

  std::vector<std::string> calls;
  bool folder_sync_fails = false;

 private:
  Disk& disk_;
};

// The name survives power loss only with the folder's sync, and only then may the snapshots before it go.
TEST_F(SnapshotTest, IsSyncedUnderATemporaryNameThenNamedThenItsFolderIsSyncedThenOldOnesGo) {
  write(10);
  write(20);
  RecordingDisk disk(world.disk);
  SnapshotStore recorded(disk, kFolder, owner());

  ASSERT_TRUE(recorded.write(cut_at(30), as_bytes(kBody)));

  const std::string folder = kFolder;
  const std::string name = folder + "/00000000000000000030.snap";
  EXPECT_THAT(disk.calls, ElementsAre("write " + name + ".tmp", "sync " + name + ".tmp",
                                      "rename " + name + ".tmp to " + name, "sync folder " + folder,
                                      "remove " + folder + "/00000000000000000010.snap"));
}

TEST_F(SnapshotTest, AFolderThatDoesNotSyncIsAnErrorAndLeavesTheOlderOnes) {
  write(10);
  write(20);
  RecordingDisk disk(world.disk);
  disk.folder_sync_fails = true;

  EXPECT_EQ(SnapshotStore(disk, kFolder, owner()).write(cut_at(30), as_bytes(kBody)).error().code(),
            Code::kIo);

  EXPECT_TRUE(world.disk.exists(std::string(kFolder) + "/00000000000000000010.snap"));
  EXPECT_TRUE(world.disk.exists(std::string(kFolder) + "/00000000000000000020.snap"));
}

TEST_F(SnapshotTest, AFullDiskIsAnErrorAndLeavesWhatWasThere) {
  write(10);
  world.disk.full = true;

  EXPECT_EQ(store().write(cut_at(20), as_bytes(kBody)).error().code(), Code::kOverloaded);

  EXPECT_EQ(newest()->cut.offset, Offset{10});
  EXPECT_EQ(world.disk.files.size(), 1U)
      << "and no half one, which would take the room that is left";
}

TEST_F(SnapshotTest, LeavesTheLogsReserveAlone) {
  auto kept = store();
  kept.keep_free(std::uint64_t{1} << 30);  // all that the disk has

  EXPECT_EQ(kept.write(cut_at(20), as_bytes(kBody)).error().code(), Code::kOverloaded);

  EXPECT_TRUE(world.disk.files.empty());
}

}  // namespace
}  // namespace lamplight::runtime
