#include "intake/core.hpp"

#include <filesystem>

#include "base/production_env.hpp"
#include "bench.hpp"

namespace lamplight::intake::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Keeper final : BatchOwner {
  void answered(BatchPtr batch) override { items = batch->items; }
  std::vector<Item> items;
};

/// A core on a bus in memory and a real folder; every round is the test's own.
class CoreOnABus : public testing::Test {
 protected:
  CoreOnABus() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() /
             (std::string("intake-") + test->name() + "-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    start();
  }
  ~CoreOnABus() override {
    core.reset();
    std::filesystem::remove_all(folder);
  }

  std::size_t max_open_bytes = 1U << 20;

  void start(const Secret& with = secret()) {
    auto made = std::make_unique<FakeClient>(log);
    client = made.get();
    Core::Options options;
    options.snapshot_folder = folder / "snapshots";
    options.max_open_items = 3;
    options.max_open_bytes = max_open_bytes;
    Core::Told told;
    told.ready_changed = [this](const std::string& why_not) { not_ready = why_not; };
    told.failed = [this](const Error& error) { failed = error; };
    told.figures = [this](const IntakeState& state) { shown = state.size(); };
    core = std::make_unique<Core>(Env{clock, real.env().disk, random}, std::move(made), with,
                                  service_metrics, counts, std::move(options), std::move(told));
  }
  void restart() {
    ASSERT_TRUE(core->snapshot().ok());
    core.reset();
    start();
    rounds();
  }
  void rounds(int n = 4) {
    for (int i = 0; i < n; ++i) {
      clock.now_us += 10'000;
      core->round(0);
    }
  }
  std::shared_ptr<Keeper> post(const Said& said, std::string_view key = {}) {
    auto keeper = std::make_shared<Keeper>();
    auto batch = std::make_shared<Batch>();
    read_item(reader, said.json(), key, "local", *batch);
    batch->owner = keeper;
    core->submit(std::move(batch));
    return keeper;
  }
  std::shared_ptr<std::optional<Result<FoundRecord>>> find(const Id16& id,
                                                           const std::string& partner = "local") {
    auto found = std::make_shared<std::optional<Result<FoundRecord>>>();
    core->find(Kind::kAlert, id, partner,
               [found](const Result<FoundRecord>& result) { found->emplace(result); });
    return found;
  }

  std::filesystem::path folder;
  ProductionEnv real;
  ManualClock clock;
  CountingRandom random;
  FakeLog log;
  runtime::Registry registry;
  runtime::ServiceMetrics service_metrics{registry, "intake"};
  Counting counts;
  ItemReader reader{codes(), secret()};
  FakeClient* client = nullptr;
  std::unique_ptr<Core> core;
  std::string not_ready = "never told";
  std::optional<Error> failed;
  std::uint32_t shown = 0;
};

TEST_F(CoreOnABus, TakesNothingUntilItHasReadTheLog) {
  rounds();
  post({"a-1"});
  rounds();
  core.reset();
  start();
  client->hold_deliveries = true;
  rounds();
  EXPECT_EQ(core->admission(), Admission::kStarting);
  EXPECT_THAT(not_ready, HasSubstr("replaying 0 of 1"));

  client->hold_deliveries = false;
  rounds();

  EXPECT_EQ(core->admission(), Admission::kOpen);
  EXPECT_THAT(not_ready, IsEmpty());
}

TEST_F(CoreOnABus, GivesTheSameAnswerAfterARestart) {
  rounds();
  const auto first = post({"a-1"}, "k");
  rounds();

  restart();
  const auto second = post({"a-1"}, "k");
  rounds();

  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].outcome, Outcome::kAccepted);
  EXPECT_EQ(second->items[0].id, first->items[0].id);
  EXPECT_EQ(second->items[0].time, first->items[0].time);
  EXPECT_EQ(log.events.size(), 1U);
}

TEST_F(CoreOnABus, AReadWaitsForWhatItsAskerHasJustPublished) {
  rounds();
  client->hold_deliveries = true;
  const auto posted = post({"a-1"});
  rounds();
  ASSERT_EQ(posted->items.size(), 1U) << "acknowledged, not yet folded";
  const auto found = find(posted->items[0].id);
  rounds();
  EXPECT_FALSE(found->has_value());

  client->hold_deliveries = false;
  rounds();

  ASSERT_TRUE(found->has_value());
  ASSERT_TRUE((*found)->ok());
  EXPECT_EQ((**found)->offset, Offset{1});
  AlertReceived alert;
  ASSERT_TRUE(decode_alert(as_bytes((**found)->payload), alert));
  EXPECT_EQ(alert.partner_ref, "a-1");
}

