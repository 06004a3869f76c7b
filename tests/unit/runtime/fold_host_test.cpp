#include "runtime/fold_host.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "fakes.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::ElementsAre;
using testing::FakeBus;
using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Remembers every payload in order: two of one are two.
class Notebook final : public Fold {
 public:
  void evolve(const Event& event) override { lines.emplace_back(as_text(event.payload)); }
  void save(SnapshotWriter& out) const override {
    out.array(static_cast<std::uint32_t>(lines.size()));
    for (const std::string& line : lines) out.str(line);
  }
  void load(SnapshotReader& in) override {
    for (std::uint32_t left = in.array(); left > 0 && in.ok(); --left) lines.emplace_back(in.str());
  }
  std::uint32_t state_version() const override { return version; }

  std::vector<std::string> lines;
  static inline std::uint32_t version = 1;
};

constexpr char kFolder[] = "snapshots/notebook";

class FoldHostTest : public ::testing::Test {
 protected:
  FoldHostTest() { Notebook::version = 1; }

  void start() {
    host = host_fold(
        world.env(), bus, [] { return std::make_unique<Notebook>(); }, options, metrics);
    host->tick();
  }
  void restart() {
    host.reset();
    start();
  }
  /// A log of these, a batch each, and a host that has folded it.
  void fold(const std::vector<std::string>& letters) {
    for (const std::string& letter : letters) bus.append({letter});
    bus.connect();
    start();
    bus.deliver_all();
  }
  [[nodiscard]] std::vector<std::string> lines() const { return fold_as<Notebook>(*host).lines; }
  [[nodiscard]] std::vector<std::string> snapshots() { return world.disk.list(kFolder).value(); }
  /// The value of one line of the exposition.
  [[nodiscard]] std::string metric(const std::string& name) const {
    const std::string text = registry.expose();
    const auto at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "absent";
    const auto from = at + name.size() + 2;
    return text.substr(from, text.find('\n', from) - from);
  }

  FakeWorld world;
  FakeBus bus{world.clock};
  Registry registry;
  ServiceMetrics metrics{registry, "notebook"};
  FoldHostOptions options{.service = "notebook",
                          .subjects = {"alert.>"},
                          .snapshot_folder = kFolder,
                          .snapshot_every_events = 4,
                          .snapshot_every_us = 60'000'000};
  std::unique_ptr<FoldHost> host;
};

TEST_F(FoldHostTest, WaitsForTheBusBeforeItRestores) {
  start();
  EXPECT_EQ(host->state(), FoldState::kConnecting);

  bus.connect();
  host->tick();

  EXPECT_EQ(host->state(), FoldState::kLive) << "an empty log has nothing to replay";
  EXPECT_EQ(host->cut(), Offset{0});
}

