#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/production_env.hpp"
#include "bench.hpp"
#include "http_client.hpp"
#include "intake/core.hpp"
#include "intake/handlers/get_status.hpp"
#include "intake/handlers/post_records.hpp"
#include "intake/handlers/routes.hpp"
#include "intake/metrics.hpp"

namespace lamplight::intake::test {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kLines = "application/x-ndjson";

/// Real sockets, a core on its own thread, and a bus in memory.
class OverHttp : public testing::Test {
 protected:
  OverHttp() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = test->name();
    std::replace(name.begin(), name.end(), '/', '-');
    folder_ = std::filesystem::temp_directory_path() /
              ("intake-http-" + name + "-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
  }
  ~OverHttp() override {
    stop();
    std::filesystem::remove_all(folder_);
  }

  void start(PostOptions options = {}) {
    auto made = std::make_unique<FakeClient>(log);
    client = made.get();
    core_options.snapshot_folder = folder_ / "snapshots";
    Core::Told told;
    told.ready_changed = [](const std::string&) {};
    told.failed = [](const Error&) {};
    told.figures = [this](const IntakeState& state) { metrics.show(state, codes()); };
    core = std::make_unique<Core>(real_.env(), std::move(made), secret(), service_metrics_, metrics,
                                  core_options, std::move(told));
    server = http::make_server({}, &metrics);
    options.partner = "local";
    add_routes(*server, *core, std::make_shared<PostRecords>(*core, readers_, secret(), options),
               "local");
    server->route("GET", "/v1/status", GetStatus(*core));
    ASSERT_TRUE(server->start().ok());
    thread_ = std::thread([this] {
      while (!stopping_.load()) core->round(10'000);
    });
    while (core->admission() != Admission::kOpen) std::this_thread::yield();
  }
  void stop() {
    if (!thread_.joinable()) return;
    server->stop(1000);
    stopping_.store(true);
    thread_.join();
    server.reset();
    core.reset();
  }
  /// Runs on the core's thread, and waits until it has.
  template <typename F>
  void on_core(F&& work) {
    std::atomic<bool> done{false};
    client->post([&] {
      work();
      done.store(true);
    });
    while (!done.load()) std::this_thread::yield();
  }

  Reply post(std::string_view body, std::string_view type = kJson, std::string_view extra = {}) {
    return post_to("/v1/alerts", body, type, extra);
  }
  Reply post_to(std::string_view path, std::string_view body, std::string_view type = kJson,
                std::string_view extra = {}) {
    HttpConnection connection(server->port());
    connection.send(post_head_to(path, body.size(), type, extra));
    connection.send(body);
    return connection.receive();
  }
  Reply get(const std::string& path) {
    HttpConnection connection(server->port());
    connection.send("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    return connection.receive();
  }
  /// The same service from its snapshot, on the same log.
  void restart() {
    on_core([&] { ASSERT_TRUE(core->snapshot().ok()); });
    stop();
    stopping_.store(false);
    start();
  }
  static std::string key(std::string_view value) {
    return "Idempotency-Key: " + std::string(value) + "\r\n";
  }

  FakeLog log;
  Core::Options core_options;
  runtime::Registry registry;
  Metrics metrics{registry};
  FakeClient* client = nullptr;
  std::unique_ptr<Core> core;
  std::unique_ptr<http::Server> server;

 private:
  std::filesystem::path folder_;
  ProductionEnv real_;
  runtime::ServiceMetrics service_metrics_{registry, "intake"};
  ManualClock present_;
  ItemReaders readers_{codes(), secret(), Horizon{&present_}};
  std::thread thread_;
  std::atomic<bool> stopping_{false};
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    out.push_back(text.substr(at, end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return out;
}

}  // namespace lamplight::intake::test
