// An older build behind decisions of a newer one that it cannot read: it stops before them, and passes over none.
#include <gmock/gmock.h>

#include "decider_fixture.hpp"
#include "runtime/decider_replay.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::AllOf;
using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;

/// The first build notes every input. The second says more of some, with another schema, and splits others.
class Build final : public Decider {
 public:
  explicit Build(std::uint32_t version) : version_(version) {}
  void evolve(const Event& event) override { ++(event.offset.value != 0 ? inputs : outputs); }
  void decide(const Event& input, Outbox& out) const override {
    const std::string_view asked = as_text(input.payload);
    if (version_ > 1 && asked.starts_with("split")) out.add("ledger.split", 1, input.payload);
    else out.add("ledger.noted", asked.starts_with("more") ? version_ : 1, input.payload);
  }
  void save(SnapshotWriter& out) const override {
    out.uint(inputs);
    out.uint(outputs);
  }
  void load(SnapshotReader& in) override {
    inputs = in.uint();
    outputs = in.uint();
  }
  std::uint32_t newest_schema(std::string_view own_subject) const override {
    if (own_subject == "ledger.noted") return version_;
    return own_subject == "ledger.split" && version_ > 1 ? 1 : 0;
  }
  std::uint32_t state_version() const override { return version_; }
  std::uint32_t rules_version() const override { return 10 + version_; }
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;

 private:
  std::uint32_t version_;
};

class Downgrade : public DeciderFixture {
 protected:
  Downgrade() { options_of_replay_.service = "ledger"; }

  /// Both builds have decided one after the other; the inputs are those of the second.
  void decided_by_both(const std::vector<std::string>& inputs) {
    run_build(1);
    ask_many(0, 5);
    live_through(2 * kSecond);
    leave();
    run_build(2);
    ASSERT_TRUE(one_->host->live()) << one_->host->why_not_live();
    for (const std::string& input : inputs) ask(input);
    live_through(2 * kSecond);
    leave();
  }
  void run_build(std::uint32_t version) {
    one_->make = [version] { return std::make_unique<Build>(version); };
    start(*one_);
    live_through(4 * kSecond);
  }
  void leave() {
    while (!one_->host->drain()) run();
    end(*one_);
  }
  void hand_over() {
    hello("O", "operator", 0, 77);
    say("O", bus::wire::HandOver{1, bus::test::key(7), "ledger"});
    run();
  }
  [[nodiscard]] Offset last_of(const std::string& payload) {
    for (const auto& got : on_the_log()) {
      if (got.payload == payload) return Offset{got.offset};
    }
    return {};
  }
  [[nodiscard]] const Build& build() const { return decider_as<Build>(*one_->host); }

  std::unique_ptr<Instance> one_ = instance(16);
  ReplayOptions options_of_replay_;
};

TEST_F(Downgrade, ASchemaThatTheBuildDoesNotKnowHaltsBeforeItsCauseAlsoAfterAHandOver) {
  decided_by_both({"plain", "more of this", "plain as well"});
  hand_over();
  const Offset cause = last_of("more of this");

  run_build(1);

  EXPECT_EQ(one_->host->state(), DeciderState::kHalted);
  EXPECT_THAT(one_->host->why_not_live(),
              AllOf(HasSubstr("halted at offset " + std::to_string(cause.value) + ":"),
                    HasSubstr("ledger.noted"), HasSubstr("has schema 2"),
                    HasSubstr("reads it up to 1"), HasSubstr("by rules 12 and state 2"),
                    HasSubstr("of rules 11 and state 1"), HasSubstr("run that build or a later")));
  EXPECT_EQ(metric(*one_, "lamplight_service_halted_offset{service=\"ledger\"}"),
            std::to_string(cause.value));
  EXPECT_EQ(build().inputs, 6U) << "read as of before it";
  EXPECT_EQ(build().outputs, 6U) << "with all that was decided on what lies before";
  EXPECT_EQ(one_->host->cut(), Offset{cause.value - 1});
}

TEST_F(Downgrade, WhatItDoesNotKnowIsNeverDecidedAgainAndTheNewerBuildGoesOn) {
  decided_by_both({"more of this", "plain"});
  hand_over();
  const std::size_t noted = count("ledger.noted");

  run_build(1);
  ask("for whoever decides next");
  live_through(10 * kSecond);
  EXPECT_EQ(count("control.ledger.started"), 2U) << "it takes no epoch";
  EXPECT_EQ(count("ledger.noted"), noted);
  EXPECT_EQ(build().inputs, 5U);
  leave();

  run_build(2);
  EXPECT_TRUE(one_->host->live()) << one_->host->why_not_live();
  EXPECT_EQ(count("ledger.noted"), noted + 1);
  EXPECT_EQ(build().inputs, 8U);
  EXPECT_EQ(build().outputs, 8U);
}

TEST_F(Downgrade, ASubjectThatTheBuildDoesNotKnowHalts) {
  decided_by_both({"plain", "split this"});
  hand_over();
  run_build(1);
  EXPECT_EQ(one_->host->state(), DeciderState::kHalted);
  EXPECT_THAT(one_->host->why_not_live(),
              AllOf(HasSubstr("ledger.split"), HasSubstr("this build knows no such output"),
                    HasSubstr("run that build or a later")));
}

TEST_F(Downgrade, AnOlderStandbyFollowsTheNewerBuildAsFarAsItReads) {
  run_build(2);
  auto standby = instance(16);
  standby->make = [] { return std::make_unique<Build>(1); };
  start(*standby);
  ask("plain");
  live_through(2 * kSecond);
  EXPECT_EQ(standby->host->state(), DeciderState::kFollower);
  EXPECT_EQ(decider_as<Build>(*standby->host).outputs, 1U);

  ask("more of this");
  live_through(2 * kSecond);
  EXPECT_EQ(standby->host->state(), DeciderState::kHalted);
  EXPECT_EQ(decider_as<Build>(*standby->host).inputs, 1U);
  bool answered = false;
  standby->host->when_acknowledged([&](const Result<Offset>& cut) { answered = cut.ok(); });
  EXPECT_TRUE(answered) << "reads before it are answered";
  EXPECT_TRUE(one_->host->live());
}

TEST_F(Downgrade, AReplayFromTheFolderIsRefused) {
  decided_by_both({"plain", "more of this"});
  options_of_replay_.subjects = {"ledger.asked"};
  const auto open = [this] { return log_.read(Offset{1}); };

  Build older(1);
  const auto refused = replay_decider(open, older, options_of_replay_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kUnsupported);
  EXPECT_THAT(refused.error().message(), AllOf(HasSubstr("has schema 2"), HasSubstr("rules 12")));
  EXPECT_EQ(older.inputs, 6U);

  options_of_replay_.as_of = {last_of("more of this").value - 1};
  Build before(1);
  EXPECT_TRUE(replay_decider(open, before, options_of_replay_).ok()) << "as of before it";
}

}  // namespace
}  // namespace lamplight::runtime
