// A request and its answer, through the log.
#include "runtime/request_desk.hpp"

#include <gmock/gmock.h>

#include <set>

#include "decider_fixture.hpp"

namespace lamplight::runtime {
namespace {

using test::Ledger;
using testing::DeciderFixture;
using ::testing::HasSubstr;
using testing::LineClient;

constexpr std::int64_t kSecond = 1'000'000;

class RequestDeskTest : public DeciderFixture {
 protected:
  RequestDeskTest() {
    one_ = instance();
    start(*one_);
    run();
    console_ = std::make_unique<LineClient>(line("ledger/edge"));
    open(10'000);
    while (Ledger::notes_for(as_bytes(answered_)) == 0) answered_ += "!";
    while (Ledger::notes_for(as_bytes(silent_)) != 0) silent_ += "?";
  }
  void open(std::size_t most) {
    desk_.reset();
    world_.clock.now_us = now_.monotonic_us;
    desk_ = std::make_unique<RequestDesk>(world_.clock, *console_,
                                          RequestDeskOptions{most, 5 * kSecond});
    turn();
    follow();
  }
  /// The projection: causes of what the ledger has said.
  void follow() {
    if (feed_) return;
    bus::SubscribeOptions wanted;
    wanted.subjects = {"ledger.*"};
    wanted.producers = {"ledger"};
    feed_ = console_->subscribe(std::move(wanted), [this](const bus::Delivery& delivery) {
      for (const Event& event : *delivery.events) answers_.insert(event.cause);
    });
  }
  RequestDesk::Done tell() {
    return [this](const Result<Offset>& answered, std::optional<Offset> at) {
      at_ = at;
      told_.emplace_back(answered ? "answered" : to_string(answered.error().code()));
      if (answered) {
        EXPECT_EQ(*answered, at);
      }
    };
  }
  void request(const std::string& payload, std::optional<Id16> dedupe = std::nullopt) {
    bus::NewEvent event;
    event.subject = "ledger.asked";
    event.payload = as_bytes(payload);
    event.dedupe = dedupe;
    EXPECT_TRUE(desk_->ask(event, tell()).ok());
  }
  void advance() {
    world_.clock.now_us = now_.monotonic_us;
    desk_->advance([this](Offset request) { return answers_.contains(request); });
  }
  void turn() {
    for (int i = 0; i < 4; ++i) {
      exchange(console_->line());
      run();
      advance();
    }
  }
  testing::FakeWorld world_;
  std::unique_ptr<Instance> one_;
  std::unique_ptr<LineClient> console_;
  std::unique_ptr<RequestDesk> desk_;
  std::string answered_ = "answered";
  std::string silent_ = "silent";
  std::vector<std::string> told_;
  std::optional<Offset> at_;
  std::optional<std::uint32_t> feed_;
  std::set<Offset> answers_;
};

TEST_F(RequestDeskTest, IsToldOnceTheProjectionHoldsTheAnswer) {
  request(answered_);
  exchange(console_->line());
  run();
  advance();
  EXPECT_THAT(told_, ::testing::IsEmpty()) << "decided, and not read yet";
  turn();
  EXPECT_THAT(told_, ::testing::ElementsAre("answered"));
  EXPECT_EQ(desk_->waiting(), 0U);
}

TEST_F(RequestDeskTest, AnAnswerThatOvertakesTheAcknowledgementIsNotMissed) {
  request(answered_);
  exchange(console_->line());
  sync();
  // The acknowledgement waits in the queue while the ledger decides and the answer is delivered behind it.
  auto kept = std::exchange(transport_.sent[console_->line().peer()], {});
  run();
  sync();
  pump();
  auto& sent = transport_.sent[console_->line().peer()];
  sent.insert(sent.end(), kept.begin(), kept.end());
  turn();
  EXPECT_THAT(told_, ::testing::ElementsAre("answered"));
}

TEST_F(RequestDeskTest, ARepeatWaitsForTheFirstOnesAnswer) {
  Id16 key;
  key.bytes[0] = 7;
  request(answered_, key);
  turn();
  const auto first = at_;
  request(answered_, key);
  turn();
  EXPECT_THAT(told_, ::testing::ElementsAre("answered", "answered"));
  EXPECT_EQ(at_, first);
}

TEST_F(RequestDeskTest, OneThatIsOnTheLogAlreadyCanBeAwaited) {
  request(answered_);
  turn();
  EXPECT_TRUE(desk_->await(*at_, tell()).ok());
  advance();
  EXPECT_THAT(told_, ::testing::ElementsAre("answered", "answered"));
}

TEST_F(RequestDeskTest, WhoGetsNoAnswerInTimeIsToldWhereTheRequestLies) {
  request(silent_);
  turn();
  EXPECT_EQ(desk_->waiting(), 1U);
  pass(6 * kSecond);
  turn();
  EXPECT_THAT(told_, ::testing::ElementsAre("timeout"));
  EXPECT_TRUE(at_) << "202, and where to look";
}

TEST_F(RequestDeskTest, ARequestThatTheBusRefusesIsAnsweredWithItsReason) {
  bus::NewEvent event;
  event.subject = "control.ledger.started";
  std::string why;
  ASSERT_TRUE(desk_->ask(event, [&](const Result<Offset>& answered, std::optional<Offset>) {
    why = answered.error().message();
  }));
  turn();
  EXPECT_THAT(why, HasSubstr("control subjects"));
}

TEST_F(RequestDeskTest, TooManyAtOnceAreTurnedAway) {
  open(2);
  request(silent_);
  request(silent_);
  bus::NewEvent event;
  event.subject = "ledger.asked";
  EXPECT_EQ(desk_->ask(event, {}).error().code(), Code::kOverloaded);
  EXPECT_EQ(desk_->await(Offset{1}, {}).error().code(), Code::kOverloaded);
}

}  // namespace
}  // namespace lamplight::runtime
