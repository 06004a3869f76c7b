// The whole bus over real sockets, a real broker thread and a real log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/production_env.hpp"
#include "base/uuid.hpp"
#include "bus/broker.hpp"
#include "bus/client.hpp"
#include "support/silent_observer.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::bus::test {
namespace {

constexpr std::int64_t kPatienceUs = 20'000'000;

/// A broker on a thread of its own, over a log in a folder that outlives it.
class RunningBroker {
 public:
  RunningBroker(Context& context, const Env& env, const std::string& folder,
                const std::string& endpoint) {
    log::Options options;
    options.folder = folder;
    options.segment_bytes = 1U << 20;
    auto log = log::open(env, options);
    LAMPLIGHT_CHECK(log.ok(), "the log opens");
    BrokerOptions broker_options;
    broker_options.endpoints = {endpoint};
    auto broker = make_broker(context, env, std::move(log).value(), broker_options, observer_);
    LAMPLIGHT_CHECK(broker.ok(), broker.ok() ? "" : broker.error().message().c_str());
    broker_ = std::move(broker).value();
    thread_ = std::thread([this] { outcome_ = broker_->run(); });
  }
  ~RunningBroker() { (void)stop(); }
  Result<void> stop() {
    if (!thread_.joinable()) return outcome_;
    broker_->stop();
    thread_.join();
    broker_.reset();
    return outcome_;
  }

 private:
  lamplight::test::SilentObserver observer_;
  std::unique_ptr<Broker> broker_;
  std::thread thread_;
  Result<void> outcome_;
};

class OverSockets : public testing::TestWithParam<std::string> {
 protected:
  std::string endpoint() const {
    return GetParam() == "inproc" ? "inproc://bus" : "ipc://" + folder_.path() + "/bus.sock";
  }
  std::unique_ptr<Client> client(const std::string& name, Role role) {
    ClientOptions options;
    options.name = name;
    options.role = role;
    options.heartbeat_us = 100'000;
    return connect(context_, env_, endpoint(), options).value();
  }
  template <typename Done>
  testing::AssertionResult poll_until(Client& client, Done done) {
    const std::int64_t until = env_.clock.monotonic_us() + kPatienceUs;
    while (!done()) {
      if (env_.clock.monotonic_us() > until)
        return testing::AssertionFailure() << "not within 20 s";
      client.poll(50'000);
    }
    return testing::AssertionSuccess();
  }
  NewEvent event(const std::string& payload) {
    NewEvent out;
    out.subject = "alert.received";
    out.id = ids_.next();
    out.payload = as_bytes(payload);
    return out;
  }
  std::unique_ptr<RunningBroker> broker() {
    return std::make_unique<RunningBroker>(context_, env_, folder_.path() + "/log", endpoint());
  }

  lamplight::test::TemporaryFolder folder_;
  ProductionEnv production_;
  Env env_ = production_.env();
  Context context_;
  UuidSource ids_{env_.clock, env_.random};
};

TEST_P(OverSockets, PublishedEventsAreAcknowledgedAndDeliveredInOrder) {
  const auto bus = broker();
  const auto intake = client("intake", Role::kEdge);
  ASSERT_TRUE(poll_until(*intake, [&] { return intake->state().connected; }));

  constexpr int kEvents = 20'000;
  std::vector<std::uint64_t> acked;
  int published = 0;
  while (published < kEvents) {
    const auto queued = intake->publish(
        event("a-" + std::to_string(published)), std::nullopt,
        [&acked](const Result<Acked>& done) { acked.push_back(done.value().offset.value); });
    if (queued.ok()) ++published;
    else intake->poll(-1);
  }
  ASSERT_TRUE(poll_until(*intake, [&] { return acked.size() == kEvents; }));
  for (std::size_t i = 0; i < acked.size(); ++i) ASSERT_EQ(acked[i], i + 1);

  const auto tally = client("tally", Role::kFollower);
  std::uint64_t seen = 0;
  Offset scanned;
  tally->subscribe({}, [&](const Delivery& delivery) {
    for (const Event& e : *delivery.events) {
      EXPECT_EQ(e.offset.value, ++seen);
      EXPECT_EQ(as_text(e.payload), "a-" + std::to_string(seen - 1));
      EXPECT_EQ(e.producer, "intake");
    }
    scanned = delivery.scanned;
  });
  ASSERT_TRUE(poll_until(*tally, [&] { return seen == kEvents; }));
  EXPECT_EQ(scanned.value, std::uint64_t{kEvents});
}

TEST_P(OverSockets, ARestartOfTheBusLosesAndDoublesNothing) {
  auto bus = broker();
  const auto intake = client("intake", Role::kEdge);
  ASSERT_TRUE(poll_until(*intake, [&] { return intake->state().connected; }));
  std::vector<std::uint64_t> acked;
  std::vector<std::uint64_t> seen;
  const auto tally = client("tally", Role::kFollower);
  tally->subscribe({}, [&seen](const Delivery& delivery) {
    for (const Event& e : *delivery.events) seen.push_back(e.offset.value);
  });

  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(intake->publish(event("x"), std::nullopt, [&acked](const Result<Acked>& done) {
        acked.push_back(done.value().offset.value);
      }));
    }
    intake->flush();
    ASSERT_TRUE(bus->stop().ok());
    bus.reset();
    bus = broker();
  }
  ASSERT_TRUE(poll_until(*intake, [&] { return acked.size() == 2000; }));
  ASSERT_TRUE(poll_until(*tally, [&] { return seen.size() == 2000; }));

  for (std::size_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(acked[i], i + 1);
    ASSERT_EQ(seen[i], i + 1);
  }
}

TEST_P(OverSockets, APollOfNoTimeTakesWhatHasArrived) {
  const auto bus = broker();
  ClientOptions rarely;
  rarely.name = "clock";
  rarely.role = Role::kEdge;
  rarely.heartbeat_us = 10 * kPatienceUs;  // a send of its own makes it look as well
  const auto clock = connect(context_, env_, endpoint(), rarely).value();
  ASSERT_TRUE(poll_until(*clock, [&] { return clock->state().connected; }));

  bool acked = false;
  ASSERT_TRUE(
      clock->publish(event("x"), std::nullopt, [&acked](const Result<Acked>&) { acked = true; }));
  const std::int64_t until = env_.clock.monotonic_us() + kPatienceUs;
  while (!acked && env_.clock.monotonic_us() < until) clock->poll(0);

  EXPECT_TRUE(acked);
}

TEST_P(OverSockets, WorkPostedByAnotherThreadRunsInTheOwnersPoll) {
  const auto intake = client("intake", Role::kEdge);
  std::atomic<bool> ran{false};

  std::thread other([&] { intake->post([&ran] { ran = true; }); });
  intake->poll(-1);

  other.join();
  EXPECT_TRUE(ran);
}

INSTANTIATE_TEST_SUITE_P(Transports, OverSockets, testing::Values("inproc", "ipc"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace lamplight::bus::test
