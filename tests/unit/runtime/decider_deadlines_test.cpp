// Very many deadlines at once: each is answered once, oldest first, a frame at a time, and whoever asks meanwhile is answered
// in between.
#include "decider_fixture.hpp"

#include <gmock/gmock.h>

#include <set>

namespace lamplight::runtime {
namespace {

using testing::DeciderFixture;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::uint32_t kAlarmsAnAsk = 2'500;
constexpr std::string_view kTimeReached = "control.ledger.time_reached";

/// (due, id): the order in which deadlines are answered.
using Alarm = std::pair<TimeUs, Id16>;

Alarm alarm_in(Bytes payload) {
  MsgpackReader in(payload);
  (void)in.array();
  const TimeUs due{in.sint()};
  return {due, Id16::from(in.bin())};
}

/// Sets 2,500 alarms on each "alarms", at three instants in turn a minute ahead; answers "ask" with one note. Rings alarms as
/// many as fit.
class Alarms final : public Decider {
 public:
  void evolve(const Event& event) override {
    if (event.subject == "ledger.set") alarms_.insert(alarm_in(event.payload));
    if (event.subject == "ledger.fired") alarms_.erase(alarm_in(event.payload));
  }
  void decide(const Event& input, Outbox& out) const override {
    if (input.subject == kTimeReached) return ring(input.time, out);
    if (!as_text(input.payload).starts_with("alarms")) return out.add("ledger.noted", 1, {});
    for (std::uint32_t i = 0; i < kAlarmsAnAsk; ++i) {
      const std::int64_t due = input.time.value + 60 * kSecond + i % 3;
      say(out, "ledger.set", {TimeUs{due}, out.next_id()});
    }
  }
  std::optional<TimeUs> next_due() const override {
    return alarms_.empty() ? std::nullopt : std::optional(alarms_.begin()->first);
  }
  void save(SnapshotWriter& out) const override {
    out.array(static_cast<std::uint32_t>(alarms_.size()));
    for (const auto& [due, id] : alarms_) {
      out.sint(due.value);
      out.bin(id.span());
    }
  }
  void load(SnapshotReader& in) override {
    for (std::uint32_t left = in.array(); left > 0 && in.ok(); --left) {
      const TimeUs due{in.sint()};
      alarms_.emplace(due, Id16::from(in.bin()));
    }
  }
  std::uint32_t newest_schema(std::string_view) const override { return 1; }
  std::uint32_t state_version() const override { return 1; }
  std::uint32_t rules_version() const override { return 1; }
  [[nodiscard]] std::size_t pending() const { return alarms_.size(); }

 private:
  static void say(Outbox& out, std::string_view subject, const Alarm& alarm) {
    MsgpackWriter payload;
    payload.array(2);
    payload.sint(alarm.first.value);
    payload.bin(alarm.second.span());
    out.add(subject, 1, payload.bytes());
  }
  void ring(TimeUs now, Outbox& out) const {
    for (const Alarm& alarm : alarms_) {
      if (alarm.first > now || !out.fits("ledger.fired", 64)) return;
      say(out, "ledger.fired", alarm);
    }
  }

  std::set<Alarm> alarms_;
};

/// What the log says of alarms: set, and rung in which order.
struct Told {
  std::set<Alarm> set;
  std::vector<Alarm> rung;
  std::map<Offset, std::size_t> rung_by_cause;
  std::uint64_t notes = 0;
  std::uint64_t notes_between = 0;  ///< said after the first alarm rang and before the last one did
};

class Deadlines : public DeciderFixture {
 protected:
  static constexpr std::size_t kAsks = 40;
  static constexpr std::size_t kAll = kAsks * kAlarmsAnAsk;

