#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/production_env.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight {
namespace {

class DiskTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  ProductionEnv env_;
  Disk& disk_ = env_.env().disk;
  lamplight::test::TemporaryFolder place_;
  std::string folder_ = place_.path();
};

TEST_F(DiskTest, AReplacedFileHoldsTheNewContentAndLeavesNoTemporaryName) {
  ASSERT_TRUE(replace_file(disk_, path("a"), as_bytes("a longer first content")));
  ASSERT_TRUE(replace_file(disk_, path("a"), as_bytes("second")));

  EXPECT_EQ(read_file(disk_, path("a"), 100).value(), "second");
  EXPECT_EQ(disk_.list(folder_).value(), std::vector<std::string>{"a"});
}

TEST_F(DiskTest, AFileOverTheLimitIsNotRead) {
  ASSERT_TRUE(replace_file(disk_, path("a"), as_bytes("12345")));
  EXPECT_EQ(read_file(disk_, path("a"), 4).error().code(), Code::kTooLarge);
  EXPECT_EQ(read_file(disk_, path("a"), 5).value(), "12345");
}

TEST_F(DiskTest, FailuresNameCallPathAndKind) {
  const auto missing = disk_.open(path("missing"), OpenMode::kRead);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_NE(missing.error().message().find("open " + path("missing")), std::string::npos);

  ASSERT_TRUE(disk_.open(path("a"), OpenMode::kCreate));
  EXPECT_EQ(disk_.open(path("a"), OpenMode::kCreate).error().code(), Code::kExists);
  EXPECT_EQ(disk_.open(path("a/b"), OpenMode::kCreate).error().code(), Code::kIo);
}

TEST_F(DiskTest, ReadsAndWritesNameTheirPlace) {
  const auto file = disk_.open(path("a"), OpenMode::kCreate).value();
  ASSERT_TRUE(file->write_at(3, as_bytes("def")));
  ASSERT_TRUE(file->write_at(0, as_bytes("abc")));
  ASSERT_TRUE(file->sync());

  std::array<std::uint8_t, 10> out{};
  EXPECT_EQ(file->read_at(2, out).value(), 4U);
  EXPECT_EQ(as_text(Bytes(out).first(4)), "cdef");
  EXPECT_EQ(file->read_at(6, out).value(), 0U);
  ASSERT_TRUE(file->truncate(2));
  EXPECT_EQ(file->size().value(), 2U);
}

TEST_F(DiskTest, FoldersAreMadeWithTheirParentsAndMayBeThere) {
  ASSERT_TRUE(disk_.make_folder(path("x/y/z")));
  EXPECT_TRUE(disk_.make_folder(path("x/y/z")));
  EXPECT_TRUE(std::filesystem::is_directory(path("x/y/z")));
}

TEST_F(DiskTest, ListGivesPlainFileNamesSorted) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(disk_.open(path(name), OpenMode::kCreate));
  ASSERT_TRUE(disk_.make_folder(path("a-folder")));
  EXPECT_EQ(disk_.list(folder_).value(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(DiskTest, ALockKeepsOthersOutUntilItGoes) {
  auto lock = disk_.lock(path("lock"));
  ASSERT_TRUE(lock);
  EXPECT_EQ(disk_.lock(path("lock")).error().code(), Code::kExists);

  lock.value().reset();

  EXPECT_TRUE(disk_.lock(path("lock")));
}

TEST_F(DiskTest, ALockKeepsAnotherProcessOut) {
  const auto lock = disk_.lock(path("lock"));
  ASSERT_TRUE(lock);
  const pid_t child = fork();
  if (child == 0) {
    // Opened anew, as another program would: what fork hands down does not count.
    const auto outcome = disk_.lock(path("lock"));
    _exit(!outcome && outcome.error().code() == Code::kExists ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(DiskTest, FreeSpaceIsTold) { EXPECT_GT(disk_.free_bytes(folder_).value(), 0U); }

TEST_F(DiskTest, RandomBytesDiffer) {
  Random& random = env_.env().random;
  EXPECT_NE(random.next_u64(), random.next_u64());
}

}  // namespace
}  // namespace lamplight
