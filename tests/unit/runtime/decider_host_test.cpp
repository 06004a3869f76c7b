// One instance of a decider: decides once, replays for ever, and shows nothing that could still be undone.
#include "decider_fixture.hpp"

#include <gmock/gmock.h>

namespace lamplight::runtime {
namespace {

using test::Ledger;
using testing::DeciderFixture;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kSecond = 1'000'000;

class DeciderHostTest : public DeciderFixture {};

TEST_F(DeciderHostTest, DecidesOnEachInputOnceAndPublishesWhatFollows) {
  auto one = instance();
  start(*one);
  ask_many(0, 40);
  run();
  live_through(2 * kSecond);

  EXPECT_TRUE(one->host->live());
  const auto told = history();
  EXPECT_GT(told.outputs(), 20U);
  EXPECT_EQ(one->ledger().outputs(), told.outputs());
  EXPECT_EQ(one->ledger().digest(), told.digest_at(one->host->cut()));
  EXPECT_GE(told.through(), Offset{40});
}

TEST_F(DeciderHostTest, EveryWindowDecidesTheSame) {
  int asked = 0;
  for (const std::size_t window : {std::size_t{4096}, std::size_t{1}, std::size_t{7}}) {
    auto one = instance(window);
    start(*one);
    live_through(4 * kSecond);
    ask_many(asked, asked + 60);
    asked += 60;
    live_through(2 * kSecond);
    EXPECT_EQ(one->ledger().digest(), history().digest_at(one->host->cut())) << window;
    EXPECT_GE(one->ledger().inputs(), static_cast<std::uint64_t>(asked));
    end(*one);
  }
  EXPECT_EQ(history().epochs(), 3U);
}

TEST_F(DeciderHostTest, WindowOneAwaitsEachAcknowledgement) {
  auto one = instance(1);
  start(*one);
  run();
  ASSERT_TRUE(one->host->live());
  for (int i = 0; i < 30; ++i) ask(loud(i));
  run(false);  // asked, and not yet synced: nothing is delivered
  sync();
  run(false);
  EXPECT_EQ(one->ledger().inputs(), 1U);
  run();
  EXPECT_EQ(one->ledger().inputs(), 30U);
  history();
}

TEST_F(DeciderHostTest, AWideWindowDecidesAheadOfTheAcknowledgementUpToItsSize) {
  auto one = instance(16);
  start(*one);
  run();
  for (int i = 0; i < 100; ++i) ask(loud(i));
  run(false);
  sync();
  run(false);
  EXPECT_EQ(one->ledger().inputs(), 16U);
  EXPECT_LT(one->host->acknowledged_cut(), one->host->cut());
  run();
  EXPECT_EQ(one->ledger().inputs(), 100U);
  history();
}

TEST_F(DeciderHostTest, AReplayUnderNewRulesPublishesNothingAndGivesTheSameState) {
  auto one = instance(64);
  start(*one);
  ask_many(0, 50);
  run();
  live_through(8 * kSecond);  // no deadline is left
  const std::uint64_t digest = one->ledger().digest();
  const std::uint64_t outputs = history().outputs();
  end(*one);
  live_through(4 * kSecond);

  auto other = instance(64);  // another disk: no snapshot
  other->make = [] { return std::make_unique<Ledger>(2); };
  start(*other);
  run();
  live_through(kSecond);

  EXPECT_TRUE(other->host->live()) << other->host->why_not_live();
  EXPECT_EQ(other->ledger().digest(), digest);
  EXPECT_EQ(history().outputs(), outputs);
  ask_many(50, 60);
  run();
  live_through(2 * kSecond);
  EXPECT_GT(history().outputs(), outputs) << "new rules decide what comes now";
}

TEST_F(DeciderHostTest, ASnapshotIsTheSameAsTheReplay) {
  auto one = instance();
  one->options.snapshot_every_events = 10;
  start(*one);
  run();
  ask_many(0, 50);
  run();
  live_through(5 * kSecond);
  ASSERT_EQ(one->ledger().deadlines(), 0U) << "or time would move the state below";
  const std::uint64_t digest = one->ledger().digest();
  const auto snapshots = one->world.disk.list("snapshots/ledger").value();
  EXPECT_THAT(snapshots, SizeIs(4)) << "two snapshots, what is being evolved, the lock";

  end(*one);
  live_through(4 * kSecond);
  start(*one);
  live_through(kSecond);
  EXPECT_TRUE(one->host->live()) << "the next epoch is known though its last start lies before";
  EXPECT_EQ(one->ledger().digest(), digest);
  EXPECT_EQ(metric(*one,
                   "lamplight_fold_events_total{service=\"ledger\",subject_group=\"ledger."
                   "asked\"}"),
            "absent")
      << "nothing had to be evolved again";
}

TEST_F(DeciderHostTest, ASnapshotGetsItsNameWhenTheFramesUpToItsCutAreAcknowledged) {
  auto one = instance(4096);
  one->options.snapshot_every_events = 5;
  start(*one);
  run();
  const auto names = [&] {
    std::vector<std::string> snapshots = one->world.disk.list("snapshots/ledger").value();
    std::erase_if(snapshots, [](const std::string& name) { return !name.ends_with(".snap"); });
    return snapshots;
  };
  const auto before = names();
  ask_many(0, 30);
  run(false);
  sync();
  run(false);
  EXPECT_EQ(one->ledger().inputs(), 30U);
  EXPECT_EQ(names(), before) << "its outputs are not known to be on the log";
  run();
  EXPECT_NE(names(), before);
  history();
}

TEST_F(DeciderHostTest, AReadLeavesWhenTheFramesUpToItsCutAreAcknowledged) {
  auto one = instance(4096);
  start(*one);
  run();
  ask_many(0, 20);
  run(false);
  sync();
  run(false);
  ASSERT_EQ(one->ledger().inputs(), 20U);
  const std::uint64_t shown = one->ledger().digest();
  std::optional<Offset> answered;
  one->host->when_acknowledged([&](const Result<Offset>& cut) { answered = cut.value(); });
  run(false);
  EXPECT_FALSE(answered);
  run();
  ASSERT_TRUE(answered);
  EXPECT_EQ(history().digest_at(*answered), shown);
}

TEST_F(DeciderHostTest, StepsWithoutOutputsAreToldAfterASecondAtOnceForAReaderAndAtADrain) {
  auto one = instance();
  start(*one);
  run();
  std::string silent = "s";
  while (Ledger::notes_for(as_bytes(silent)) != 0) silent += "s";
  const auto progressed = [this] { return count("control.ledger.progressed"); };
  ask(silent);
  run();
  EXPECT_EQ(progressed(), 0U);
  live_through(2 * kSecond);
  EXPECT_EQ(progressed(), 1U);
  live_through(5 * kSecond);
  EXPECT_EQ(progressed(), 1U) << "a quiet log stays quiet";

  ask(silent);
  run();
  bool answered = false;
  one->host->when_acknowledged([&](const Result<Offset>&) { answered = true; });
  EXPECT_FALSE(answered);
  run();
  EXPECT_TRUE(answered);
  EXPECT_EQ(progressed(), 2U);
  live_through(kSecond);
  answered = false;
  one->host->when_acknowledged([&](const Result<Offset>&) { answered = true; });
  EXPECT_TRUE(answered) << "nothing was to be decided since";
  live_through(kSecond);
  EXPECT_EQ(progressed(), 2U) << "reads of a quiet log leave it quiet";

  ask(silent);
  run();
  EXPECT_FALSE(one->host->drain());
  run();
  EXPECT_TRUE(one->host->drain());
  EXPECT_EQ(count("control.ledger.stopped"), 1U);
  EXPECT_EQ(history().through(), one->host->cut());
}

TEST_F(DeciderHostTest, DeadlinesAreAnsweredOnceWhenBusTimeHasReachedThem) {
  auto one = instance();
  start(*one);
  ask_many(0, 200);
  run();
  const std::size_t open = one->ledger().deadlines();
  ASSERT_GT(open, 2 * Ledger::kMostFired);
  live_through(6 * kSecond);

  EXPECT_EQ(one->ledger().deadlines(), 0U);
  EXPECT_EQ(count("ledger.fired"), open);
  EXPECT_GE(count("control.ledger.time_reached"), open / Ledger::kMostFired);
  history();
  const std::size_t asked = count("control.ledger.time_reached");
  live_through(5 * kSecond);
  EXPECT_EQ(count("control.ledger.time_reached"), asked);
}

TEST_F(DeciderHostTest, DeadlinesOfDaysDownAreAnsweredAfterARestart) {
  auto one = instance();
  start(*one);
  ask_many(0, 100);
  run();
  const std::size_t open = one->ledger().deadlines();
  ASSERT_GT(open, 0U);
  end(*one);
  now_.monotonic_us += 3 * 86'400 * kSecond;
  now_.wall = now_.wall.plus_us(3 * 86'400 * kSecond);
  core_->tick(now_);

  start(*one);
  live_through(3 * kSecond);
  EXPECT_EQ(one->ledger().deadlines(), 0U);
  EXPECT_EQ(count("ledger.fired"), open);
  history();
}

/// Says its deadline and never answers it.
class Sleeper final : public Decider {
 public:
  void evolve(const Event&) override { ++inputs; }
  void decide(const Event&, Outbox&) const override {}
  std::optional<TimeUs> next_due() const override { return TimeUs{1}; }
  void save(SnapshotWriter& out) const override { out.uint(inputs); }
  void load(SnapshotReader& in) override { inputs = in.uint(); }
  std::uint32_t newest_schema(std::string_view) const override { return 1; }
  std::uint32_t state_version() const override { return 1; }
  std::uint32_t rules_version() const override { return 1; }
  std::uint64_t inputs = 0;
};

TEST_F(DeciderHostTest, ADeadlineThatStaysHaltsAndIsNotAskedForWithoutEnd) {
  auto one = instance();
  one->make = [] { return std::make_unique<Sleeper>(); };
  start(*one);
  live_through(3 * kSecond);
  EXPECT_EQ(one->host->state(), DeciderState::kHalted);
  EXPECT_THAT(one->host->why_not_live(), HasSubstr("deadline"));
  EXPECT_EQ(count("control.ledger.time_reached"), 1U);
  EXPECT_EQ(count("control.ledger.stopped"), 1U) << "fixed code may follow at once";
}

/// Publishes what it may not, on one input.
class Trespasser final : public Decider {
 public:
  void evolve(const Event& event) override {
    if (event.offset.value != 0) seen.push_back(std::string(as_text(event.payload)));
  }
  void decide(const Event& input, Outbox& out) const override {
    const bool bad = as_text(input.payload) == "bad";
    out.add(bad ? "inner.assessed" : "ledger.noted", 1, input.payload);
  }
  void save(SnapshotWriter& out) const override {
    out.array(static_cast<std::uint32_t>(seen.size()));
    for (const auto& one : seen) out.str(one);
  }
  void load(SnapshotReader& in) override {
    for (std::uint32_t left = in.array(); left > 0; --left) seen.emplace_back(in.str());
  }
  std::uint32_t newest_schema(std::string_view) const override { return 1; }
  std::uint32_t state_version() const override { return 1; }
  std::uint32_t rules_version() const override { return 1; }
  std::vector<std::string> seen;
};

TEST_F(DeciderHostTest, AnOutputThatMayNotBeHaltsBeforeItsInput) {
  auto one = instance(16);
  one->make = [] { return std::make_unique<Trespasser>(); };
  start(*one);
  run();
  for (const char* payload : {"a", "b", "bad", "c"}) ask(payload);
  run();
  live_through(kSecond);

  EXPECT_EQ(one->host->state(), DeciderState::kHalted);
  EXPECT_THAT(one->host->why_not_live(), HasSubstr("inner.assessed"));
  EXPECT_EQ(count("ledger.noted"), 2U) << "what was decided before stands";
  EXPECT_THAT(decider_as<Trespasser>(*one->host).seen, ::testing::ElementsAre("a", "b"))
      << "read as of before it";
  EXPECT_EQ(metric(*one, "lamplight_service_state{service=\"ledger\",state=\"halted\"}"), "1");
  const std::string at = metric(*one, "lamplight_service_halted_offset{service=\"ledger\"}");
  EXPECT_THAT(one->host->why_not_live(), HasSubstr("halted at offset " + at + ":"));
  bool answered = false;
  one->host->when_acknowledged([&](const Result<Offset>&) { answered = true; });
  EXPECT_TRUE(answered);
}

TEST_F(DeciderHostTest, AfterAPowerLossOfTheBusItGoesOnWithWhatIsOnTheLog) {
  auto one = instance(4096);
  start(*one);
  run();
  ask_many(0, 40);
  run(false);
  sync();
  run(false);  // decided, sent, and not synced
  ASSERT_EQ(one->ledger().inputs(), 40U);

  restart();
  now_.monotonic_us += kSecond;
  run();
  live_through(8 * kSecond);

  const auto told = history();
  EXPECT_EQ(one->ledger().digest(), told.digest_at(one->host->cut()));
  EXPECT_GE(told.through(), Offset{40});
}

TEST_F(DeciderHostTest, AnOutputWhoseCauseIsNoLongerTakenIsNotSkipped) {
  auto one = instance();
  start(*one);
  ask_many(0, 20);
  run();
  live_through(2 * kSecond);
  end(*one);
  live_through(4 * kSecond);

  auto other = instance();
  other->options.subjects = {"ledger.else"};
  start(*other);
  live_through(2 * kSecond);
  EXPECT_EQ(other->host->state(), DeciderState::kHalted);
  EXPECT_THAT(other->host->why_not_live(), HasSubstr("never removed"));
}

TEST_F(DeciderHostTest, GaugesBelongToTheLastAcknowledgedFrame) {
  auto one = instance();
  start(*one);
  ask_many(0, 20);
  run();
  live_through(2 * kSecond);
  EXPECT_EQ(metric(*one, "lamplight_fold_offset{service=\"ledger\"}"),
            std::to_string(one->host->frame_offset().value));
  EXPECT_EQ(metric(*one, "lamplight_fold_lag_events{service=\"ledger\"}"), "0");
  EXPECT_EQ(metric(*one, "lamplight_service_state{service=\"ledger\",state=\"live\"}"), "1");
}

}  // namespace
}  // namespace lamplight::runtime
