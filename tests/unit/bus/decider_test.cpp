// Who may decide under a name, and which frames of a decider go onto the log.
#include "decider_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint8_t kDecider = 2;
constexpr std::int64_t kSecond = 1'000'000;

/// Six alerts lie on the log; instance A of `inner` has said HELLO.
class DeciderTest : public BusFixture {
 protected:
  DeciderTest() {
    hello("E", "intake");
    publish("E", 1, frame("intake", 1, {{"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}}));
    sync();
    hello("A", "inner", kDecider, 1);
  }
  /// What became of a frame: "ack 7", "dup 7" or the refusal's code.
  std::string send(const PeerId& peer, const std::string& bytes) {
    publish(peer, ++tag_, bytes);
    sync();
    for (const auto& entry : acks(peer))
      return (entry.duplicate ? "dup " : "ack ") + std::to_string(entry.first_offset.value);
    for (const auto& refused : take<wire::Refused>(peer)) {
      last_ = refused;
      return refused.code;
    }
    return "no answer";
  }
  std::string start(const PeerId& peer, std::uint64_t seq, const Stand& stand) {
    return send(peer, control_frame("inner", seq, stand, ControlVerb::kStarted));
  }
  wire::Refused last_;
  std::uint64_t tag_ = 0;
};

TEST_F(DeciderTest, DecidesInTheEpochThatItStarted) {
  EXPECT_EQ(start("A", 1, {1, 0, 0}), "ack 7");
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}, {1}, {2}})), "ack 8");
  EXPECT_EQ(send("A", decided_frame("inner", 5, {1, 2, 6}, {{5}})), "ack 11");
  EXPECT_EQ(send("A", control_frame("inner", 6, {1, 6, 8}, ControlVerb::kProgressed)), "ack 12");
  EXPECT_EQ(send("A", control_frame("inner", 7, {1, 8, 8}, ControlVerb::kStopped)), "ack 13");
}

TEST_F(DeciderTest, WithoutAnEpochNothingIsTaken) {
  EXPECT_EQ(send("A", decided_frame("inner", 1, {1, 0, 2}, {{1}})), "fenced");
  EXPECT_EQ(send("A", decided_frame("inner", 1, {0, 0, 0}, {{1}})), "forbidden");
  EXPECT_EQ(start("A", 1, {2, 0, 0}), "fenced") << "the first epoch is 1";
  EXPECT_EQ(log_.head(), Offset{6});
  EXPECT_EQ(observer_.refusals["fenced"], 2U);
}

TEST_F(DeciderTest, ALostFrameLeavesNoHole) {
  start("A", 1, {1, 0, 0});
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 2, 3}, {{3}})), "out_of_order");
  EXPECT_EQ(last_.expected, Seq{2});
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 0, 3}, {{3}})), "out_of_order") << "its number";
  EXPECT_EQ(log_.head(), Offset{7});
}

TEST_F(DeciderTest, CausesRiseFromPrevToThrough) {
  start("A", 1, {1, 0, 0});
  send("A", decided_frame("inner", 2, {1, 0, 2}, {{2}}));
  for (const auto& causes :
       std::vector<std::vector<Decided>>{{{2}, {3}}, {{4}, {3}}, {{3}, {5}}, {{0}}}) {
    EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 2, 4}, causes)), "invalid");
    EXPECT_TRUE(last_.index) << "says which event";
  }
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 2, 99}, {{3}})), "invalid") << "beyond the log";
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 2, 1}, {{1}})), "invalid");
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 2, 4}, {{3}, {3}, {4}})), "ack 9");
}

TEST_F(DeciderTest, ControlFramesKeepTheirForms) {
  start("A", 1, {1, 0, 0});
  const auto control = [](ControlVerb verb) { return control_subject("inner", verb); };
  EXPECT_EQ(send("A", control_frame("inner", 2, {1, 0, 0}, ControlVerb::kProgressed)), "invalid");
  EXPECT_EQ(
      send("A", decided_frame("inner", 2, {1, 0, 3}, {{2, "", control(ControlVerb::kProgressed)}})),
      "invalid");
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 3},
                                    {{2}, {3, "", control(ControlVerb::kProgressed)}})),
            "forbidden")
      << "a control event stands alone in its frame";
  EXPECT_EQ(start("A", 2, {2, 0, 3}), "invalid") << "'started' decides nothing";
}

