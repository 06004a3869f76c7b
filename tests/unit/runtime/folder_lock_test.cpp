// One process a data folder: on the real disk, where a lock goes with whoever held it.
#include "folder_lock.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/production_env.hpp"
#include "decider_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::runtime {
namespace {

using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;

class FolderLock : public DeciderFixture {
 protected:
  std::unique_ptr<Instance> on_the_folder() {
    auto one = instance(16);
    one->disk = &disk_;
    one->options.snapshot_folder = folder_;
    one->options.snapshot_every_events = 5;
    return one;
  }
  /// Every file of the folder with its bytes.
  [[nodiscard]] std::map<std::string, std::string> files() {
    std::map<std::string, std::string> out;
    const auto names = disk_.list(folder_).value();
    for (const std::string& name : names)
      out[name] = read_file(disk_, folder_ + "/" + name, 1U << 20).value();
    return out;
  }

  ProductionEnv production_;
  Disk& disk_ = production_.env().disk;
  test::TemporaryFolder place_;
  const std::string folder_ = place_.path() + "/snapshots/ledger";
};

TEST_F(FolderLock, ASecondInstanceOnTheFolderIsRefusedAndTouchesNothingThere) {
  auto first = on_the_folder();
  start(*first);
  ask_many(0, 30);
  live_through(2 * kSecond);
  const auto before = files();
  ASSERT_GE(before.size(), 3U) << "the lock, what is being evolved, and a snapshot at least";

  auto second = on_the_folder();
  const auto refused = try_start(*second);

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kExists);
  EXPECT_THAT(refused.error().message(), HasSubstr("give this one a data folder of its own"));
  EXPECT_THAT(refused.error().message(), HasSubstr(folder_));
  EXPECT_EQ(files(), before);
  ask_many(30, 40);
  live_through(2 * kSecond);
  EXPECT_TRUE(first->host->live());
  EXPECT_NE(files(), before) << "the first goes on saving";
}

TEST_F(FolderLock, WhenTheFirstIsGoneTheNextStartsFromItsSnapshot) {
  auto first = on_the_folder();
  start(*first);
  ask_many(0, 30);
  live_through(8 * kSecond);
  const auto digest = first->ledger().digest();
  end(*first);
  live_through(4 * kSecond);

  auto second = on_the_folder();
  ASSERT_TRUE(try_start(*second).ok());
  live_through(2 * kSecond);
  EXPECT_TRUE(second->host->live()) << second->host->why_not_live();
  EXPECT_EQ(second->ledger().digest(), digest);
}

TEST_F(FolderLock, GoesWithAProcessThatIsKilled) {
  int said[2];
  ASSERT_EQ(pipe(said), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto held = lock_folder(disk_, folder_);
    const char outcome = held.ok() ? 'y' : 'n';
    if (write(said[1], &outcome, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char outcome = 0;
  ASSERT_EQ(read(said[0], &outcome, 1), 1);
  EXPECT_EQ(outcome, 'y');
  const auto refused = lock_folder(disk_, folder_);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kExists);
  EXPECT_TRUE(lock_folder(disk_, folder_).ok());
  close(said[0]);
  close(said[1]);
}

TEST_F(FolderLock, ADiskThatGivesNoLockHoldsNobodyUp) {
  const std::string no_folder = place_.path() + "/file";
  ASSERT_TRUE(disk_.open(no_folder, OpenMode::kCreate).ok());
  const auto unlocked = lock_folder(disk_, no_folder + "/snapshots");
  ASSERT_TRUE(unlocked.ok());
  EXPECT_EQ(*unlocked, nullptr);
}

}  // namespace
}  // namespace lamplight::runtime
