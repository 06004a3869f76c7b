// What the bus promises a consumer (DESIGN §4.1, §4.2, §4.4).

#include <limits>
#include <random>
#include <set>

#include "bus_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Delivering : public BusFixture {
 protected:
  Delivering() {
    hello("A", "intake");
    hello("R", "tally", 0, 2);
  }
  void put(const std::vector<Said>& events) {
    publish("A", 1, frame("intake", next_, events));
    next_ += events.size();
  }
  void put_and_sync(const std::vector<Said>& events) {
    put(events);
    sync();
  }
  std::uint64_t next_ = 1;
};
class Credit : public Delivering {};
class Filters : public Delivering {};
class Progress : public Delivering {};

TEST_F(Delivering, NothingIsDeliveredOrScannedBeforeItsSync) {
  subscribe("R");
  pump();
  deliveries("R");
  put({{"a"}});
  auto under_way = begin_sync();
  pump();
  pass(options_.heartbeat_us);
  EXPECT_THAT(deliveries("R"), IsEmpty());

  end_sync(std::move(under_way));
  pump();

  const auto got = deliveries("R");
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_THAT(got[0].events, ElementsAre(Got{1, "a"}));
  EXPECT_EQ(got[0].head.scanned, Offset{1});
  EXPECT_TRUE(got[0].head.batch_end);
  EXPECT_EQ(got[0].head.hash, log_.synced_hash());
  EXPECT_EQ(got[0].head.time, TimeUs{kStart});
}

TEST_F(Delivering, EveryConsumerSeesTheSameOrder) {
  hello("B", "console", 1, 3);
  hello("R2", "inner", 0, 4);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    publish("A", i, frame("intake", i, {{"a" + std::to_string(i)}}));
    publish("B", i, frame("console", i, {{"b" + std::to_string(i)}}));
    if (i % 5 == 0) sync();
    if (i == 10) subscribe("R");
    pump();
  }
  subscribe("R2");
  pump();

  const auto first = events("R");
  EXPECT_THAT(first, SizeIs(40));
  EXPECT_EQ(first, events("R2"));
}

