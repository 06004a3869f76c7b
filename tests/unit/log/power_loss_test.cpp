#include <random>

#include "base/logging.hpp"
#include "forgetful_disk.hpp"
#include "log_fixture.hpp"

namespace lamplight::log::test {
namespace {

class SteadyClock final : public Clock {
 public:
  TimeUs wall() const override { return {1}; }
  std::int64_t monotonic_us() const override { return 1'000'000; }
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : rng_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& b : out) b = static_cast<std::uint8_t>(rng_());
  }

 private:
  std::mt19937_64 rng_;
};

/// A publisher, a log and a machine that loses power; everything is a function of the seed.
class Story {
 public:
  explicit Story(std::uint64_t seed) : rng_(seed), random_(seed) {
    options_.folder = "log";
    options_.segment_bytes = 16U << 10;
    options_.recent_bytes = rng_() % 2 == 0 ? 0 : 1U << 20;
    options_.in_line = true;
    logging::init("error");  // a dying machine writes no sidecars, and says so
  }

  /// Publishes until the machine dies after `calls` changes to the disk, in the middle of whatever that is.
  void run_until_power_loss(std::uint64_t calls) {
    disk_.die_after(calls);
    auto log = start();
    while (log && !disk_.dead()) {
      gather(**log);
      if (sync(**log)) acked_ = static_cast<std::size_t>((*log)->synced().value);
      if (!disk_.dead() && rng_() % 40 == 0) {
        (void)(*log)->close();
        log.value().reset();
        log = start();
      }
    }
    ASSERT_TRUE(log || disk_.dead()) << log.error().message();
    if (log) log.value().reset();
    disk_.restart(rng_);
  }

  /// Every acknowledged event is there, in its place, and the log is whole.
  void expect_nothing_lost() {
    const auto log = start();
    ASSERT_TRUE(log) << log.error().message();
    const auto seen = drain(*(*log)->read(Offset{1}).value());
    ASSERT_TRUE(seen) << seen.error().message();
    ASSERT_EQ(seen->size(), acked_);
    for (std::size_t i = 0; i < seen->size(); ++i)
      ASSERT_EQ((*seen)[i], (Seen{i + 1, published_[i]}));
    const auto result = log::verify(disk_, options_.folder, [](const Finding& finding) {
      EXPECT_NE(finding.kind, Finding::Kind::kDamage)
          << finding.file << " byte " << finding.at << ": " << finding.what;
    });
    ASSERT_TRUE(result) << result.error().message();
    ASSERT_EQ(result->events, acked_);
    ASSERT_EQ(result->torn_bytes, 0U) << "the start has cut it";
  }

  [[nodiscard]] std::mt19937_64& rng() { return rng_; }
  [[nodiscard]] std::size_t acked() const { return acked_; }

 private:
  [[nodiscard]] Env env() { return {clock_, disk_, random_}; }

  // What was written, never acknowledged and yet found whole is on the log for good; the rest was never there.
  Result<std::unique_ptr<Log>> start() {
    auto log = log::open(env(), options_);
    if (!log) return log;
    const auto found = static_cast<std::size_t>((*log)->synced().value);
    EXPECT_GE(found, acked_) << "acknowledged, and gone";
    EXPECT_LE(found, published_.size());
    acked_ = found;
    published_.resize(found);
    now_ = std::max(now_, (*log)->last_time());
    return log;
  }

  void gather(Log& log) {
    for (std::uint64_t frames = 1 + rng_() % 4; frames > 0; --frames) {
      std::vector<std::string> payloads;
      for (std::uint64_t events = 1 + rng_() % 3; events > 0; --events) {
        payloads.push_back(std::string(rng_() % 900, static_cast<char>('a' + rng_() % 26)) +
                           std::to_string(rng_() % 1000));
      }
      if (rng_() % 3 == 0) now_ = now_.plus_us(1);  // another batch of the same sync
      if (!append(log, producer_.frame(payloads), now_)) return;
      published_.insert(published_.end(), payloads.begin(), payloads.end());
    }
  }

  std::mt19937_64 rng_;
  SteadyClock clock_;
  SeededRandom random_;
  ForgetfulDisk disk_;
  Options options_;
  Producer producer_;
  TimeUs now_{1'000};
  std::vector<std::string> published_;  // by offset, from 1; acknowledged or not
  std::size_t acked_ = 0;
};

TEST(PowerLoss, AcknowledgedEventsSurviveItAtEveryMoment) {
  std::size_t acked = 0;
  for (std::uint64_t calls = 1; calls < 400; ++calls) {
    SCOPED_TRACE("power lost with call " + std::to_string(calls));
    Story story(calls);
    ASSERT_NO_FATAL_FAILURE(story.run_until_power_loss(calls));
    ASSERT_NO_FATAL_FAILURE(story.expect_nothing_lost());
    acked += story.acked();
  }
  EXPECT_GT(acked, 10'000U) << "the stories went somewhere";
}

TEST(PowerLoss, ItMayGoAgainAndAgainDuringRecoveryToo) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Story story(1'000'000 + seed);
    for (int loss = 0; loss < 8; ++loss) {
      ASSERT_NO_FATAL_FAILURE(story.run_until_power_loss(1 + story.rng()() % 60));
      if (loss % 3 == 2) {
        ASSERT_NO_FATAL_FAILURE(story.expect_nothing_lost());
      }
    }
    ASSERT_NO_FATAL_FAILURE(story.expect_nothing_lost());
  }
}

}  // namespace
}  // namespace lamplight::log::test
