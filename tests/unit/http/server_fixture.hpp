#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "raw_client.hpp"

namespace lamplight::http::test {

/// Values that other threads report and a test waits for. Threads: any.
template <typename T>
class Reports {
 public:
  void add(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  /// All so far, as soon as there are `count`; fewer after ten seconds.
  std::vector<T> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return values_.size() >= count; });
    return values_;
  }
  std::vector<T> now() {
    const std::lock_guard lock(mutex_);
    return values_;
  }
  std::vector<T> take_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};

class RecordingObserver final : public ServerObserver {
 public:
  struct Seen {
    std::string route;
    std::string method;
    unsigned status = 0;
  };
  void request(std::string_view route, std::string_view method, unsigned status,
               double seconds) override {
    EXPECT_GE(seconds, 0.0);
    requests.add({std::string(route), std::string(method), status});
  }
  void refused(std::string_view reason) override { refusals.add(std::string(reason)); }
  void in_flight(std::int64_t delta) override { flights.add(delta); }

  Reports<Seen> requests;
  Reports<std::string> refusals;
  Reports<std::int64_t> flights;
};

inline Response text(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

/// A server with an echo at POST /echo and whatever a test adds before `start`.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { options_.limits.idle_timeout_ms = 20'000; }
  /// Before anything goes that handlers refer to: a fixture's own members would go before our destructor runs.
  void TearDown() override {
    if (server_) server_->stop(0);
  }

  void start(const std::function<void(Server&)>& add_routes = {}) {
    server_ = make_server(options_, &observer_);
    server_->route("POST", "/echo", [](const Request& request, const ResponderPtr& responder) {
      responder->answer(text(200, std::string(request.body)));
    });
    server_->route("GET", "/hello", [](const Request&, const ResponderPtr& responder) {
      responder->answer(text(200, "hello"));
    });
    if (add_routes) add_routes(*server_);
    const auto started = server_->start();
    ASSERT_TRUE(started.ok()) << started.error().message();
  }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  /// One request on a connection of its own.
  Reply exchange(std::string_view bytes) {
    RawClient client(port());
    client.send(bytes);
    return client.read_reply().value_or(Reply{});
  }

  ServerOptions options_;
  RecordingObserver observer_;
  std::unique_ptr<Server> server_;
};

}  // namespace lamplight::http::test