// Between two rounds the host takes messages and sends acknowledgements.
TEST_F(Delivering, ACrowdThatCatchesUpGetsARoundsShareAndEverybodyHisTurn) {
  put_and_sync({{std::string(700'000, 'x')}});
  put_and_sync({{"few"}});
  constexpr int kCrowd = 12;
  const auto reader = [](int number) { return "crowd" + std::to_string(number); };
  for (int i = 0; i < kCrowd; ++i) {
    hello(reader(i), "crowd", 0, static_cast<std::uint8_t>(10 + i));
    subscribe(reader(i));
  }
  std::set<int> served;
  const auto serve = [&] {
    for (int i = 0; i < kCrowd; ++i) {
      if (!deliveries(reader(i)).empty()) served.insert(i);
    }
    return served.size();
  };

  EXPECT_TRUE(core_->pump(now_).more);
  EXPECT_EQ(serve(), 1U) << "while events come in, few at a time";

  pass(1'000'000);
  EXPECT_TRUE(core_->pump(now_).more);
  const std::size_t after_another = serve();
  EXPECT_GE(after_another, 1U + 2U);
  EXPECT_LE(after_another, 1U + 4U) << "of those that want 700 kB each";

  pump();
  EXPECT_EQ(serve(), static_cast<std::size_t>(kCrowd)) << "everybody, whoever came first";
}

// Whatever lies between two events that a filter takes, and however much one round reads.
TEST_F(Filters, GiveWhatTheyTakeOfTheWholeLogWhateverARoundReads) {
  const std::vector<std::string> subjects{"alert.received", "case.opened", "case.closed"};
  const std::vector<std::vector<std::string>> filters{
      {">"}, {"case.*"}, {"case.closed"}, {"alert.received", "case.opened"}, {"none.such"}};
  std::mt19937 random(5);
  std::vector<std::pair<std::string, Got>> log;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    hello("F" + std::to_string(i), "filtered", 0, static_cast<std::uint8_t>(20 + i));
    subscribe("F" + std::to_string(i), 1, filters[i], {}, 16U << 20);
  }
  for (int batch = 0; batch < 120; ++batch) {
    std::vector<Said> events;
    for (auto n = random() % 4 + 1; n > 0; --n) {
      const std::size_t size = random() % 4 == 0 ? random() % 90'000 : random() % 300;
      events.push_back({std::to_string(log.size()) + std::string(size, 'x'),
                        subjects[random() % 16 < 14 ? 0 : 1 + random() % 2]});
      log.emplace_back(events.back().subject, Got{log.size() + 1, events.back().payload});
    }
    put_and_sync(events);
    if (random() % 3 == 0) core_->pump(now_);
    if (random() % 5 == 0) pass(100'000);
  }
  for (int i = 0; i < 1000; ++i) pump();

  for (std::size_t i = 0; i < filters.size(); ++i) {
    std::vector<Got> taken;
    for (const auto& entry : log) {
      const bool takes =
          std::any_of(filters[i].begin(), filters[i].end(),
                      [&](const auto& pattern) { return matches(pattern, entry.first); });
      if (takes) taken.push_back(entry.second);
    }
    EXPECT_EQ(events("F" + std::to_string(i)), taken) << filters[i].front();
  }
}

// Whoever kept a state and its hash compares: the hash has to be that of the state's own batch.
TEST_F(Delivering, TheFirstMessageEndsWithTheBatchThatHoldsTheOffsetAskedFor) {
  put_and_sync({{"a"}, {"b"}});
  const ChainHash of_the_first = log_.synced_hash();
  put_and_sync({{"c"}});
  put_and_sync({{"d"}});
  subscribe("R", 2);
  subscribe("R", 2, {"nothing.like_it"}, {}, wire::kMinCreditBytes, 2);
  pump();

  const auto got = deliveries("R");
  for (const std::uint32_t subscription : {1U, 2U}) {
    const auto first = std::find_if(got.begin(), got.end(), [&](const auto& delivery) {
      return delivery.head.subscription == subscription;
    });
    ASSERT_NE(first, got.end());
    EXPECT_EQ(first->head.scanned, Offset{2});
    EXPECT_EQ(first->head.hash, of_the_first);
  }
  EXPECT_EQ(got.back().head.scanned, Offset{4});
}

TEST_F(Delivering, BeginsInTheMiddleOfAFrameAndAtTheTail) {
  put_and_sync({{"a"}, {"b"}, {"c"}});
  subscribe("R", 2);
  subscribe("R", 4, {">"}, {}, wire::kMinCreditBytes, 2);
  pump();

  const auto got = deliveries("R");
  ASSERT_THAT(got, SizeIs(2));
  EXPECT_THAT(got[0].events, ElementsAre(Got{2, "b"}, Got{3, "c"}));
  EXPECT_THAT(got[1].events, IsEmpty());
  EXPECT_EQ(got[1].head.scanned, Offset{3}) << "it hears that it is at the end";
  EXPECT_EQ(got[1].head.hash, log_.synced_hash());
  put_and_sync({{"d"}});
  pump();
  for (const auto& one : deliveries("R")) EXPECT_THAT(one.events, ElementsAre(Got{4, "d"}));
}

TEST_F(Delivering, CarriesTheFramesHeader) {
  put_and_sync({{"a"}, {"b", "case.opened"}});
  subscribe("R", 1, {"case.*"});
  pump();

  std::vector<Event> got;
  ASSERT_TRUE(read_body(as_bytes(transport_.sent["R"].back().body), got).ok());

  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].producer, "intake");
  EXPECT_EQ(got[0].subject, "case.opened");
  EXPECT_EQ(got[0].time, TimeUs{kStart});
  EXPECT_EQ(got[0].epoch, 0U);
}

TEST_F(Delivering, IsRefusedWithAReasonThatEndsOnlyThatSubscription) {
  put_and_sync({{"a"}});
  subscribe("R", 3, {">"}, {}, wire::kMinCreditBytes, 1);     // beyond the head
  subscribe("R", 1, {"a..b"}, {}, wire::kMinCreditBytes, 2);  // no pattern
  subscribe("R", 1, {">"}, {}, 1000, 3);                      // too little credit
  subscribe("R", 0, {">"}, {}, wire::kMinCreditBytes, 4);
  subscribe("R", 1, {">"}, {}, wire::kMinCreditBytes, 5);
  subscribe("R", 1, {">"}, {}, wire::kMinCreditBytes, 5);  // in use
  pump();

  const auto errors = take<wire::ErrorMessage>("R");
  ASSERT_THAT(errors, SizeIs(5));
  for (const auto& error : errors) EXPECT_EQ(error.code, "invalid");
  EXPECT_EQ(errors[0].subscription, 1U);
  EXPECT_THAT(events("R"), ElementsAre(Got{1, "a"}));
}

TEST_F(Delivering, DamageOnTheLogEndsTheSubscriptionAndSaysWhere) {
  put_and_sync({{"a"}});
  put_and_sync({{"b"}});
  log_.damaged_at = Offset{2};
  subscribe("R");
  pump();

  const auto errors = take<wire::ErrorMessage>("R");
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].code, "damaged");
  EXPECT_THAT(errors[0].message, testing::HasSubstr("byte 96"));
  for (const auto& one : deliveries("R")) EXPECT_LT(one.head.scanned, Offset{2}) << "never skipped";
}