TEST_F(CoreOnABus, AReadTellsWhatBecameOfTheAlert) {
  rounds();
  const auto first = post({"a-1"});
  rounds();
  const auto correction =
      post({"c-1", "robbery", "Actual", R"(,"corrects":")" + to_uuid(first->items[0].id) + '"'});
  rounds();

  const auto found = find(first->items[0].id);
  rounds();

  ASSERT_TRUE(found->has_value() && (*found)->ok());
  EXPECT_EQ((**found)->corrected_by, correction->items[0].id);
  EXPECT_EQ((**found)->withdrawn_by, std::nullopt);
}

TEST_F(CoreOnABus, SomeoneElsesAlertIsNotFound) {
  rounds();
  const auto first = post({"a-1"});
  rounds();

  const auto others = find(first->items[0].id, "south");
  const auto nobodys = find(Id16{});
  rounds();

  ASSERT_TRUE(others->has_value() && nobodys->has_value());
  EXPECT_EQ((*others)->error().code(), Code::kNotFound);
  EXPECT_EQ((*nobodys)->error().code(), Code::kNotFound);
}

TEST_F(CoreOnABus, AReadThatTheLogDoesNotAnswerEndsInTime) {
  rounds();
  const auto first = post({"a-1"});
  rounds();
  client->hold_deliveries = true;
  const auto found = find(first->items[0].id);
  rounds();
  EXPECT_FALSE(found->has_value());

  clock.now_us += 11'000'000;
  rounds();

  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->error().code(), Code::kTimeout);
}

TEST_F(CoreOnABus, RefusesNewWorkWhileTheBusIsLostAndRecovers) {
  rounds();
  client->lose_connection();
  rounds();
  EXPECT_EQ(core->admission(), Admission::kNoBus);
  EXPECT_THAT(not_ready, HasSubstr("no connection"));

  client->reconnect();
  rounds();

  EXPECT_EQ(core->admission(), Admission::kOpen);
  EXPECT_THAT(not_ready, IsEmpty());
}

TEST_F(CoreOnABus, RefusesMoreThanItsBound) {
  rounds();
  client->hold_acks = true;
  for (const char* ref : {"a-1", "a-2", "a-3"}) post({ref});
  rounds();
  EXPECT_EQ(core->admission(), Admission::kFull);

  client->hold_acks = false;
  rounds();

  EXPECT_EQ(core->admission(), Admission::kOpen);
}

TEST_F(CoreOnABus, RefusesMoreBytesThanItsBound) {
  core.reset();
  max_open_bytes = 10;
  start();
  rounds();
  client->hold_acks = true;
  post({"a-1"});
  EXPECT_EQ(core->admission(), Admission::kFull) << "also before the core has looked";
  rounds();
  EXPECT_EQ(core->admission(), Admission::kFull);

  client->hold_acks = false;
  rounds();

  EXPECT_EQ(core->admission(), Admission::kOpen);
}

TEST_F(CoreOnABus, FailsWhenANewerIntakeTakesOver) {
  rounds();
  client->hold_acks = true;
  const auto posted = post({"a-1"});
  rounds();

  client->fence();
  rounds();

  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->code(), Code::kFenced);
  EXPECT_NE(core->admission(), Admission::kOpen);
  ASSERT_EQ(posted->items.size(), 1U);
  EXPECT_EQ(posted->items[0].outcome, Outcome::kFailed);
}

TEST_F(CoreOnABus, FailsWithASecretThatIsNotTheLogs) {
  rounds();
  post({"a-1"});
  rounds();
  core.reset();
  const Secret other{std::array<std::uint8_t, 32>{9}};

  start(other);
  rounds();

  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->message(), HasSubstr("secrets/intake.key"));
  core.reset();  // before the secret that it looks at
}

TEST_F(CoreOnABus, IsIdleOnlyWhenAllIsAnswered) {
  rounds();
  client->hold_acks = true;
  const auto posted = post({"a-1"});
  core->close();
  rounds();
  EXPECT_EQ(core->admission(), Admission::kDraining);
  EXPECT_FALSE(core->idle());

  client->hold_acks = false;
  rounds();

  EXPECT_TRUE(core->idle());
  EXPECT_EQ(posted->items[0].outcome, Outcome::kAccepted)
      << "what was taken before the drain is finished";
}

TEST_F(CoreOnABus, ShowsFiguresOfTheFold) {
  rounds();
  post({"a-1"});
  clock.now_us += 2'000'000;
  rounds();

  EXPECT_EQ(shown, 1U);
}

TEST_F(CoreOnABus, TheSecretFileIsMadeOnceAndReadAgain) {
  const Env env{clock, real.env().disk, random};
  const std::string secrets = folder / "secrets";

  const auto made = Secret::load(env, secrets);
  const auto read = Secret::load(env, secrets);

  ASSERT_TRUE(made.ok() && read.ok());
  EXPECT_EQ(made->reference("p", "r"), read->reference("p", "r"));
  const auto mode = std::filesystem::status(secrets + "/intake.key").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(CoreOnABus, ASpoiltSecretFileIsRefused) {
  const Env env{clock, real.env().disk, random};
  const std::string secrets = folder / "secrets";
  ASSERT_TRUE(env.disk.make_folder(secrets).ok());
  ASSERT_TRUE(replace_file(env.disk, secrets + "/intake.key", as_bytes("abc")).ok());

  const auto read = Secret::load(env, secrets);

  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lamplight::intake::test