TEST_F(DeciderTest, TheSameBytesAgainAreAcknowledgedWhereTheyLieAlsoOfAnEpochThatIsOver) {
  const std::string first = decided_frame("inner", 2, {1, 0, 2}, {{1}, {2}});
  start("A", 1, {1, 0, 0});
  send("A", first);
  EXPECT_EQ(send("A", first), "dup 8");
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}, {2, "other"}})), "out_of_order");

  start("A", 4, {2, 2, 2});
  EXPECT_EQ(send("A", first), "dup 8");
  EXPECT_EQ(send("A", decided_frame("inner", 5, {1, 2, 3}, {{3}})), "fenced");
}

TEST_F(DeciderTest, ASecondLiveInstanceIsRefusedAndToldSo) {
  start("A", 1, {1, 0, 0});
  hello("B", "inner", kDecider, 2);

  EXPECT_EQ(start("B", 2, {2, 0, 0}), "held");

  EXPECT_THAT(last_.message, HasSubstr("another instance of inner decides, in epoch 1"));
  EXPECT_EQ(observer_.refusals["held"], 1U);
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}})), "ack 8") << "A is unharmed";
}

TEST_F(DeciderTest, AHolderThatIsSilentForThreeSecondsIsFollowed) {
  start("A", 1, {1, 0, 0});
  hello("B", "inner", kDecider, 2);
  pass(2 * kSecond);
  say("A", wire::ClientHeartbeat{});
  pass(2 * kSecond);
  EXPECT_EQ(start("B", 2, {2, 0, 0}), "held");
  pass(kSecond);
  EXPECT_EQ(start("B", 2, {2, 0, 0}), "ack 8");

  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 0, 2}, {{1}})), "fenced") << "a zombie";
}

TEST_F(DeciderTest, AHolderThatSaidStoppedIsFollowedAtOnceAndSaysNothingMore) {
  start("A", 1, {1, 0, 0});
  hello("B", "inner", kDecider, 2);
  EXPECT_EQ(send("A", control_frame("inner", 2, {1, 0, 4}, ControlVerb::kStopped)), "ack 8");
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 4, 5}, {{5}})), "fenced");

  EXPECT_EQ(start("B", 3, {2, 4, 4}), "ack 9");
}

TEST_F(DeciderTest, AnOperatorHandsOver) {
  start("A", 1, {1, 0, 0});
  hello("B", "inner", kDecider, 2);
  hello("O", "operator", 0, 3);

  say("O", wire::HandOver{5, key(5), "inner"});
  sync();

  ASSERT_THAT(acks("O"), SizeIs(1));
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}})), "ack 9") << "until B starts";
  EXPECT_EQ(start("B", 3, {2, 2, 2}), "ack 10");
  EXPECT_EQ(send("A", decided_frame("inner", 4, {1, 2, 3}, {{3}})), "fenced");
  EXPECT_EQ(start("A", 4, {3, 2, 2}), "held") << "once is enough";
  say("O", wire::HandOver{6, key(6), "nobody"});
  EXPECT_EQ(take<wire::Refused>("O").at(0).code, "invalid");
}

TEST_F(DeciderTest, AnOrderThatComesAgainIsOneOrder) {
  start("A", 1, {1, 0, 0});
  hello("O", "operator", 0, 3);
  say("O", wire::HandOver{5, key(5), "inner"});
  sync();
  const auto first = acks("O");
  restart();
  hello("O", "operator", 0, 4);
  say("O", wire::HandOver{5, key(5), "inner"});
  sync();
  const auto again = acks("O");

  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].first_offset, first[0].first_offset);
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_EQ(log_.head(), first[0].first_offset);
}

