// Tally in one process with the real bus and a log on disk: what HTTP, /metrics and the folder itself tell is one.

#include "tally/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/production_env.hpp"
#include "broker/service.hpp"
#include "bus/client.hpp"
#include "intake/http_client.hpp"
#include "runtime/process.hpp"
#include "support.hpp"
#include "support/temporary_folder.hpp"
#include "tally/offline.hpp"

namespace lamplight::tally::test {
namespace {

using intake::test::HttpConnection;
using intake::test::Reply;
using ::testing::HasSubstr;

class TallyProcess : public ::testing::Test {
 protected:
  TallyProcess() {
    runtime::ConfigSchema schema;
    runtime::declare_process_config(schema);
    broker::declare_config(schema);
    declare_config(schema);
    runtime::ConfigSchema::Sources sources;
    sources.flags = {{"data.folder", folder_}, {"log.segment_mib", "1"}, {"tally.port", "0"}};
    config_ = std::make_unique<runtime::Config>(schema.load(sources).value());
    root_ = std::make_unique<runtime::Root>(
        runtime::Root{production_.env(), context_, *config_, registry_, health_,
                      "inproc://lamplight-bus", [](const Error&) {}});
    broker_ = broker::make_broker(*root_);
    LAMPLIGHT_CHECK(broker_->start().ok(), "the broker starts");
    bus::ClientOptions options;
    options.name = "intake";
    options.role = bus::Role::kEdge;
    publisher_ =
        bus::connect(context_, production_.env(), "inproc://lamplight-bus", options).value();
    wait_for([this] {
      publisher_->poll(1'000);
      return publisher_->state().connected;
    });
  }
  ~TallyProcess() override {
    stop_tally();
    publisher_.reset();
    EXPECT_TRUE(broker_->drain().ok());
    broker_.reset();
  }

  void start_tally() {
    tally_ = make_tally(*root_);
    ASSERT_TRUE(tally_->start().ok());
    wait_for([this] { return health_.ready().ok; });
    const std::string address = tally_->addresses().at(0);
    port_ = static_cast<std::uint16_t>(
        std::stoul(address.substr(address.find(':', address.find("://") + 3) + 1)));
  }
  void stop_tally() {
    if (!tally_) return;
    EXPECT_TRUE(tally_->drain().ok());
    tally_.reset();
  }

  /// Publishes and waits for the durable acknowledgement.
  Offset publish(const Said& said) {
    MsgpackWriter payload;
    encode_alert(to_alert(said), payload);
    std::optional<Offset> offset;
    const auto taken = publisher_->publish(
        {.subject = kAlertReceived,
         .id = id_of(++published_),
         .cause = {},
         .dedupe = std::nullopt,
         .schema = 1,
         .payload = payload.bytes()},
        std::nullopt, [&](const Result<bus::Acked>& acked) { offset = acked.value().offset; });
    LAMPLIGHT_CHECK(taken.ok(), "the alert is taken");
    wait_for([&] {
      publisher_->poll(1'000);
      return offset.has_value();
    });
    return *offset;
  }

  Reply get(const std::string& path) {
    HttpConnection connection(port_);
    connection.send("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    return connection.receive();
  }
  Reply post(const std::string& path, const std::string& type, const std::string& body) {
    HttpConnection connection(port_);
    connection.send("POST " + path +
                    " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: " + type +
                    "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return connection.receive();
  }

  template <typename Condition>
  static void wait_for(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      LAMPLIGHT_CHECK(std::chrono::steady_clock::now() < deadline, "it comes to that within 20 s");
      std::this_thread::yield();
    }
  }

  ProductionEnv production_;
  runtime::Registry registry_;
  lamplight::test::TemporaryFolder place_;
  std::string folder_ = place_.path();

 private:
  bus::Context context_;
  runtime::Health health_;
  std::unique_ptr<runtime::Config> config_;
  std::unique_ptr<runtime::Root> root_;
  std::unique_ptr<runtime::Service> broker_;
  std::unique_ptr<bus::Client> publisher_;
  std::unique_ptr<runtime::Service> tally_;
  std::uint64_t published_ = 0;
  std::uint16_t port_ = 0;
};

TEST_F(TallyProcess, TellsWhatWasPublishedAtOnceAndWhatWasKnownBefore) {
  start_tally();
  const Offset first = publish({.ref = "1", .category = "theft"});
  const Offset second = publish({.ref = "2", .category = "theft"});

  const Reply now = get("/v1/report?at_least=" + std::to_string(second.value));
  EXPECT_EQ(now.status, 200U) << now.body;
  EXPECT_THAT(now.body, HasSubstr(R"("totals":{"alerts":2,)"));
  const Reply before = get("/v1/report?as_of=" + std::to_string(first.value));
  EXPECT_THAT(before.body, HasSubstr(R"("totals":{"alerts":1,)"));
}

TEST_F(TallyProcess, TheFolderAloneGivesTheSameReportAndHash) {
  start_tally();
  publish({.ref = "1"});
  const Offset last = publish({.ref = "2", .area = "nanpu"});

  const auto folded = fold_log(production_.env().disk, folder_ + "/log");
  ASSERT_TRUE(folded.ok()) << folded.error().message();
  const Report offline =
      make_report(folded->fold->view(), folded->cut, default_spec(), {.offset = last}).value();

  const Reply online = get("/v1/report?as_of=" + std::to_string(last.value));
  EXPECT_THAT(online.body, HasSubstr(figures_json(offline)));
  EXPECT_THAT(online.body, HasSubstr(R"("chain_hash":")" + to_hex(folded->cut.hash->span()) + '"'));
  EXPECT_EQ(fold_log(production_.env().disk, folder_ + "/log", last.plus(1)).error().code(),
            Code::kInvalid);
  EXPECT_EQ(fold_log(production_.env().disk, folder_ + "/log", Offset{1})->fold->rows(), 1U);
}

TEST_F(TallyProcess, TheGaugesAreTheReportAtTheOffsetTheyName) {
  start_tally();
  const Offset first = publish({.ref = "1", .class_code = "criminal"});
  publish({.ref = "2", .class_code = "public_order"});
  const Offset last = publish({.ref = "3", .withdraws = Offset{first}});

  wait_for([&] {
    return registry_.expose().find("lamplight_tally_figures_offset " + std::to_string(last.value) +
                                   "\n") != std::string::npos;
  });

  const std::string scraped = registry_.expose();
  EXPECT_THAT(scraped, HasSubstr(R"(measure="alerts_valid",category="criminal"} 0)"));
  EXPECT_THAT(scraped, HasSubstr(R"(measure="alerts_valid",category="public_order"} 1)"));
  EXPECT_THAT(
      get("/v1/report?as_of=" + std::to_string(last.value)).body,
      HasSubstr(R"("by_class":{"by":["class"],"measure":"alerts","rows":[["public_order",1]]})"));
}

TEST_F(TallyProcess, ARestartFromItsSnapshotTellsTheSame) {
  start_tally();
  const Offset first = publish({.ref = "1"});
  publish({.ref = "c", .category = "fraud", .corrects = Offset{first}});
  const std::string question = "/v1/report?as_of=" + std::to_string(first.value);
  const std::string told = get(question + "&lang=en").body;
  stop_tally();
  ASSERT_FALSE(std::filesystem::is_empty(folder_ + "/snapshots/tally"));
  const Offset later = publish({.ref = "2"});

  start_tally();

  EXPECT_EQ(get("/v1/report?as_of=" + std::to_string(later.value)).status, 200U);
  const std::string figures = told.substr(told.find("\"figures\""));
  EXPECT_THAT(get(question).body, HasSubstr(figures));
}

TEST_F(TallyProcess, TakesASpecAndRefusesABadOne) {
  start_tally();
  publish({.ref = "1", .area = "wuma"});
  const std::string spec = "name = \"mine\"\n[[count]]\nname = \"areas\"\nby = [\"area\"]\n";

  const Reply good = post("/v1/report?at_least=1", "text/toml", spec);
  EXPECT_EQ(good.status, 200U) << good.body;
  EXPECT_THAT(good.body, HasSubstr(R"("rows":[["wuma",1]])"));
  const Reply bad = post("/v1/report", "text/toml", "nam = \"x\"");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_EQ(bad.header("Content-Type"), "application/problem+json");
  EXPECT_THAT(bad.body, HasSubstr("did you mean name?"));
  EXPECT_EQ(post("/v1/report", "text/plain", "x").status, 415U);
  EXPECT_EQ(post("/v1/report", "text/toml", std::string(kMaxSpecBytes + 1, '#')).status, 413U);
  EXPECT_EQ(get("/v1/report?as_of=99999").status, 400U);
  EXPECT_EQ(get("/v1/report?as_of=2199-01-01T00:00:00Z").status, 400U);
  EXPECT_THAT(get("/v1/report?format=text&lang=zh").body, HasSubstr("有效警情 1"));
}

}  // namespace
}  // namespace lamplight::tally::test
