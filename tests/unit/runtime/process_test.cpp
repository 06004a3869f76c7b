#include "runtime/process.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "runtime/signals.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// ---- signals -----------------------------------------------------------------------------------

TEST(StopSignals, TheFirstAsksToStop) {
  std::promise<void> asked;
  const StopSignals signals([&asked] { asked.set_value(); });

  ::kill(::getpid(), SIGTERM);

  asked.get_future().wait();
}

TEST(StopSignalsDeath, TheSecondEndsTheProcessAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::promise<void> asked;
        const StopSignals signals([&asked] { asked.set_value(); });
        ::kill(::getpid(), SIGINT);
        asked.get_future().wait();
        ::kill(::getpid(), SIGTERM);
        std::promise<void>().get_future().wait();  // a drain that takes for ever
      },
      ::testing::ExitedWithCode(1), "");
}

// ---- services in a process ---------------------------------------------------------------------

using Diary = std::vector<std::string>;

class FakeService final : public Service {
 public:
  FakeService(std::string name, Diary& diary) : name_(std::move(name)), diary_(diary) {}
  Result<void> start() override {
    diary_.push_back("start " + name_);
    if (refuse_start) return Error(Code::kIo, "bind 8080: in use; stop the other");
    return {};
  }
  Result<void> drain() override {
    diary_.push_back("drain " + name_);
    if (refuse_drain) return Error(Code::kTimeout, "an answer is missing");
    return {};
  }
  bool refuse_start = false;
  bool refuse_drain = false;

 private:
  std::string name_;
  Diary& diary_;
};

class ProcessTest : public ::testing::Test {
 protected:
  static Config config() {
    ConfigSchema schema;
    declare_process_config(schema);
    return schema.load({.flags = {{"metrics.port", "0"}, {"logging.level", "off"}}}).value();
  }
  std::unique_ptr<FakeService> service(const std::string& name) {
    return std::make_unique<FakeService>(name, diary);
  }

  Diary diary;
  Process process{config()};
};

TEST_F(ProcessTest, DrainsInTheReverseOrderOfStart) {
  ASSERT_TRUE(process.start("broker", service("broker")));
  ASSERT_TRUE(process.start("tally", service("tally")));

  EXPECT_EQ(process.finish(), 0);

  EXPECT_THAT(diary, ElementsAre("start broker", "start tally", "drain tally", "drain broker"));
}

TEST_F(ProcessTest, AServiceThatDoesNotStartIsNamed) {
  auto intake = service("intake");
  intake->refuse_start = true;

  const auto started = process.start("intake", std::move(intake));

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message(), "intake: bind 8080: in use; stop the other");
  EXPECT_EQ(process.finish(), 0);
  EXPECT_THAT(diary, ElementsAre("start intake"));
}

TEST_F(ProcessTest, AServiceThatFailsEndsTheWaitAndTheOthersDrain) {
  ASSERT_TRUE(process.start("broker", service("broker")));
  const Root& root = process.root("broker", "inproc://bus");
  EXPECT_FALSE(process.wait(0));

  std::thread([&root] { root.fail(Error(Code::kIo, "fdatasync: I/O error")); }).join();

  EXPECT_TRUE(process.wait(-1));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(process.finish(), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "lamplight: broker: fdatasync: I/O error\n");
  EXPECT_THAT(diary, ElementsAre("start broker", "drain broker"));
}

TEST_F(ProcessTest, ADrainThatFailsIsAFailure) {
  auto intake = service("intake");
  intake->refuse_drain = true;
  ASSERT_TRUE(process.start("intake", std::move(intake)));

  ::testing::internal::CaptureStderr();
  EXPECT_EQ(process.finish(), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "lamplight: draining intake: an answer is missing\n");
}

TEST_F(ProcessTest, IsReadyWhenAllServicesAre) {
  const Root& root = process.root("tally", "inproc://bus");
  root.health.set_ready("tally", "replaying 3 of 9");

  const auto waited = process.wait_ready(40);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code(), Code::kTimeout);
  EXPECT_THAT(waited.error().message(), HasSubstr("tally: replaying 3 of 9"));

  root.health.set_ready("tally", "");
  EXPECT_TRUE(process.wait_ready(40));
}

TEST_F(ProcessTest, ASignalEndsTheWaitForReadiness) {
  process.root("tally", "inproc://bus").health.set_ready("tally", "connecting");

  ::kill(::getpid(), SIGTERM);

  EXPECT_EQ(process.wait_ready(-1).error().code(), Code::kUnavailable);
  EXPECT_EQ(process.finish(), 0) << "asked to stop is no failure";
}

TEST_F(ProcessTest, ListensWhereTheSystemPicks) {
  ASSERT_TRUE(process.listen());

  EXPECT_THAT(process.ops_url(), StartsWith("http://127.0.0.1:"));
  EXPECT_FALSE(process.ops_url().ends_with(":0"));
}

}  // namespace
}  // namespace lamplight::runtime
