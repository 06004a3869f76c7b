// The whole road in one process: HTTP, intake, the real bus and a log on disk.

#include "intake/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "base/production_env.hpp"
#include "broker/service.hpp"
#include "http_client.hpp"
#include "runtime/process.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::intake::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string alert(const std::string& ref) {
  return R"({"partner_ref":")" + ref +
         R"(","status":"Actual","class":"criminal","category":"theft","area":"wuma",)"
         R"("reported_at":"2024-05-01T08:00:00+08:00"})";
}

class IntakeProcess : public testing::Test {
 protected:
  ~IntakeProcess() override { stop(); }

  enum class Until { kReady, kFailed };

  void start(Until until = Until::kReady) {
    runtime::ConfigSchema schema;
    runtime::declare_process_config(schema);
    broker::declare_config(schema);
    declare_config(schema);
    runtime::ConfigSchema::Sources sources;
    sources.flags = {{"data.folder", folder_}, {"log.segment_mib", "1"}, {"intake.port", "0"}};
    config_ = std::make_unique<runtime::Config>(schema.load(sources).value());
    registry_ = std::make_unique<runtime::Registry>();
    health_ = std::make_unique<runtime::Health>();
    root_ = std::make_unique<runtime::Root>(runtime::Root{
        production_.env(), context_, *config_, *registry_, *health_, "inproc://lamplight-bus",
        [this](const Error& error) { failed_ = error.message(); }});
    broker_ = broker::make_broker(*root_);
    ASSERT_TRUE(broker_->start().ok());
    intake_ = make_intake(*root_);
    ASSERT_TRUE(intake_->start().ok());
    if (until == Until::kReady) {
      wait_for([this] { return health_->ready().ok; });
    } else {
      wait_for([this] { return !health_->live().ok; });
    }
    const std::string address = intake_->addresses().at(0);
    const std::size_t colon = address.find(':', address.find("://") + 3);
    port_ = static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1)));
  }
  template <typename Condition>
  static void wait_for(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it does not come to that";
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  void stop() {
    if (intake_) {
      EXPECT_TRUE(intake_->drain().ok());
    }
    if (broker_) {
      EXPECT_TRUE(broker_->drain().ok());
    }
    intake_.reset();
    broker_.reset();
  }

  Reply post(std::string_view body, std::string_view type = "application/json") {
    HttpConnection connection(port_);
    connection.send(post_head(body.size(), type));
    connection.send(body);
    return connection.receive();
  }
  Reply get(const std::string& path) {
    HttpConnection connection(port_);
    connection.send("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    return connection.receive();
  }

  lamplight::test::TemporaryFolder place_;
  std::string folder_ = place_.path();
  std::string failed_;
  std::uint16_t port_ = 0;
  std::unique_ptr<runtime::Service> intake_;

 private:
  ProductionEnv production_;
  bus::Context context_;
  std::unique_ptr<runtime::Config> config_;
  std::unique_ptr<runtime::Registry> registry_;
  std::unique_ptr<runtime::Health> health_;
  std::unique_ptr<runtime::Root> root_;
  std::unique_ptr<runtime::Service> broker_;
};

TEST_F(IntakeProcess, AcceptsReadsBackAndRecognisesARepeatAfterARestart) {
  start();
  const Reply first = post(alert("a-1"));
  ASSERT_EQ(first.status, 202U) << first.body;
  const std::string location = first.header("Location");
  const Reply found = get(location);
  EXPECT_EQ(found.status, 200U) << found.body;
  EXPECT_THAT(found.body, HasSubstr(R"("partner_ref":"a-1")"));

  stop();
  start();
  const Reply again = post(alert("a-1"));

  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(again.header("Location"), location);
  EXPECT_EQ(get(location).body, found.body);
  EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(IntakeProcess, RecognisesRepeatsWithoutItsSnapshotToo) {
  start();
  const Reply first = post(alert("a-1"));
  stop();
  std::filesystem::remove_all(folder_ + "/snapshots");

  start();
  const Reply again = post(alert("a-1"));

  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(again.header("Location"), first.header("Location"));
}

TEST_F(IntakeProcess, RefusesToServeALogWithAnotherSecret) {
  start();
  post(alert("a-1"));
  stop();
  std::filesystem::remove(folder_ + "/secrets/intake.key");

  start(Until::kFailed);
  const Reply reply = post(alert("a-1"));

  EXPECT_EQ(reply.status, 503U) << reply.body;
  stop();
  EXPECT_THAT(failed_, HasSubstr("secrets/intake.key"));
}

TEST_F(IntakeProcess, ABulkBodyLandsWholeAndInOrder) {
  start();
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += alert("r-" + std::to_string(i)) + "\n";

  const Reply reply = post(body, "application/x-ndjson");

  ASSERT_EQ(reply.status, 207U);
  std::size_t at = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string wanted = R"({"index":)" + std::to_string(i) + R"(,"status":202,)";
    ASSERT_EQ(reply.body.compare(at, wanted.size(), wanted), 0) << reply.body.substr(at, 200);
    at = reply.body.find('\n', at) + 1;
  }
  EXPECT_EQ(at, reply.body.size());
}

}  // namespace
}  // namespace lamplight::intake::test