  std::unique_ptr<Instance> with_alarms() {
    auto one = instance(4096);
    one->make = [] { return std::make_unique<Alarms>(); };
    return one;
  }
  [[nodiscard]] static std::size_t pending(const Instance& one) {
    return decider_as<Alarms>(*one.host).pending();
  }
  void set_alarms(Instance& one) {
    start(one);
    run();
    for (std::size_t i = 0; i < kAsks; ++i) {
      ask("alarms " + std::to_string(i));
      run();
    }
    ASSERT_EQ(pending(one), kAll);
    ASSERT_EQ(count("ledger.fired"), 0U);
  }
  /// Somebody asks whenever the state has moved, as long as alarms ring.
  void ask_meanwhile(Instance& one) {
    one.host->on_evolved([this, &one] {
      if (pending(one) > 0 && pending(one) < kAll)
        ask("something else " + std::to_string(++asked_));
    });
  }
  void step_clocks(std::int64_t us) {
    now_.monotonic_us += us;
    now_.wall = now_.wall.plus_us(us);
    core_->tick(now_);
  }
  [[nodiscard]] Told told() {
    Told out;
    std::uint64_t notes_since = 0;
    auto reader = log_.read(Offset{1}).value();
    while (const auto batch = reader->next().value()) {
      log::for_each_event(*batch, [&](const Event& event) {
        if (event.subject == "ledger.set") out.set.insert(alarm_in(event.payload));
        if (event.subject == "ledger.noted") {
          ++out.notes;
          if (!out.rung.empty()) ++notes_since;
        }
        if (event.subject != "ledger.fired") return;
        out.rung.push_back(alarm_in(event.payload));
        ++out.rung_by_cause[event.cause];
        out.notes_between = notes_since;
      });
    }
    return out;
  }
  void expect_each_once_and_oldest_first(const Told& told) const {
    EXPECT_EQ(told.set.size(), kAll);
    ASSERT_EQ(told.rung.size(), kAll) << "each alarm rings once";
    EXPECT_TRUE(std::equal(told.rung.begin(), told.rung.end(), told.set.begin(), told.set.end()))
        << "oldest first, by (due, id), over all frames";
    for (const auto& [cause, n] : told.rung_by_cause)
      EXPECT_LE(n, std::size_t{kMaxStepOutputs}) << "on " << cause.value;
    EXPECT_EQ(told.rung_by_cause.size(), (kAll + kMaxStepOutputs - 1) / kMaxStepOutputs)
        << "a frame is filled before the clock is asked again";
    EXPECT_EQ(told.notes, asked_);
    EXPECT_GT(told.notes_between, 10U) << "nobody waits until all alarms have rung";
  }

  std::uint64_t asked_ = 0;
};

TEST_F(Deadlines, AHundredThousandDueAtOnceAreEachAnsweredOnceOldestFirst) {
  const auto one = with_alarms();
  set_alarms(*one);
  ask_meanwhile(*one);
  step_clocks(2 * 60 * kSecond);
  live_through(3 * kSecond);

  ASSERT_TRUE(one->host->live()) << one->host->why_not_live();
  EXPECT_EQ(pending(*one), 0U);
  expect_each_once_and_oldest_first(told());
  const std::size_t asked = count(std::string(kTimeReached));
  live_through(3 * kSecond);
  EXPECT_EQ(count(std::string(kTimeReached)), asked) << "and the clock is asked no more";
}

TEST_F(Deadlines, AfterThreeDaysDownTheyAreAnsweredOnceBesideWhatWasAskedSince) {
  const auto one = with_alarms();
  set_alarms(*one);
  end(*one);
  step_clocks(3 * kDay);
  for (int i = 0; i < 100; ++i) ask("something else " + std::to_string(++asked_));
  start(*one);
  ask_meanwhile(*one);
  live_through(5 * kSecond);

  ASSERT_TRUE(one->host->live()) << one->host->why_not_live();
  EXPECT_EQ(pending(*one), 0U);
  expect_each_once_and_oldest_first(told());
}

TEST_F(Deadlines, AKillAmongThemLeavesNoneOutAndAnswersNoneTwice) {
  const auto one = with_alarms();
  set_alarms(*one);
  step_clocks(2 * 60 * kSecond);
  one->host->on_evolved([&] { one->cut_off |= pending(*one) < kAll / 2; });
  live_through(3 * kSecond);
  ASSERT_GT(pending(*one), 0U) << "it dies among them";
  end(*one);
  live_through(4 * kSecond);

  start(*one);
  ask_meanwhile(*one);
  live_through(5 * kSecond);
  EXPECT_EQ(pending(*one), 0U);
  expect_each_once_and_oldest_first(told());
}

}  // namespace
}  // namespace lamplight::runtime
