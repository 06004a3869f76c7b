// A log that an earlier build has written, under code that decides otherwise: the same states, the same decisions, and
// nothing published again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include "bus_in_process.hpp"
#include "inner/decider.hpp"
#include "inner/rehearsal/rehearsal.hpp"
#include "log/inspect.hpp"
#include "model/alert_description.hpp"
#include "recorded_log.hpp"
#include "runtime/decider_host.hpp"
#include "runtime/decider_replay.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::inner::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kRecordedRulesVersion = 1;  ///< of the build that wrote the log

std::string recorded_folder() { return std::string(LAMPLIGHT_SOURCE) + "/tests/data/inner-log"; }
RecordedFacts recorded_facts() { return read_facts(recorded_folder() + "/facts.txt"); }

/// Later code: it answers whatever comes with an event of its own, and deadlines never.
class LaterDecider final : public runtime::Decider {
 public:
  explicit LaterDecider(std::uint64_t& decided) : decided_(decided) {}
  void evolve(const Event& event) override { today_.evolve(event); }
  void decide(const Event& input, runtime::Outbox& out) const override {
    ++decided_;
    if (input.subject == kAlertReceived) out.add("inner.refused", 1, input.payload);
  }
  void save(runtime::SnapshotWriter& out) const override { today_.save(out); }
  void load(runtime::SnapshotReader& in) override { today_.load(in); }
  [[nodiscard]] std::uint32_t newest_schema(std::string_view own_subject) const override {
    return today_.newest_schema(own_subject);
  }
  [[nodiscard]] std::uint32_t state_version() const override { return today_.state_version(); }
  [[nodiscard]] std::uint32_t rules_version() const override { return today_.rules_version() + 1; }

 private:
  InnerDecider today_;
  std::uint64_t& decided_;
};

TEST(RecordedLog, GivesTheStateThatItGaveTheBuildThatWroteIt) {
  const RecordedFacts wanted = recorded_facts();
  InnerDecider decider;
  const RecordedFacts got = replay_recorded(recorded_folder(), decider);

  EXPECT_EQ(got.cut, wanted.cut);
  EXPECT_EQ(got.decisions, wanted.decisions);
  EXPECT_EQ(got.published, wanted.published) << "the log itself was changed: put it back";
  ASSERT_EQ(got.state_version, wanted.state_version)
      << "state_version was raised: state and layout may be others now. Look through what changed "
         "in evolve, then keep the log as it is and write down the new state's hash: "
         "inner_log_maker facts tests/data/inner-log";
  EXPECT_EQ(got.state, wanted.state)
      << "evolve makes another state of what was recorded: a bug, or state_version must be raised";
}

TEST(RecordedLog, HoldsWhatAnInnerLoopLivesThrough) {
  InnerDecider decider;
  replay_recorded(recorded_folder(), decider);
  std::array<bool, kMoves> moves{};
  std::set<std::int64_t> rules;
  for (const Case& each : decider.book().cases()) {
    rules.insert(each.rules);
    for (const HistoryEntry& entry : each.history)
      moves.at(static_cast<std::size_t>(entry.move)) = true;
  }
  EXPECT_EQ(std::count(moves.begin(), moves.end(), false), 0) << "every move of today's table";
  EXPECT_EQ(rules, (std::set<std::int64_t>{1, 2}));
}

/// decide may change, and then rules_version tells it; the log stays what it is.
TEST(RecordedLog, IsDecidedAsItWasUnlessRulesVersionWasRaised) {
  if (InnerDecider().rules_version() != kRecordedRulesVersion)
    GTEST_SKIP() << "this build decides by another rules_version";
  ProductionEnv production;
  const auto open = [&] {
    return log::read_folder(production.env().disk, recorded_folder(), Offset{1});
  };
  InnerDecider recorded;
  RehearsalOptions options;
  std::string first;
  options.on_difference = [&first](const StepDifference& difference) {
    if (first.empty()) first = "offset " + std::to_string(difference.offset.value);
  };
  Rehearsal rehearsal(recorded, std::move(options));
  runtime::ReplayOptions replay;
  replay.service = kService;
  replay.subjects = InnerDecider::inputs();
  replay.on_input = [&](const Event& input) { rehearsal.on_input(input); };
  replay.on_output = [&](const Event& output) { rehearsal.on_output(output); };
  ASSERT_TRUE(runtime::replay_decider(open, recorded, replay).ok());
  rehearsal.finish();

  EXPECT_GT(rehearsal.summary().inputs, 200U);
  EXPECT_EQ(rehearsal.summary().differences, 0U)
      << "decide changed at " << first << ": raise rules_version";
}

