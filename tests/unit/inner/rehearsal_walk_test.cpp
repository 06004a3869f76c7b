// Rehearsals of long random histories: by their own rules they differ in nothing, by others no case goes astray.
#include "model_walk.hpp"
#include "tape.hpp"

namespace lamplight::inner::test {
namespace {

constexpr std::uint64_t kInputs = 40'000;

class RehearsedWalk : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  RehearsedWalk() : walk_(GetParam(), kTable), tape_(walk_.bench()) {
    walk_.publish_rules();  // the walk had some before the tape began
    for (std::uint64_t i = 0; i < kInputs; ++i) {
      if (i == kInputs / 2) walk_.publish_rules();
      if (!walk_.step()) ADD_FAILURE() << walk_.difference();
    }
  }
  RehearsalSummary rehearse_by(RehearsalOptions options) {
    options.on_difference = [this](const StepDifference& difference) {
      if (first_.empty()) {
        first_ = std::to_string(difference.offset.value) + " " + std::string(difference.input) +
                 " kinds " + std::to_string(difference.kinds);
      }
    };
    recorded_ = std::make_unique<InnerDecider>();
    rehearsal_ = std::make_unique<Rehearsal>(*recorded_, std::move(options));
    return rehearse(tape_, *recorded_, *rehearsal_);
  }

  Walk walk_;
  Tape tape_;
  std::unique_ptr<InnerDecider> recorded_;
  std::unique_ptr<Rehearsal> rehearsal_;
  std::string first_;  ///< difference
};

TEST_P(RehearsedWalk, ByTheLogsOwnRulesNothingDiffers) {
  const RehearsalSummary summary = rehearse_by({});
  EXPECT_EQ(summary.inputs, tape_.inputs());
  EXPECT_EQ(summary.differences, 0U) << first_;
  EXPECT_EQ(summary.missed.was, summary.missed.would);
  EXPECT_GT(summary.missed.was, 100U) << "deadlines are missed in such a life";
}

TEST_P(RehearsedWalk, ByTheRulesThatWereInForceNothingDiffers) {
  const auto published = tape_.published("inner");
  ASSERT_GE(published.size(), 2U);
  for (std::size_t i = 0; i < published.size(); ++i) {
    RehearsalOptions options;
    options.documents = {{"inner", "# the same, said anew\n" + published[i].second}};
    options.from.offset = published[i].first.next();
    if (i + 1 < published.size()) options.to.offset = published[i + 1].first;
    const RehearsalSummary summary = rehearse_by(std::move(options));
    EXPECT_GT(summary.inputs, 0U);
    EXPECT_FALSE(summary.version) << "they say the same";
    EXPECT_EQ(summary.differences, 0U) << "version " << i + 1 << ": " << first_;
  }
}

TEST_P(RehearsedWalk, ByOtherRulesEachCaseStandsAsItDidAndHasATimerWhileItIsOpen) {
  RehearsalOptions options;
  options.documents = {{"inner", std::string(default_rules())}};
  const RehearsalSummary summary = rehearse_by(std::move(options));

  EXPECT_EQ(recorded_->book().cases().size(), walk_.cases());
  std::uint64_t published = 0;
  for (const auto& [subject, counts] : summary.published) published += counts.was;
  EXPECT_EQ(published, tape_.outputs());
  EXPECT_GT(summary.differences, kInputs / 10);
  EXPECT_GT(summary.sooner, 0U);
  EXPECT_GT(summary.later, 0U);
  EXPECT_GT(summary.newly_missed, 0U);
  EXPECT_GT(summary.no_longer_missed, 0U);
  EXPECT_EQ(summary.missed.was + summary.newly_missed,
            summary.missed.would + summary.no_longer_missed);

  std::size_t open = 0;
  const auto& was = recorded_->book().cases();
  const auto& would = rehearsal_->book().cases();
  ASSERT_EQ(was.size(), would.size());
  for (std::size_t i = 0; i < was.size(); ++i) {
    ASSERT_EQ(was[i].id, would[i].id);
    ASSERT_EQ(was[i].state, would[i].state);
    ASSERT_EQ(was[i].version, would[i].version);
    ASSERT_EQ(was[i].severity, would[i].severity);
    ASSERT_EQ(was[i].repeats, would[i].repeats);
    ASSERT_EQ(was[i].grounds, would[i].grounds);
    ASSERT_EQ(was[i].barred.size(), would[i].barred.size());
    ASSERT_EQ(was[i].since, would[i].since);
    ASSERT_EQ(recorded_->book().text(was[i].owner), rehearsal_->book().text(would[i].owner));
    if (is_open(was[i].state)) ++open;
  }
  EXPECT_EQ(rehearsal_->book().timers().size(), open);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RehearsedWalk, ::testing::Values(1, 20'260'302, 77));

}  // namespace
}  // namespace lamplight::inner::test
