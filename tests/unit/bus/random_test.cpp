// Many seeds of one publisher and one consumer over a line that breaks, a bus that loses its power, dedupe keys that
// repeat and a log that is sometimes full: every event answered once and in order, on the log once, delivered once.

#include <random>

#include "client_fixture.hpp"

namespace lamplight::bus::test {
namespace {

class AnyHistory : public ClientFixture, public testing::WithParamInterface<int> {
 protected:
  void step(std::mt19937& random, Line& intake, Line& tally) {
    const auto chance = [&random](unsigned percent) { return random() % 100 < percent; };
    for (auto n = random() % 6; n > 0; --n) publish_one(random, intake);
    if (chance(30)) intake.core().flush();
    intake.core().end_of_round();
    if (chance(70)) to_bus(intake);
    if (chance(20)) log_.disk_full = chance(50);
    if (core_->wants_sync() && !under_way_ && chance(60)) under_way_ = begin_sync();
    if (under_way_ && chance(60)) end_sync(std::move(under_way_));
    if (chance(70)) to_client(intake);
    if (chance(50)) {
      to_bus(tally);
      pump();
      to_client(tally);
    }
    if (chance(3)) intake.open(now_);
    if (chance(3)) tally.open(now_);
    if (chance(2)) {
      under_way_.reset();
      restart();
    }
    if (chance(50)) tick(intake, tally, 150'000);
  }
  void tick(Line& intake, Line& tally, std::int64_t us) {
    pass(us);
    for (Line* line : {&intake, &tally}) {
      line->core().tick(now_.monotonic_us);
      if (line->core().wants_reconnect()) line->open(now_);
    }
  }
  void publish_one(std::mt19937& random, Line& intake) {
    const std::string payload = std::to_string(published_);
    std::optional<Id16> dedupe;
    if (random() % 3 == 0) dedupe = key(static_cast<std::uint8_t>(random() % 40));
    if (put(intake, payload, dedupe)) ++published_;
  }

  std::unique_ptr<log::PendingSync> under_way_;
  int published_ = 0;
};

TEST_P(AnyHistory, LosesNothingDoublesNothingKeepsOrder) {
  for (int seed = GetParam() * 50; seed < (GetParam() + 1) * 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    core_.reset();
    log_ = MemoryLog();
    log_.gather_limit = 2000;
    transport_.sent.clear();
    answers_.clear();
    published_ = 0;
    start();
    const auto intake = line("intake");
    const auto tally = line("tally", Role::kFollower, 2);
    std::vector<Got> got;
    tally->core().subscribe({}, [&got](const Delivery& delivery) {
      for (const Event& e : *delivery.events)
        got.push_back({e.offset.value, std::string(as_text(e.payload))});
    });

    for (int i = 0; i < 200; ++i) step(random, *intake, *tally);
    log_.disk_full = false;
    if (under_way_) end_sync(std::move(under_way_));
    for (int i = 0; i < 60; ++i) {
      tick(*intake, *tally, 200'000);
      settle(*intake);
      settle(*tally);
    }

    // Each answer names its event's own place, or for a known key that of the key's event.
    const auto log = on_the_log();
    ASSERT_EQ(answers_.size(), static_cast<std::size_t>(published_));
    std::size_t fresh = 0;
    for (int i = 0; i < published_; ++i) {
      const std::string& answer = answers_[static_cast<std::size_t>(i)];
      const auto mark = answer.find_first_of("@=!");
      ASSERT_EQ(answer.substr(0, mark), std::to_string(i)) << "in publish order";
      ASSERT_NE(answer[mark], '!') << answer;
      if (answer[mark] != '@') continue;
      ASSERT_LT(fresh, log.size());
      ASSERT_EQ(log[fresh], (Got{std::stoull(answer.substr(mark + 1)), std::to_string(i)}));
      ++fresh;
    }
    ASSERT_EQ(fresh, log.size()) << "nothing else is on the log";
    ASSERT_EQ(got, log);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHistory, testing::Range(0, 8));

}  // namespace
}  // namespace lamplight::bus::test