TEST_F(DeciderTest, WhoDecidesIsRebuiltFromTheLog) {
  start("A", 1, {1, 0, 0});
  send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}}));

  restart();

  hello("B", "inner", kDecider, 2);
  EXPECT_EQ(start("B", 3, {2, 2, 2}), "held") << "the holder has three seconds to come back";
  say("A", wire::Hello{1, "inner", kDecider, key(1), false, Offset{7}});
  EXPECT_EQ(take<wire::Welcome>("A").at(0).epoch, 1U);
  pass(2 * kSecond);
  say("A", wire::ClientHeartbeat{});
  pass(2 * kSecond);
  EXPECT_EQ(start("B", 3, {2, 2, 2}), "held") << "and has, known by the offset of its 'started'";
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 1, 3}, {{3}})), "out_of_order");
  EXPECT_EQ(send("A", decided_frame("inner", 3, {1, 2, 3}, {{3}})), "ack 9");
  send("A", control_frame("inner", 4, {1, 3, 3}, ControlVerb::kStopped));

  restart();

  hello("B", "inner", kDecider, 2);
  EXPECT_EQ(start("B", 5, {2, 3, 3}), "ack 11") << "'stopped' is remembered";
}

TEST_F(DeciderTest, ControlSubjectsAreToldByWhomTheyAreAbout) {
  hello("C", "inner/clock", 1, 4);
  hello("X", "inner/edge", 1, 5);
  const auto say_as = [this](const PeerId& peer, const std::string& name, std::uint64_t seq,
                             const std::string& subject) {
    return send(peer, frame(name, seq, {{"", subject}}));
  };
  EXPECT_EQ(say_as("C", "inner/clock", 1, "control.inner.time_reached"), "ack 7");
  EXPECT_EQ(say_as("C", "inner/clock", 2, "control.outer.time_reached"), "forbidden");
  EXPECT_EQ(say_as("C", "inner/clock", 2, "control.inner.stopped"), "forbidden");
  EXPECT_EQ(say_as("C", "inner/clock", 2, "inner.assessed"), "forbidden") << "a clock tells time";
  EXPECT_EQ(say_as("X", "inner/edge", 1, "control.inner.time_reached"), "forbidden");
  EXPECT_EQ(say_as("X", "inner/edge", 1, "control.inner.started"), "forbidden");
  EXPECT_EQ(say_as("X", "inner/edge", 1, "inner.feedback_submitted"), "ack 8");
  start("A", 1, {1, 0, 0});
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 3}, {{3, "", "control.outer.progressed"}})),
            "forbidden");
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 3}, {{3, "", "control.inner.handed_over"}})),
            "forbidden");
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 3}, {{3, "", "control.log.went_live"}})),
            "forbidden");
}

TEST_F(DeciderTest, ControlEventsReachOnlyWhoSpellsThemOut) {
  start("A", 1, {1, 0, 0});
  hello("R", "reader", 0, 9);
  subscribe("R", 7, {">", "control.*.started", "control.inner.>"}, {}, wire::kMinCreditBytes, 1);
  subscribe("R", 7, {"control.inner.started"}, {"inner"}, wire::kMinCreditBytes, 2);
  pump();
  const auto got = deliveries("R");
  std::vector<std::uint32_t> with_events;
  for (const auto& delivery : got) {
    if (!delivery.events.empty()) with_events.push_back(delivery.head.subscription);
  }
  EXPECT_THAT(with_events, ElementsAre(2U));
}

TEST_F(DeciderTest, ANameIsADecidersOrAnEdgesForEver) {
  start("A", 1, {1, 0, 0});
  hello("E2", "inner", 1, 9);
  EXPECT_EQ(take<wire::ErrorMessage>("E2").at(0).code, "forbidden");
  hello("D", "intake", kDecider, 9);
  EXPECT_EQ(take<wire::ErrorMessage>("D").at(0).code, "forbidden");
  for (const char* name : {"inner/edge", "in-ner"}) {
    hello("D2", name, kDecider, 9);
    EXPECT_EQ(take<wire::ErrorMessage>("D2").at(0).code, "forbidden") << name;
  }
  hello("D3", "outer", 3, 9);
  EXPECT_EQ(take<wire::ErrorMessage>("D3").at(0).code, "unsupported");
}

TEST_F(DeciderTest, InstancesOfADeciderFenceNobodyBySayingHello) {
  start("A", 1, {1, 0, 0});
  hello("B", "inner", kDecider, 9);
  EXPECT_THAT(take<wire::ErrorMessage>("A"), IsEmpty());
  EXPECT_EQ(send("A", decided_frame("inner", 2, {1, 0, 2}, {{1}})), "ack 8");
}

}  // namespace
}  // namespace lamplight::bus::test