TEST_F(FoldHostTest, ReplaysFromTheBeginningAndIsLiveAtTheHeadItWasTold) {
  bus.append({"a", "b"});
  bus.append({"c"});
  bus.connect();
  start();
  EXPECT_EQ(host->state(), FoldState::kReplaying);
  EXPECT_EQ(bus.subscribed_from(), Offset{1});

  bus.deliver();
  EXPECT_EQ(host->state(), FoldState::kReplaying);
  bus.append({"d"});
  bus.deliver();

  EXPECT_TRUE(host->live()) << "what came after the subscription does not count";
  EXPECT_THAT(lines(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(host->cut(), Offset{3});
  EXPECT_EQ(host->cut_hash(), testing::hash_of(3));
  EXPECT_EQ(host->cut_time(), TimeUs{3'000'000});
}

TEST_F(FoldHostTest, OnlyWhatTheFilterTakesIsEvolvedButTheCutMovesWithTheScan) {
  bus.append({"a"});
  bus.append({"x", "y"}, "clearance.reported");
  bus.connect();
  start();

  bus.deliver_all();

  EXPECT_THAT(lines(), ElementsAre("a"));
  EXPECT_EQ(host->cut(), Offset{3});
  EXPECT_TRUE(host->live());
}

TEST_F(FoldHostTest, TakesASnapshotAtABatchEndAfterSoManyEvents) {
  bus.append({"a", "b", "c"});
  bus.append({"d", "e"});
  bus.connect();
  start();

  bus.deliver();
  EXPECT_THAT(snapshots(), IsEmpty());
  bus.deliver_part();
  EXPECT_THAT(snapshots(), IsEmpty()) << "four events, but the batch has not ended";
  bus.deliver();

  EXPECT_THAT(snapshots(), ElementsAre("00000000000000000005.snap"));
}

TEST_F(FoldHostTest, TakesASnapshotByTimeOnlyIfAnythingChanged) {
  bus.append({"a"});
  bus.connect();
  start();
  world.clock.now_us += options.snapshot_every_us;
  host->tick();
  EXPECT_THAT(snapshots(), IsEmpty());

  bus.deliver();
  host->tick();
  ASSERT_THAT(snapshots(), ElementsAre("00000000000000000001.snap"));
  world.disk.files.clear();
  world.clock.now_us += options.snapshot_every_us;
  host->tick();

  EXPECT_THAT(snapshots(), IsEmpty()) << "nothing has changed since";
}

TEST_F(FoldHostTest, RestoresTheSnapshotAndEvolvesOnlyWhatCameAfter) {
  bus.append({"a", "b"});
  bus.connect();
  start();
  bus.deliver_all();
  ASSERT_TRUE(host->snapshot());
  bus.append({"c"});

  restart();

  EXPECT_EQ(bus.subscribed_from(), Offset{2}) << "from the cut itself, for its hash";
  EXPECT_THAT(lines(), ElementsAre("a", "b"));
  EXPECT_EQ(host->state(), FoldState::kReplaying);
  bus.deliver_all();
  EXPECT_THAT(lines(), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(host->live());
}

TEST_F(FoldHostTest, IsNotLiveBeforeTheRestoredCutHasBeenCompared) {
  fold({"a"});
  ASSERT_TRUE(host->snapshot());

  restart();
  bool ran = false;
  host->when_at({1}, [&] { ran = true; });
  EXPECT_EQ(host->state(), FoldState::kReplaying);
  EXPECT_FALSE(ran);

  bus.deliver_all();
  EXPECT_TRUE(host->live());
  EXPECT_TRUE(ran);
}

TEST_F(FoldHostTest, ARestoredFoldSavesTheSameBytesAsAReplayedOne) {
  for (const char* letter : {"a", "b", "c", "d", "e", "f", "g"}) bus.append({letter});
  bus.connect();
  start();
  for (int i = 0; i < 5; ++i) bus.deliver();  // a snapshot at 4 and one event more
  ASSERT_THAT(snapshots(), ElementsAre("00000000000000000004.snap"));
  restart();
  bus.deliver_all();
  ASSERT_TRUE(host->snapshot());
  const std::string restored =
      *world.disk.files.at(kFolder + std::string("/00000000000000000007.snap"));

  world.disk.files.clear();
  restart();
  bus.deliver_all();
  ASSERT_TRUE(host->snapshot());

  EXPECT_EQ(*world.disk.files.at(kFolder + std::string("/00000000000000000007.snap")), restored);
}

TEST_F(FoldHostTest, AnotherChainAtTheCutMeansAFreshFoldFromOffsetOne) {
  fold({"a", "b"});
  ASSERT_TRUE(host->snapshot());

  bus.rewrite_chain();
  restart();
  bus.deliver();
  EXPECT_FALSE(host->live());
  host->tick();

  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_THAT(snapshots(), IsEmpty());
  EXPECT_EQ(bus.subscribed_from(), Offset{1});
  EXPECT_EQ(bus.subscriptions(), 1U);
  bus.deliver_all();
  EXPECT_THAT(lines(), ElementsAre("a", "b"));
  EXPECT_TRUE(host->live());
}

TEST_F(FoldHostTest, ALogPutBackThatHasGrownAgainIsNotTheOneOfTheSnapshot) {
  fold({"a", "b"});
  ASSERT_TRUE(host->snapshot());

  bus.rewrite_chain();
  bus.append({"c"});
  bus.append({"d"});
  restart();
  bus.deliver(4);
  host->tick();

  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_EQ(bus.subscribed_from(), Offset{1});
}

TEST_F(FoldHostTest, ANewSessionOnTheSameLogGoesOnWhereItWas) {
  fold({"a"});

  bus.append({"b"});
  bus.connect();
  host->tick();
  EXPECT_EQ(bus.subscribed_from(), Offset{1}) << "from the cut itself, for its hash";
  bus.deliver_all();

  EXPECT_THAT(lines(), ElementsAre("a", "b"));
  EXPECT_TRUE(host->live());
}

TEST_F(FoldHostTest, ANewSessionOnALogPutBackBeginsAgain) {
  fold({"a", "b"});

  bus.rewrite_chain();
  bus.append({"c"});
  bus.connect();
  host->tick();
  bus.deliver();
  host->tick();

  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_EQ(host->state(), FoldState::kReplaying);
  bus.deliver_all();
  EXPECT_THAT(lines(), ElementsAre("a", "b", "c"));
}

TEST_F(FoldHostTest, ADamagedSnapshotIsReplayedOver) {
  bus.append({"a", "b"});
  bus.connect();
  start();
  bus.deliver_all();
  ASSERT_TRUE(host->snapshot());
  world.disk.files.begin()->second->back() ^= 1;

  restart();

  EXPECT_EQ(bus.subscribed_from(), Offset{1});
  bus.deliver_all();
  EXPECT_THAT(lines(), ElementsAre("a", "b"));
}

TEST_F(FoldHostTest, ANewStateVersionReplays) {
  fold({"a"});
  ASSERT_TRUE(host->snapshot());

  Notebook::version = 2;
  restart();

  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_EQ(bus.subscribed_from(), Offset{1});
}

TEST_F(FoldHostTest, AnotherLogBehindTheSameBusBeginsAfresh) {
  fold({"a"});

  bus.serve_another_log();
  host->tick();

  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_EQ(bus.subscribed_from(), Offset{1});
}

TEST_F(FoldHostTest, WaitersRunOnceTheCutHasReachedThem) {
  bus.append({"a"});
  bus.append({"b"});
  bus.connect();
  start();
  std::vector<std::string> ran;
  host->when_at({2}, [&] { ran.emplace_back("two"); });
  host->when_at({1}, [&] { ran.emplace_back("one"); });

  bus.deliver();
  EXPECT_THAT(ran, ElementsAre("one"));
  bus.deliver();
  EXPECT_THAT(ran, ElementsAre("one", "two"));
  host->when_at({2}, [&] { ran.emplace_back("at once"); });
  EXPECT_THAT(ran, ElementsAre("one", "two", "at once"));
}

TEST_F(FoldHostTest, DrainWritesWhatTheLastSnapshotLacksAndNothingTwice) {
  fold({"a"});

  ASSERT_TRUE(host->snapshot());
  ASSERT_THAT(snapshots(), ElementsAre("00000000000000000001.snap"));
  world.disk.full = true;

  EXPECT_TRUE(host->snapshot()) << "nothing to write, so nothing fails";
}

TEST_F(FoldHostTest, AFullDiskCostsTheSnapshotNotTheFold) {
  bus.append({"a", "b", "c", "d"});
  bus.append({"e"});
  bus.connect();
  start();
  world.disk.full = true;

  bus.deliver_all();
  EXPECT_EQ(host->snapshot().error().code(), Code::kOverloaded);

  EXPECT_THAT(lines(), ElementsAre("a", "b", "c", "d", "e"));
  world.disk.full = false;
  EXPECT_TRUE(host->snapshot());
  EXPECT_THAT(snapshots(), ElementsAre("00000000000000000005.snap"));
}

TEST_F(FoldHostTest, LagIsTheDistanceToTheHeadInEventsAndBusTime) {
  bus.append({"a"});
  bus.append({"b", "c", "d"});
  bus.connect();
  start();

  bus.deliver();
  host->tick();
  EXPECT_EQ(metric("lamplight_fold_offset{service=\"notebook\"}"), "1");
  EXPECT_EQ(metric("lamplight_fold_lag_events{service=\"notebook\"}"), "3");
  EXPECT_EQ(metric("lamplight_fold_lag_seconds{service=\"notebook\"}"), "3");

  bus.deliver();
  host->tick();
  EXPECT_EQ(metric("lamplight_fold_lag_events{service=\"notebook\"}"), "0");
  EXPECT_EQ(metric("lamplight_fold_lag_seconds{service=\"notebook\"}"), "0");
}

TEST_F(FoldHostTest, LagIsUnknownOnceHeartbeatsStop) {
  fold({"a"});

  world.clock.now_us += options.silence_us + 1'000'000;
  host->tick();
  EXPECT_EQ(metric("lamplight_fold_lag_events{service=\"notebook\"}"), "Nan");
  EXPECT_EQ(metric("lamplight_fold_lag_seconds{service=\"notebook\"}"), "Nan");
  EXPECT_EQ(metric("lamplight_bus_heartbeat_age_seconds{service=\"notebook\"}"), "6");

  bus.heartbeat();
  host->tick();
  EXPECT_EQ(metric("lamplight_fold_lag_events{service=\"notebook\"}"), "0");
}

TEST_F(FoldHostTest, EndsItsSubscriptionWithItself) {
  bus.connect();
  start();
  ASSERT_EQ(bus.subscriptions(), 1U);

  host.reset();

  EXPECT_EQ(bus.subscriptions(), 0U);
}

}  // namespace
}  // namespace lamplight::runtime
