// The broker's process half: where it listens, what it tells, how it stops.

#include "broker/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>

#include <filesystem>

#include "base/production_env.hpp"
#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "log/log.hpp"
#include "runtime/process.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::broker {
namespace {

using testing::HasSubstr;

class BrokerProcess : public testing::Test {
 protected:
  std::unique_ptr<runtime::Service> broker(
      std::vector<std::pair<std::string, std::string>> flags = {}) {
    runtime::ConfigSchema schema;
    runtime::declare_process_config(schema);
    declare_config(schema);
    flags.emplace_back("data.folder", folder_);
    flags.emplace_back("log.segment_mib", "1");
    runtime::ConfigSchema::Sources sources;
    sources.flags = std::move(flags);
    config_ = std::make_unique<runtime::Config>(schema.load(sources).value());
    registry_ = std::make_unique<runtime::Registry>();
    root_ = std::make_unique<runtime::Root>(runtime::Root{env_, context_, *config_, *registry_,
                                                          health_, "inproc://lamplight-bus",
                                                          [](const Error&) {}});
    return make_broker(*root_);
  }
  std::unique_ptr<bus::Client> client(const std::string& endpoint,
                                      const std::string& name = "intake") {
    bus::ClientOptions options;
    options.name = name;
    options.role = bus::Role::kEdge;
    options.seed = true;
    auto made = bus::connect(context_, env_, endpoint, options).value();
    for (int i = 0; i < 200 && !made->state().connected; ++i) made->poll(100'000);
    return made;
  }

  lamplight::test::TemporaryFolder place_;
  std::string folder_ = place_.path();
  ProductionEnv production_;
  Env env_ = production_.env();
  bus::Context context_;
  std::unique_ptr<runtime::Config> config_;
  std::unique_ptr<runtime::Registry> registry_;
  runtime::Health health_;
  std::unique_ptr<runtime::Root> root_;
};

TEST_F(BrokerProcess, ServesInsideTheProcessAndAtTheSocketOfTheDataFolder) {
  const auto service = broker();
  ASSERT_TRUE(service->start().ok());

  EXPECT_TRUE(client("inproc://lamplight-bus")->state().connected);
  EXPECT_TRUE(client("ipc://" + folder_ + "/run/bus.sock")->state().connected);

  EXPECT_THAT(service->addresses(), testing::ElementsAre(HasSubstr("/run/bus.sock")));
  const auto mode = std::filesystem::status(folder_ + "/run").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_all) << "who reaches the socket is believed";
  EXPECT_TRUE(health_.ready().ok);
}

TEST_F(BrokerProcess, TellsItsNumbersAndClosesTheLogCleanly) {
  {
    const auto service = broker();
    ASSERT_TRUE(service->start().ok());
    const auto intake = client("inproc://lamplight-bus");
    UuidSource ids(env_.clock, env_.random);
    bool acked = false;
    bus::NewEvent event;
    event.subject = "alert.received";
    event.id = ids.next();
    ASSERT_TRUE(intake->publish(event, {},
                                [&acked](const Result<bus::Acked>& done) { acked = done.ok(); }));
    for (int i = 0; i < 200 && !acked; ++i) intake->poll(100'000);
    ASSERT_TRUE(acked);
    ASSERT_TRUE(service->drain().ok());

    const std::string metrics = registry_->expose();
    EXPECT_THAT(metrics,
                HasSubstr("lamplight_bus_published_total{subject_group=\"alert.received\"} 1"));
    EXPECT_THAT(metrics, HasSubstr("lamplight_bus_ack_duration_seconds_count 1"));
    EXPECT_THAT(metrics, HasSubstr("lamplight_log_batch_events_sum 1"));
    EXPECT_THAT(metrics, HasSubstr("lamplight_log_failed 0"));
    EXPECT_THAT(metrics, HasSubstr("lamplight_ready{service=\"broker\"} 0"));
  }
  lamplight::log::Options options;
  options.folder = folder_ + "/log";
  const auto log = lamplight::log::open(env_, options);
  ASSERT_TRUE(log.ok());
  EXPECT_TRUE((*log)->recovery().clean_stop);
  EXPECT_EQ((*log)->synced(), Offset{1});
}

TEST_F(BrokerProcess, TcpNeedsToBeAllowed) {
  const auto refused = broker({{"bus.endpoint", "tcp://127.0.0.1:*"}})->start();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("bus.insecure_tcp"));

  const auto allowed =
      broker({{"bus.endpoint", "tcp://127.0.0.1:*"}, {"bus.insecure_tcp", "true"}});

  EXPECT_TRUE(allowed->start().ok());
}

TEST_F(BrokerProcess, BeyondLoopbackItListensOnlyOnceThereIsAKey) {
  const auto at = [this](const char* endpoint) {
    return broker({{"bus.listen", endpoint}, {"bus.insecure_tcp", "true"}})->start();
  };
  for (const char* far : {"tcp://0.0.0.0:*", "tcp://*:*", "tcp://[::]:*", "tcp://:7400"}) {
    const auto refused = at(far);
    ASSERT_FALSE(refused.ok()) << far;
    EXPECT_EQ(refused.error().code(), Code::kForbidden) << far;
    EXPECT_THAT(refused.error().message(), HasSubstr("bus.listen = "));
    EXPECT_THAT(refused.error().message(), HasSubstr("lamplight init"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/log")) << "and makes no log by the way";
  EXPECT_TRUE(at("tcp://127.0.0.1:*").ok());

  Disk& disk = env_.disk;
  ASSERT_TRUE(disk.make_folder(folder_ + "/secrets").ok());
  ASSERT_TRUE(replace_file(disk, folder_ + "/secrets/intake.key", as_bytes("00")).ok());
  const auto allowed = at("tcp://0.0.0.0:*");
  EXPECT_TRUE(allowed.ok()) << allowed.error().message();
}

TEST_F(BrokerProcess, AnEndpointThatCannotBeIsNamed) {
  const std::string deep = "ipc://" + folder_ + "/" + std::string(120, 'x');
  EXPECT_THAT(broker({{"bus.endpoint", deep}})->start().error().message(),
              HasSubstr("at most 107"));
  EXPECT_THAT(broker({{"bus.endpoint", "udp://x"}})->start().error().message(),
              HasSubstr("udp://x"));
}

TEST_F(BrokerProcess, ASecondOneOnTheSameDataIsRefused) {
  // What the first one lives on outlives it.
  std::unique_ptr<runtime::Config> config;
  std::unique_ptr<runtime::Registry> registry;
  std::unique_ptr<runtime::Root> root;
  const auto first = broker();
  ASSERT_TRUE(first->start().ok());
  config = std::move(config_);
  registry = std::move(registry_);
  root = std::move(root_);

  const auto second = broker()->start();

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kExists);
  EXPECT_TRUE(client("ipc://" + folder_ + "/run/bus.sock")->state().connected)
      << "the first still serves";
}

TEST_F(BrokerProcess, ADiskShortOfTheReserveIsToldBeforeAnybodyAsks) {
  const auto service = broker({{"log.reserve_mib", "1048576"}});
  ASSERT_TRUE(service->start().ok());
  const auto reader = client("inproc://lamplight-bus");
  for (int i = 0; i < 50 && health_.ready().ok; ++i) reader->poll(100'000);

  const auto ready = health_.ready();
  EXPECT_FALSE(ready.ok);
  EXPECT_THAT(ready.services.at("broker"), HasSubstr("less than the reserve"));
  EXPECT_TRUE(health_.live().ok) << "it waits, it is not broken";
  EXPECT_THAT(registry_->expose(), HasSubstr("lamplight_ready{service=\"broker\"} 0"));
}

TEST_F(BrokerProcess, AReserveOfLessThanTwoSegmentsIsRefusedBeforeAnythingIsMade) {
  const auto refused = broker({{"log.reserve_mib", "1"}})->start();

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_THAT(refused.error().message(), HasSubstr("log.reserve_mib is 1"));
  EXPECT_THAT(refused.error().message(), HasSubstr("set it to 2 or more"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/log"));

  EXPECT_TRUE(broker({{"log.reserve_mib", "2"}})->start().ok()) << "two segments are enough";
}

TEST_F(BrokerProcess, ASeededLogIsMadeOnRequest) {
  const auto service = broker({{"log.seeded", "true"}});
  ASSERT_TRUE(service->start().ok());

  EXPECT_TRUE(client("inproc://lamplight-bus")->state().seeding);
}

TEST_F(BrokerProcess, WhoMayGiveASeededLogItsTimeIsConfigured) {
  const auto service = broker({{"log.seeded", "true"}, {"log.seeders", "intake,officers"}});
  ASSERT_TRUE(service->start().ok());
  constexpr TimeUs kThen{1'600'000'000'000'000};
  const auto publish = [&](const std::string& name) {
    const auto edge = client("inproc://lamplight-bus", name);
    bus::NewEvent event;
    event.subject = "inner.settlement_submitted";
    std::optional<Result<bus::Acked>> answer;
    EXPECT_TRUE(
        edge->publish(event, kThen, [&answer](const Result<bus::Acked>& told) { answer = told; })
            .ok());
    for (int i = 0; i < 200 && !answer; ++i) edge->poll(100'000);
    return answer.value();
  };

  const auto named = publish("officers");
  ASSERT_TRUE(named.ok()) << named.error().message();
  EXPECT_EQ(named->time, kThen);
  EXPECT_EQ(publish("others").error().code(), Code::kForbidden);
}

}  // namespace
}  // namespace lamplight::broker