TEST_F(Delivering, EndsWithUnsubscribeAndWithTheSession) {
  subscribe("R");
  subscribe("R", 1, {">"}, {}, wire::kMinCreditBytes, 2);
  pump();
  deliveries("R");
  say("R", wire::Unsubscribe{1});
  put_and_sync({{"a"}});
  pump();
  EXPECT_THAT(deliveries("R"), SizeIs(1));

  say("R", wire::Goodbye{});

  put_and_sync({{"b"}});
  pump();
  EXPECT_THAT(deliveries("R"), IsEmpty());
}

TEST_F(Credit, IsNeverExceededAndGivenBackGoesOn) {
  for (int i = 0; i < 40; ++i) put_and_sync({{std::string(200'000, 'x')}});
  subscribe("R");

  pump();

  std::uint64_t used = 0;
  std::size_t seen = 0;
  const auto count = [&](const std::vector<Delivered>& got) {
    for (const auto& one : got) {
      used += one.body_bytes + wire::kDeliverCost;
      seen += one.events.size();
      EXPECT_LE(one.body_bytes, wire::kMaxDeliverBytes);
    }
  };
  count(deliveries("R"));
  EXPECT_LE(used, wire::kMinCreditBytes);
  EXPECT_GT(seen, 0U);
  EXPECT_LT(seen, 40U);
  for (int round = 0; round < 20 && seen < 40; ++round) {
    const std::uint64_t back = std::exchange(used, 0);
    say("R", wire::Credit{1, back});
    pump();
    count(deliveries("R"));
    EXPECT_LE(used, wire::kMinCreditBytes);
  }
  EXPECT_EQ(seen, 40U);
}

// What was never read lies in the bus's memory: asking for more of it must not be enough to get it.
TEST_F(Credit, IsCappedHoweverMuchIsAskedForAtOnceOrLater) {
  constexpr std::uint64_t kMost = 64U << 20;
  for (int i = 0; i < 140; ++i) put_and_sync({{std::string(1'000'000, 'x')}});
  hello("R2", "inner", 0, 3);
  const auto sent_to = [&](const PeerId& peer) {
    std::uint64_t bytes = 0;
    for (const auto& one : deliveries(peer)) bytes += one.body_bytes + wire::kDeliverCost;
    return bytes;
  };
  const auto is_all_but_one_message_of_the_cap = testing::AllOf(
      testing::Gt(kMost - wire::kMaxDeliverBytes), testing::Le(kMost + wire::kMaxDeliverBytes));

  subscribe("R", 1, {">"}, {}, std::numeric_limits<std::uint64_t>::max());
  pump();
  EXPECT_THAT(sent_to("R"), is_all_but_one_message_of_the_cap) << "asked for with the subscription";

  subscribe("R2", 1, {">"}, {}, wire::kMinCreditBytes);
  for (int i = 0; i < 3; ++i) say("R2", wire::Credit{1, 50U << 20});
  pump();
  EXPECT_THAT(sent_to("R2"), is_all_but_one_message_of_the_cap) << "given back piece by piece";

  say("R2", wire::Credit{1, std::numeric_limits<std::uint64_t>::max()});
  pump();
  EXPECT_THAT(sent_to("R2"), is_all_but_one_message_of_the_cap) << "given back at once";
}

TEST_F(Credit, AConsumerWithoutItSlowsNobodyElse) {
  hello("R2", "inner", 0, 3);
  subscribe("R");
  subscribe("R2", 1, {">"}, {}, 1ULL << 30);
  for (int i = 0; i < 30; ++i) {
    put_and_sync({{std::string(300'000, 'x')}});
    pump();
  }

  EXPECT_THAT(events("R2"), SizeIs(30));
  EXPECT_LT(events("R").size(), 10U) << "it waits on its credit";
  pass(options_.heartbeat_us);
  EXPECT_GT(observer_.lags["tally"], 20U);
  EXPECT_EQ(observer_.lags["inner"], 0U);
}

TEST_F(Credit, AFullQueueHoldsTheMessageBackAndLosesNothing) {
  hello("R2", "inner", 0, 3);
  subscribe("R");
  subscribe("R2");
  pump();
  deliveries("R");
  deliveries("R2");
  transport_.full.insert("R");
  put_and_sync({{"a"}});
  EXPECT_TRUE(core_->pump(now_).blocked);
  put_and_sync({{"b"}});
  pump();
  EXPECT_THAT(events("R2"), SizeIs(2));

  transport_.full.clear();
  pump();

  EXPECT_THAT(events("R"), ElementsAre(Got{1, "a"}, Got{2, "b"}));
}

TEST_F(Credit, FramesAndEventsUpToTheirLimitsArriveWhole) {
  const std::string big(kMaxEventBytes - 200, 'y');
  std::vector<Said> events_of_frame(3, Said{big});
  events_of_frame.push_back({"last"});
  put_and_sync(events_of_frame);  // one frame over the size of a delivery
  subscribe("R", 1, {">"}, {}, 64U << 20);

  pump();

  const auto got = deliveries("R");
  ASSERT_GE(got.size(), 3U);
  EXPECT_FALSE(got[0].head.batch_end);
  EXPECT_EQ(got[0].head.scanned, Offset{1}) << "the scan is told as far as it was delivered";
  EXPECT_EQ(got[0].head.hash, log_.synced_hash()) << "of the batch that holds it";
  EXPECT_TRUE(got.back().head.batch_end);
  std::vector<std::uint64_t> offsets;
  for (const auto& one : got) {
    for (const auto& e : one.events) offsets.push_back(e.offset);
  }
  EXPECT_THAT(offsets, ElementsAre(1, 2, 3, 4));
}

TEST_F(Credit, AFrameThatFitsAMessageOfItsOwnIsNotCut) {
  put_and_sync(std::vector<Said>(6, Said{std::string(100'000, 'x')}));
  put_and_sync(std::vector<Said>(6, Said{std::string(100'000, 'y')}));
  subscribe("R");
  pump();

  const auto& sent = transport_.sent["R"];
  std::vector<std::string> bodies;
  for (const auto& message : sent) {
    if (!message.body.empty()) bodies.push_back(message.body.substr(0, 2));
  }

  EXPECT_THAT(bodies, ElementsAre(std::string("\x94\x00", 2), std::string("\x94\x00", 2)));
}

TEST_F(Filters, TakeSubjectsByPatternAndProducersByName) {
  hello("B", "console", 1, 3);
  put({{"a"}, {"b", "alert.closed"}, {"c", "inner.assessed"}});
  publish("B", 1, frame("console", 1, {{"d"}, {"e", "alert.closed"}}));
  sync();
  subscribe("R", 1, {"alert.*"}, {}, wire::kMinCreditBytes, 1);
  subscribe("R", 1, {"*.closed", "inner.assessed"}, {}, wire::kMinCreditBytes, 2);
  subscribe("R", 1, {">"}, {"console"}, wire::kMinCreditBytes, 3);

  pump();

  std::map<std::uint32_t, std::string> got;
  for (const auto& one : deliveries("R")) {
    EXPECT_EQ(one.head.scanned, Offset{5});
    for (const auto& e : one.events) got[one.head.subscription] += e.payload;
  }
  EXPECT_EQ(got[1], "abde");
  EXPECT_EQ(got[2], "bce");
  EXPECT_EQ(got[3], "de");
}

class ControlSubjects : public BusFixture {
 protected:
  ControlSubjects() : BusFixture(true) {}
};

TEST_F(ControlSubjects, AreMatchedByNoWildcard) {
  hello("A", "intake", 1, 1, true);
  say("A", wire::GoLive{1, key(7)});
  publish("A", 2, frame("intake", 1, {{"a"}}));
  sync();
  subscribe("A", 1, {">", "control.*.went_live", "control.>"}, {}, wire::kMinCreditBytes, 1);
  subscribe("A", 1, {"control.log.went_live"}, {}, wire::kMinCreditBytes, 2);

  pump();

  std::map<std::uint32_t, std::vector<std::uint64_t>> got;
  for (const auto& one : deliveries("A")) {
    for (const auto& e : one.events) got[one.head.subscription].push_back(e.offset);
  }
  EXPECT_THAT(got[1], ElementsAre(2));
  EXPECT_THAT(got[2], ElementsAre(1));
}

TEST_F(Progress, OfAFilteredReaderIsToldAtTheEndAndAtHeartbeats) {
  put_and_sync({{"a"}, {"b"}});
  subscribe("R", 1, {"inner.>"});
  pump();
  auto got = deliveries("R");
  ASSERT_THAT(got, SizeIs(1)) << "it has reached the end for the first time";
  EXPECT_EQ(got[0].head.scanned, Offset{2});
  put_and_sync({{"c"}});
  pump();
  EXPECT_THAT(deliveries("R"), IsEmpty()) << "not a message an event that it does not want";

  pass(options_.heartbeat_us);
  pump();

  got = deliveries("R");
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].head.scanned, Offset{3});
  EXPECT_EQ(got[0].head.hash, log_.synced_hash());
  pass(options_.heartbeat_us);
  pump();
  EXPECT_THAT(deliveries("R"), IsEmpty()) << "nothing new";
}

TEST_F(Progress, OfALongScanIsToldInBetween) {
  subscribe("R", 1, {"inner.>"});
  pump();
  deliveries("R");
  const std::vector<Said> many(4096, Said{"x"});
  for (int i = 0; i < 33; ++i) put(many);
  sync();

  pump();

  EXPECT_GE(deliveries("R").size(), 1U);
}

TEST_F(Progress, OnAnEmptyLogSaysThatThisIsTheEnd) {
  subscribe("R");
  pump();

  const auto got = deliveries("R");
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].head.scanned, Offset{0});
}

}  // namespace
}  // namespace lamplight::bus::test