TEST(RecordedLog, LaterRulesReplayItToTheSameStateWithoutDeciding) {
  std::uint64_t decided = 0;
  LaterDecider later(decided);
  InnerDecider today;
  const RecordedFacts got = replay_recorded(recorded_folder(), later);
  EXPECT_EQ(got.state, replay_recorded(recorded_folder(), today).state);
  EXPECT_EQ(got.cut, recorded_facts().cut);
  EXPECT_EQ(decided, 0U);
}

/// The broker and a host over a copy of the recorded log.
class RecordedLogGoesOn : public ::testing::Test {
 protected:
  RecordedLogGoesOn() {
    fs::create_directories(place_.path() + "/log");
    for (const auto& each : fs::directory_iterator(recorded_folder())) {
      if (each.path().extension() == ".seg")
        fs::copy_file(each.path(), place_.path() + "/log/" + each.path().filename().string());
    }
    bus_ = std::make_unique<BusInProcess>(place_.path());
    metrics_ = std::make_unique<runtime::ServiceMetrics>(bus_->registry(), std::string(kService));
    intake_ = bus_->connect("intake", bus::Role::kEdge, true);
    client_ = bus_->connect(std::string(kService), bus::Role::kDecider);
    runtime::DeciderHostOptions options;
    options.service = kService;
    options.subjects = InnerDecider::inputs();
    options.publishes = InnerDecider::outputs();
    options.snapshot_folder = place_.path() + "/snapshots/inner";
    host_ = runtime::host_decider(
                bus_->env(), *client_,
                [this]() -> Result<std::unique_ptr<bus::Client>> {
                  return bus_->connect("inner/clock", bus::Role::kEdge);
                },
                [this] { return std::make_unique<LaterDecider>(decided_); }, options, *metrics_)
                .value();
  }
  ~RecordedLogGoesOn() override {
    host_.reset();
    client_.reset();
    intake_.reset();
  }
  void wait(const std::function<bool()>& condition) {
    BusInProcess::wait_for(
        [this] {
          client_->poll(1'000);
          host_->tick();
          intake_->poll(0);
        },
        condition);
  }
  std::string state() const {
    MsgpackWriter out;
    host_->decider().save(out);
    return out.take();
  }
  RecordedFacts on_the_log() {
    InnerDecider any;
    return replay_recorded(place_.path() + "/log", any);
  }

  std::uint64_t decided_ = 0;
  std::unique_ptr<bus::Client> intake_;
  std::unique_ptr<bus::Client> client_;
  std::unique_ptr<runtime::DeciderHost> host_;

 private:
  lamplight::test::TemporaryFolder place_;
  std::unique_ptr<BusInProcess> bus_;
  std::unique_ptr<runtime::ServiceMetrics> metrics_;
};

TEST_F(RecordedLogGoesOn, UnderLaterRulesThatDecideOnlyWhatComesFromNowOn) {
  wait([this] { return host_->live() && intake_->state().connected; });
  EXPECT_EQ(decided_, 0U) << "what was decided stands";
  InnerDecider today;
  replay_recorded(recorded_folder(), today);
  MsgpackWriter wanted;
  today.save(wanted);
  EXPECT_EQ(state(), wanted.take());

  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = "later";
  alert.class_code = "dispute";
  alert.category = "dispute";
  alert.area = "wuma";
  alert.reported_at = {intake_->state().bus_time, 480};
  MsgpackWriter payload;
  encode(alert, payload);
  bus::NewEvent event;
  event.subject = kAlertReceived;
  event.payload = payload.bytes();
  event.id.bytes[0] = 2;
  std::optional<Offset> asked;
  const auto taken = intake_->publish(
      event, std::nullopt, [&](const Result<bus::Acked>& acked) { asked = acked.value().offset; });
  ASSERT_TRUE(taken.ok());
  wait([&] { return asked && host_->acknowledged_cut() >= *asked; });
  EXPECT_EQ(decided_, 1U);
  wait([this] { return host_->drain(); });
  const RecordedFacts after = on_the_log();
  EXPECT_EQ(after.decisions, recorded_facts().decisions + 1) << "the one that is new";
}

}  // namespace
}  // namespace lamplight::inner::test
