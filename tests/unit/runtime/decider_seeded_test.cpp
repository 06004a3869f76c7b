// A past campaign on a seeded log is decided in its own time, deadlines among it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/control.hpp"
#include "decider_fixture.hpp"
#include "model/msgpack_reader.hpp"
#include "unit/bus/decider_fixture.hpp"

namespace lamplight::runtime::testing {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBegan = 1'600'000'000'000'000;

class SeededDecider : public DeciderFixture {
 protected:
  SeededDecider() : DeciderFixture(true) {}

  struct Fired {
    TimeUs due;
    TimeUs at;
  };
  std::vector<Fired> fired() {
    std::vector<Fired> all;
    auto reader = log_.read(Offset{1}).value();
    while (const auto batch = reader->next().value()) {
      log::for_each_event(*batch, [&](const Event& event) {
        if (event.subject != "ledger.fired") return;
        MsgpackReader in(event.payload);
        static_cast<void>(in.array());
        all.push_back({TimeUs{in.sint()}, event.time});
      });
    }
    return all;
  }
};

class SeededWindow : public SeededDecider, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(SeededWindow, EachDeadlineFiresAtItsOwnTimeHoweverFastTheCampaignComes) {
  auto one = instance(GetParam());
  start(*one);
  run();
  ASSERT_TRUE(one->host->live());
  for (int i = 0; i < 200; ++i) ask_at(TimeUs{kBegan + i * 700'000}, "ask " + std::to_string(i));
  run();
  live_through(2 * kSecond);
  ask_at(TimeUs{kBegan + 1'000 * kSecond}, "long after");
  run();
  live_through(2 * kSecond);

  const auto all = fired();
  EXPECT_GT(all.size(), 20U);
  for (const Fired& one_fired : all) EXPECT_EQ(one_fired.at, one_fired.due);
  EXPECT_EQ(answers_.size(), 201U) << "nothing waits";
  const auto told = history();
  EXPECT_EQ(one->ledger().digest(), told.digest_at(one->host->cut()));
  EXPECT_LE(one->ledger().deadlines(), 1U) << "but for one that the last may have set";
}

TEST_P(SeededWindow, AQuietSeededLogStaysQuiet) {
  auto one = instance(GetParam());
  start(*one);
  run();
  ask_at(TimeUs{kBegan}, "ask");
  ask_at(TimeUs{kBegan + 60 * kSecond}, "ask again");
  run();
  live_through(5 * kSecond);
  const Offset head = log_.head();
  live_through(10 * kSecond);
  EXPECT_EQ(log_.head(), head);
}

INSTANTIATE_TEST_SUITE_P(Windows, SeededWindow, ::testing::Values(1U, 4096U));

TEST_F(SeededDecider, TwoDecidersDoNotAnswerEachOtherForEver) {
  auto first = instance();
  start(*first);
  run();
  hello("X", "other", 2, 9);
  say("X", bus::wire::Publish{1},
      bus::test::control_frame("other", 1, {1, 0, 0}, bus::ControlVerb::kStarted));
  run();
  ask_at(TimeUs{kBegan}, "waits for the other");
  run();
  live_through(2 * kSecond);
  const Offset head = log_.head();
  live_through(5 * kSecond);
  EXPECT_EQ(log_.head(), head) << "what it has said once it does not say again";
  EXPECT_EQ(count("ledger.asked"), 0U);
}

}  // namespace
}  // namespace lamplight::runtime::testing
